import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { floatFormat } from '../../../adapter/capture/floatFormat';
import { floatText } from '../../../adapter/value/float';
import { fixture } from '../../fixtures/build';
import { base } from '../expression/types';

const TYPES = {
  extended: base('long double', 16, 'float'),
  quadruple: base('__float128', 16, 'float'),
  half: base('_Float16', 2, 'float'),
  brain: base('__bf16', 2, 'float'),
};

function textOf(name: keyof typeof TYPES, bytes: Uint8Array): string {
  const type = TYPES[name];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return floatText(floatFormat(type)!, type.byteSize)(view, 0);
}

/** Finite numbers of all sizes: x87's have the bit before the point set unless they are denormal. */
function extended([low, exponent, denormal]: readonly [bigint, number, boolean]): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, denormal ? low >> 1n : low | (1n << 63n), true);
  view.setUint16(8, denormal ? 0 : (exponent % 0x7fff || 1) + (exponent & 0x8000), true);
  return bytes;
}
function quadruple([low, exponent, denormal]: readonly [bigint, number, boolean]): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, low, true);
  view.setBigUint64(6, (low * 0x9e3779b97f4a7c15n) & 0xffff_ffff_ffff_ffffn, true);
  view.setUint16(14, denormal ? 0 : (exponent % 0x7fff) + (exponent & 0x8000), true);
  return bytes;
}

describe('wide floats', function () {
  this.timeout(60_000);

  it('are the shortest text that the C library reads back as the same value', () => {
    const parts = fc.tuple(
      fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }),
      fc.integer({ min: 0, max: 0xffff }),
      fc.boolean(),
    );
    const cases = fc
      .sample(parts, { seed: 5, numRuns: 500 })
      .flatMap((each) => [['extended', extended(each)] as const, ['quadruple', quadruple(each)] as const]);
    const lines = cases.map(
      ([name, bytes]) => `${name} ${Buffer.from(bytes).toString('hex')} ${textOf(name, bytes)}`,
    );
    const verdicts = execFileSync(fixture('floats.c'), { input: lines.join('\n'), encoding: 'utf8' });
    const wrong = verdicts
      .trim()
      .split('\n')
      .flatMap((verdict, i) => (verdict === 'ok' ? [] : [`${verdict}: ${lines[i]!}`]));
    assert.deepEqual(wrong, []);
  });

  const shown: [keyof typeof TYPES, string, string][] = [
    ['extended', '00000000000000000080', '-0'],
    ['extended', '0000000000000080ff7f', 'inf'],
    ['extended', '0000000000000080ffff', '-inf'],
    ['extended', '00000000000000c0ff7f', 'nan(0xc000000000000000)'],
    ['extended', '0000000000000080ff3f', '1'],
    ['half', '003c', '1'],
    ['half', '00c0', '-2'],
    ['half', 'ff7b', '65500'],
    ['half', '0100', '6e-8'],
    ['half', '6666', '1638'],
    ['brain', '803f', '1'],
    ['brain', '4940', '3.14'],
  ];
  for (const [name, hex, text] of shown)
    it(`${name} ${hex}: ${text}`, () => {
      const bytes = new Uint8Array(16);
      bytes.set(Buffer.from(hex, 'hex'));
      assert.equal(textOf(name, bytes), text);
    });
});
