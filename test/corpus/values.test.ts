import assert from 'node:assert/strict';
import { needsKernel } from '../kernel/available';
import { table } from '../setup/results';
import { writeSection } from './results';
import { runOf } from './runs';
import { PAGES, type Unread, type ValueComparison } from './valueComparison';
import { compareValues } from './values';

const PROGRAMS = [
  ...['gcc12-O0', 'gcc12-O2', 'clang14-O0', 'clang14-O2'].flatMap((variant) => [
    `lua-${variant}-dw5`,
    `inst-${variant}`,
  ]),
  'sqlite3-gcc12-O0',
  'sqlite3-gcc12-O2',
];

/** Why something is unread, and what of it is counted. */
const REASONS: Readonly<Record<Unread, string>> = {
  caller:
    'only the caller knew it (DW_OP_entry_value, DW_OP_GNU_parameter_ref), whose registers are gone at a probe',
  vector: 'in a vector register, which a probe does not see',
  room: 'no room in the record of 1024 bytes (`bytesPerHit`), nor in one of its own',
  pieces: 'pieces do not cover the whole; gdb takes zeroes for the rest, and has zeroes there',
  contents:
    'the contents of an object that is not constructed yet, whose pointers lead nowhere; gdb has its members',
  other: 'none of these',
};
const REASON_NAMES = Object.keys(REASONS) as Unread[];

describe('values of running programs, against those of gdb at the same stops', () => {
  const found = new Map<string, ValueComparison>();

  before(needsKernel);

  for (const name of PROGRAMS)
    it(name, () => {
      const comparison = compareValues(runOf(name), 900);
      found.set(name, comparison);
      const { wrong, unexplained, stops, readable, readableByGdb, less } = comparison;
      assert.deepEqual(wrong, []);
      assert.deepEqual(unexplained, []);
      assert.ok(stops > 150);
      assert.ok(readable + total(less) >= readableByGdb);
      assert.equal(less.other, 0);
    });

  after(() => {
    if (found.size < PROGRAMS.length) return;
    const rows = [...found];
    assert.ok(rows.reduce((sum, [, { variables }]) => sum + variables, 0) >= 5000);
    writeSection('Values against gdb', [
      'Variables of the innermost function where a run first comes by sampled is_stmt addresses: `sourcetap trace` by uprobes, against gdb in',
      `${PAGES.length} runs of its own: same arguments, environment and descriptors, no address space randomisation, a clock that stands still. In all of`,
      `gdb's runs but the first, everything is mapped lower (by ${PAGES.slice(1).join(' and ')} pages), as the kernel maps a page into what is probed.`,
      '',
      "- stops: addresses that all of these runs came by; unprobed: others of these that take no probe; astray: that only some of gdb's runs came by",
      '- less: variables of which gdb has something and we nothing, for the reasons below',
      '- unread: leaves that gdb reads and we do not, by reason:',
      ...REASON_NAMES.map((reason) => `  - ${reason}: ${REASONS[reason]}`),
      '- only ours: leaves that we read and gdb does not',
      "- moved: leaves that differ between gdb's runs, and ours is the same as in one of them",
      "- restless: leaves that differ between gdb's runs, and ours is another: random numbers. An address that only goes with what is mapped counts as wrong here",
      '- printed: objects that we show by what they stand for, such as strings',
      '',
      ...table(
        ['program', 'stops', 'unprobed', 'astray', 'variables', 'readable by gdb', 'readable', 'less', 'of less: entry_value, vector', 'of less: others'],
        rows.map(([name, { stops, unprobed, astray, variables, readableByGdb, readable, less }]) => [
          name, stops, unprobed, astray, variables, percent(readableByGdb, variables), percent(readable, variables), total(less), less.caller + less.vector, total(less) - less.caller - less.vector,
        ]),
      ), // prettier-ignore
      '',
      ...table(
        ['program', 'leaves', 'moved', 'restless', 'printed', 'only ours', ...REASON_NAMES.map((reason) => `unread: ${reason}`), 'wrong'],
        rows.map(([name, { leaves, moved, restless, printed, more, unread, wrong }]) => [
          name, leaves, moved, restless, printed, more, ...REASON_NAMES.map((reason) => unread[reason]), wrong.length,
        ]),
      ), // prettier-ignore
    ]);
  });
});

const percent = (part: number, whole: number): string => `${part} (${((100 * part) / whole).toFixed(1)} %)`;

const total = (counts: Readonly<Record<Unread, number>>): number =>
  REASON_NAMES.reduce((sum, reason) => sum + counts[reason], 0);
