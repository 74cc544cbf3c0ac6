import assert from 'node:assert/strict';
import { ValueRanges } from '../../../adapter/dap/valueRanges';

const rangeOf = (...values: string[]): readonly [string, string] | undefined => {
  const ranges = new ValueRanges();
  for (const value of values) ranges.note([{ name: 'n', type: 'T', value }]);
  return ranges.of('n');
};

describe('the range of a value', () => {
  it('is that of all numbers there have been, as they were written', () => {
    assert.deepEqual(rangeOf('5', '-3', '12'), ['-3', '12']);
    assert.deepEqual(rangeOf('0.5', '1e+20', '-1.25e-7'), ['-1.25e-7', '1e+20']);
  });

  it('is exact where a double is not', () => {
    assert.deepEqual(rangeOf('9007199254740993', '9007199254740992', '18446744073709551615'), [
      '9007199254740992',
      '18446744073709551615',
    ]);
  });

  it('is none of what is no number, or is missing', () => {
    assert.equal(rangeOf('"5"', '0x10', 'RED', 'true', 'nan'), undefined);
    const ranges = new ValueRanges();
    ranges.note([{ name: 'n', type: 'int', unavailable: { code: 'pageNotPresent' } }]);
    assert.equal(ranges.of('n'), undefined);
  });
});
