import assert from 'node:assert/strict';
import { lowerSite } from '../../../adapter/capture/site';
import type { Type } from '../../../adapter/dwarf/type';
import { parseExpression } from '../../../adapter/expression/message';
import { typeExpression } from '../../../adapter/expression/typing';
import { compileNumbers } from '../../../adapter/value/number';
import { memory, record } from '../capture/interpreter';
import {
  array,
  base,
  bool,
  char,
  constant,
  context,
  double,
  enumeration,
  expression,
  float,
  int,
  int128,
  member,
  bitField,
  pointer,
  struct,
  typedef,
  unsignedLong,
  variable,
} from '../expression/types';

const AT = 0x7fff_0000_0000n;
const onStack = expression({ op: 'registerOffset', register: 7, offset: 0 });

/** The number of an expression over `x`, a variable on the stack with these bytes; 'none' where it is never one. */
function number(type: Type, bytes: Uint8Array, text = 'x'): number | bigint | undefined | 'none' {
  const x = variable('x', type, onStack);
  const scope = context([x]);
  const typed = typeExpression(parseExpression(text), scope);
  const site = lowerSite([{ text, typed }], scope, { bytesPerHit: 1024, stringBytes: 32 });
  const read = memory({ at: AT, bytes });
  const { view, offset } = record(site.program.captures, { registers: { sp: AT }, loadBias: 0n, read });
  const [reader] = compileNumbers(site);
  return reader ? reader.read(view, offset) : 'none';
}

const u64 = (...values: bigint[]): Uint8Array => new Uint8Array(BigUint64Array.from(values).buffer);
const f64 = (value: number): Uint8Array => new Uint8Array(Float64Array.of(value).buffer);
const f32 = (value: number): Uint8Array => new Uint8Array(Float32Array.of(value).buffer);

describe('the number of a value', () => {
  it('is that of integers, exact', () => {
    assert.equal(number(int, u64(0xffff_fffen)), -2);
    assert.equal(number(typedef('size_t', constant(unsignedLong)), u64(2n ** 64n - 1n)), 2n ** 64n - 1n);
    assert.equal(number(int128, u64(1n, 1n)), 2n ** 64n + 1n);
  });

  it('is that of floating point numbers, unless they are infinite or none', () => {
    assert.equal(number(double, f64(-0.1)), -0.1);
    assert.equal(number(float, f32(2.5)), 2.5);
    for (const one of [Infinity, NaN]) assert.equal(number(double, f64(one)), undefined);
  });

  it('is that of a bit field, and of what is worked out', () => {
    const bits = struct('flags', 4, [bitField('low', 0, int, 0, 3), bitField('high', 0, int, 3, 5)]);
    assert.equal(number(bits, u64(0b11010_101n), 'x.high'), -6);
    assert.equal(number(int, u64(20n), 'x * 2 + 1'), 41);
    assert.equal(number(int, u64(20n), '1 / (x - 20)'), undefined);
  });

  it('is none where the memory cannot be read', () => {
    assert.equal(number(int, new Uint8Array(0)), undefined);
  });

  it('is none of what is shown in another way', () => {
    const others = [
      bool,
      char,
      base('char16_t', 2, 'utf'),
      typedef('wchar_t', int),
      enumeration('e', { A: 1 }),
      pointer(int),
      array(int, 2),
      struct('s', 4, [member('n', 0, int)]),
    ];
    for (const type of others) assert.equal(number(type, u64(1n, 1n)), 'none', type.kind);
  });
});
