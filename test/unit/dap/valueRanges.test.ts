import assert from 'node:assert/strict';
import { ValueRanges } from '../../../adapter/dap/valueRanges';

const N = { name: 'n', text: String };

const rangeOf = (...values: (number | bigint)[]): [string, string] | undefined => {
  const ranges = new ValueRanges();
  for (const value of values) ranges.note(N, value);
  return ranges.of('n');
};

describe('the range of a value', () => {
  it('is that of all numbers there have been', () => {
    assert.deepEqual(rangeOf(5, -3, 12), ['-3', '12']);
    assert.deepEqual(rangeOf(0.5, 1e20, -1.25e-7), ['-1.25e-7', '100000000000000000000']);
    assert.equal(rangeOf(), undefined);
  });

  it('is exact where a double is not', () => {
    assert.deepEqual(rangeOf(9007199254740993n, 9007199254740992, 18446744073709551615n), [
      '9007199254740992',
      '18446744073709551615',
    ]);
  });

  it('writes each end as where it comes from does: an instance of a template may have another type', () => {
    const ranges = new ValueRanges();
    ranges.note({ name: 'x', text: (value) => `float ${value}` }, 1.5);
    ranges.note({ name: 'x', text: (value) => `double ${value}` }, 1.1);
    assert.deepEqual(ranges.of('x'), ['double 1.1', 'float 1.5']);
  });

  it('is written as the value is', () => {
    const ranges = new ValueRanges();
    ranges.note({ name: 'n', text: (value) => `<${value}>` }, 7);
    assert.deepEqual(ranges.of('n'), ['<7>', '<7>']);
  });
});
