import assert from 'node:assert/strict';
import { kernelGap } from '../kernel/available';
import { table, writeSection } from './results';
import { movedRunOf, runOf } from './runs';
import { compareValues, type ValueComparison } from './values';

const PROGRAMS = [
  ...['gcc12-O0', 'gcc12-O2', 'clang14-O0', 'clang14-O2'].flatMap((variant) => [
    `lua-${variant}-dw5`,
    `inst-${variant}`,
  ]),
  'sqlite3-gcc12-O0',
  'sqlite3-gcc12-O2',
];

/** What a probe does not see, and a debugger does: the caller's registers, vector registers, more than a record holds. */
const EXPECTED =
  /^only the caller knew it|^in a vector register|^a string that is not there|^no room left in the record/;
/** gdb takes what lies beyond the last piece for zeroes. */
const BEYOND_PIECES = /^not readable: \d+ bytes in pieces of \d+$/;

describe('values of running programs, against those of gdb at the same stops', () => {
  const found = new Map<string, ValueComparison>();

  before(function () {
    const gap = kernelGap();
    if (gap) {
      console.log(`skipped: ${gap}`);
      this.skip();
    }
  });

  for (const name of PROGRAMS)
    it(name, () => {
      const comparison = compareValues(runOf(name), movedRunOf(name), 900);
      found.set(name, comparison);
      assert.deepEqual(comparison.wrong, []);
      assert.ok(comparison.stops > 150);
      const missed = [...comparison.reasons].filter(([reason]) => !EXPECTED.test(reason));
      assert.deepEqual(
        missed.filter(([reason]) => !BEYOND_PIECES.test(reason)),
        [],
      );
    });

  after(() => {
    if (found.size < PROGRAMS.length) return;
    const all = [...found.values()];
    assert.ok(sum(all, ({ variables }) => variables) >= 5000);
    writeSection('Values against gdb', [
      'Variables of the innermost function where a run first comes by sampled is_stmt addresses: `sourcetap trace` by uprobes, against gdb in',
      'a run of its own (same environment, no address space randomisation, a clock that stands still). Values are compared leaf by leaf.',
      'Restless: two runs under gdb do not agree.',
      '',
      ...table(
        ['program', 'stops', 'variables', 'readable by gdb', 'readable', 'leaves', 'restless', 'only ours', 'wrong'],
        [...found].map(([name, { stops, variables, readableByGdb, readable, leaves, restless, more, wrong }]) => [
          name, stops, variables, percent(readableByGdb, variables), percent(readable, variables), leaves, restless, more, wrong.length,
        ]),
      ), // prettier-ignore
      '',
      'Leaves that gdb reads and we do not:',
      '',
      ...table(
        ['reason', 'leaves'],
        [...reasonsOf(all)].sort(([, a], [, b]) => b - a).map(([reason, count]) => [reason, count]),
      ),
    ]);
  });
});

const percent = (part: number, whole: number): string => `${part} (${((100 * part) / whole).toFixed(1)} %)`;

const sum = (all: readonly ValueComparison[], of: (one: ValueComparison) => number): number =>
  all.reduce((total, one) => total + of(one), 0);

function reasonsOf(all: readonly ValueComparison[]): Map<string, number> {
  const reasons = new Map<string, number>();
  for (const one of all)
    for (const [reason, count] of one.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  return reasons;
}
