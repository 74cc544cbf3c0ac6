import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import { lua } from '../../corpus/corpus';
import { compareFrames, written } from '../../corpus/frames';
import { fixture, VARIANTS } from '../../fixtures/build';
import { imageOf } from './program';

describe('The canonical frame address is where readelf has it', () => {
  for (const variant of VARIANTS)
    it(`in scopes.c, ${variant.compiler} ${variant.flags.join(' ')}`, () => {
      same(fixture('scopes.c', variant), 10);
    });

  it('in lua, in every row of every frame description', () => {
    same(lua(), 3000);
  });

  it('in scopes.c without .eh_frame_hdr', () => {
    same(fixture('scopes.c', { compiler: 'gcc', flags: ['-O2', '-Wl,--no-eh-frame-hdr'] }), 10);
  });

  it('for a separate debug file, whose .eh_frame is in the program', () => {
    const program = fixture('scopes.c');
    const debug = `${program}.debug`;
    execFileSync('objcopy', ['--only-keep-debug', program, debug]);
    const [image, code] = [imageOf(readFileSync(debug)), imageOf(readFileSync(program))];
    const { entry } = DebugInfo.open(image)!.functionsNamed('walk')[0]!;
    assert.equal(written(DebugInfo.open(image)?.contextAt(entry)?.cfa), 'none');
    assert.equal(written(DebugInfo.open(image, code)?.contextAt(entry)?.cfa), 'rsp+8');
  });

  it('in scopes.c with .debug_frame alone', () => {
    const flags = ['-O2', '-fno-asynchronous-unwind-tables', '-fno-unwind-tables'];
    same(fixture('scopes.c', { compiler: 'gcc', flags }), 10);
  });
});

function same(program: string, least: number): void {
  const { rows, different } = compareFrames(program);
  assert.ok(rows >= least, `${rows} rows`);
  assert.deepEqual(different, []);
}
