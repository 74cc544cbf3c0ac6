import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { threadStorage } from '../../../adapter/dwarf/threadStorage';
import { fixture } from '../../fixtures/build';
import { imageOf } from './program';

const storageOf = (program: string): number | undefined => threadStorage(imageOf(readFileSync(program)));

/** The distances at which the code of `step` finds every one of these variables at `%fs:-N`, by their offsets in the storage. */
function byCode(program: string): number[] {
  const symbols = execFileSync('readelf', ['-sW', program], { encoding: 'utf8', maxBuffer: 1 << 26 });
  const offsets = ['last', 'counter', 'place'].map((name) =>
    parseInt(new RegExp(`: ([0-9a-f]+) +\\d+ TLS .* ${name}$`, 'm').exec(symbols)![1]!, 16),
  );
  const code = execFileSync('objdump', ['-d', '--disassemble=step', program], { encoding: 'utf8' });
  const below = [...code.matchAll(/%fs:0x([0-9a-f]+)/g)].map(([, at]) =>
    Number(-BigInt.asIntN(64, BigInt(`0x${at!}`))),
  );
  const distances = new Set(below.map((first) => first + offsets[0]!));
  return [...distances].filter((distance) => offsets.every((offset) => below.includes(distance - offset)));
}

describe('thread-local storage', () => {
  for (const flags of [['-O1'], ['-O1', '-no-pie'], ['-O1', '-static']])
    it(`of a program is as far below the thread pointer as its code says, ${flags.join(' ')}`, () => {
      const program = fixture('threads.c', { compiler: 'gcc', flags });
      assert.deepEqual([storageOf(program)], byCode(program));
    });

  it('of a library is not known, also where it can be run', () => {
    assert.equal(
      storageOf(fixture('threads.c', { compiler: 'gcc', flags: ['-O1', '-shared', '-fPIC'] })),
      undefined,
    );
    assert.equal(storageOf('/lib/x86_64-linux-gnu/libc.so.6'), undefined);
  });

  it('is not there where a program has none', () => {
    assert.equal(storageOf(fixture('loop.c')), undefined);
  });
});
