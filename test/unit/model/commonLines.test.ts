import assert from 'node:assert/strict';
import fc from 'fast-check';
import { commonPairs, MAX_DIFFERENCES } from '../../../src/model/commonLines';

const same = (a: string, b: string): boolean => a === b;

/** By the table of all beginnings. */
function lengthOfCommon(a: readonly string[], b: readonly string[]): number {
  const lengths = [0, ...b.map(() => 0)];
  for (const one of a) {
    let diagonal = 0;
    for (const [i, other] of b.entries()) {
      const above = lengths[i + 1]!;
      lengths[i + 1] = one === other ? diagonal + 1 : Math.max(above, lengths[i]!);
      diagonal = above;
    }
  }
  return lengths.at(-1)!;
}

describe('what two sequences have in common', () => {
  it('is in its order, equal, and as much as there is', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
    fc.assert(
      fc.property(letters, letters, (a, b) => {
        const pairs = commonPairs(a, b, same);
        for (const [i, [x, y]] of pairs.entries()) {
          assert.equal(a[x], b[y]);
          const before = pairs[i - 1];
          if (before) assert.ok(before[0] < x && before[1] < y);
        }
        assert.equal(pairs.length, lengthOfCommon(a, b));
      }),
    );
  });

  it('is not looked for in what is all different', () => {
    const many = (text: string): string[] => Array.from({ length: MAX_DIFFERENCES }, (_, i) => `${text}${i}`);
    assert.deepEqual(commonPairs(['x', ...many('a')], ['x', ...many('b')], same), []);
  });
});
