/** What two sequences have in common, in its order: Myers, "An O(ND) Difference Algorithm and Its Variations", 1986. */

export type Pair = readonly [a: number, b: number];

/** As many pairs of places as there are; none where the sequences differ in more than MAX_DIFFERENCES. */
export function commonPairs<A, B>(
  as: readonly A[],
  bs: readonly B[],
  isSame: (a: A, b: B) => boolean,
): Pair[] {
  const most = Math.min(as.length + bs.length, MAX_DIFFERENCES);
  /** By diagonal, a - b, from -most - 1 on: how far in `as` one comes with so many differences. */
  const reach = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const steps: Int32Array[] = [];
  for (let differences = 0; differences <= most; differences++) {
    steps.push(reach.slice(middle - differences - 1, middle + differences + 2));
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      let a = startOn(reach, middle, diagonal, differences).a;
      while (a < as.length && a - diagonal < bs.length && isSame(as[a]!, bs[a - diagonal]!)) a++;
      reach[middle + diagonal] = a;
      if (a >= as.length && a - diagonal >= bs.length) return pairsOf(steps, as.length, bs.length);
    }
  }
  return [];
}

/** Where a diagonal is come upon, from which of those beside it. @param middle where the diagonal 0 is in `reach` */
function startOn(
  reach: Int32Array,
  middle: number,
  diagonal: number,
  differences: number,
): { a: number; from: number } {
  const [left, right] = [reach[middle + diagonal - 1]!, reach[middle + diagonal + 1]!];
  return diagonal === -differences || (diagonal !== differences && left < right)
    ? { a: right, from: diagonal + 1 }
    : { a: left + 1, from: diagonal - 1 };
}

/** The way back. */
function pairsOf(steps: readonly Int32Array[], a: number, b: number): Pair[] {
  const pairs: Pair[] = [];
  for (let differences = steps.length - 1; differences >= 0; differences--) {
    const reach = steps[differences]!;
    const middle = differences + 1;
    const start = startOn(reach, middle, a - b, differences);
    while (a > (differences === 0 ? 0 : start.a)) pairs.push([--a, --b]);
    if (differences === 0) break;
    a = reach[middle + start.from]!;
    b = a - start.from;
  }
  return pairs.reverse();
}

/** Its square is the work, and the memory. */
export const MAX_DIFFERENCES = 1000;
