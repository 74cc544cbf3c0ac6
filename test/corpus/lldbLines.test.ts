import assert from 'node:assert/strict';
import { corpus } from './corpus';
import { compareWithLldb, LLDB_REASONS, type LldbReason } from './lldbBreakpoints';
import { LUA_VARIANTS } from './programs';
import { table } from '../setup/results';
import { writeSection } from './results';

/** Those of clang and those that are not optimised. */
const PROGRAMS = [
  ...LUA_VARIANTS.filter((name) => name.includes('clang') || name.includes('-O0')),
  'sqlite3-gcc12-O0',
  'sqlite3-clang14-O2',
  ...['gcc12-O0', 'clang14-O0', 'clang14-O2'].flatMap((variant) => [`objects-${variant}`, `inst-${variant}`]),
];
const REASONS = Object.keys(LLDB_REASONS) as LldbReason[];

describe('every line with code, against the breakpoints of lldb', () => {
  const rows: (string | number)[][] = [];

  for (const name of PROGRAMS)
    it(name, () => {
      const { lines, same, reasons, different } = compareWithLldb(corpus(name));
      rows.push([
        name,
        lines,
        `${same} (${((100 * same) / lines).toFixed(2)} %)`,
        ...REASONS.map((reason) => reasons[reason]),
      ]);
      assert.ok(lines > 100);
      assert.deepEqual(different, []);
    });

  after(() => {
    if (rows.length < PROGRAMS.length) return;
    writeSection('Lines against lldb', [
      'The same against `breakpoint set -f FILE -l LINE`. Where lldb and gdb differ, ours are those of gdb. The columns after `alike` count lines',
      'that differ, by reason (one line may have two):',
      '',
      ...REASONS.filter((reason) => LLDB_REASONS[reason]).map(
        (reason) => `- ${reason}: ${LLDB_REASONS[reason]}`,
      ),
      '',
      ...table(['program', 'lines', 'alike', ...REASONS], rows),
    ]);
  });
});
