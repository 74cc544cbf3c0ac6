import assert from 'node:assert/strict';
import {
  assertExplained,
  compare,
  compareFile,
  compareGaps,
  REASONS,
  share,
  type Comparison,
  type Reason,
} from './breakpoints';
import { corpus } from './corpus';
import { LUA_VARIANTS } from './programs';
import { table } from '../setup/results';
import { writeSection } from './results';

const C_PROGRAMS = [
  ...LUA_VARIANTS,
  'sqlite3-gcc12-O0',
  'sqlite3-gcc12-O2',
  'sqlite3-clang14-O2',
  'libsqlite3.so',
  'redis-server',
];
const CXX_PROGRAMS = ['gcc12-O0', 'gcc12-O2', 'clang14-O0', 'clang14-O2'].flatMap((variant) => [
  `objects-${variant}`,
  `inst-${variant}`,
]);
const REASON_NAMES = Object.keys(REASONS) as Reason[];

describe('every line with code, against the breakpoints of gdb', () => {
  const rows: (string | number)[][] = [];

  for (const name of [...C_PROGRAMS, ...CXX_PROGRAMS])
    it(name, () => {
      const found = compare(corpus(name));
      rows.push(rowOf(name, found));
      assert.ok(found.lines > 100);
      assertExplained(found);
      assert.ok(share(found) >= leastShare(name), `${share(found)} alike`);
    });

  after(() => {
    if (rows.length < C_PROGRAMS.length + CXX_PROGRAMS.length) return;
    writeSection('Lines against gdb', [
      'Every line with code: the set of addresses of `sourcetap lines` against that of `break FILE:LINE`. Every address of ours is a',
      'statement of its line by llvm-dwarfdump, or where gdb, too, has the end of the prologue that has one. Lost: lines that differ only in',
      'what gdb loses or has twice. Share: alike of the others. The columns after it count lines that differ, by reason (one line may have two):',
      '',
      ...REASON_NAMES.filter((reason) => REASONS[reason]).map((reason) => `- ${reason}: ${REASONS[reason]}`),
      '',
      ...table(['program', 'lines', 'alike', 'lost', 'share', ...REASON_NAMES], rows),
    ]);
  });
});

describe('lines without code, against the breakpoints of gdb', () => {
  for (const name of ['lua-gcc12-O0-dw5', 'lua-gcc12-O2-dw5', 'lua-clang14-O2-dw5'])
    it(`go where gdb goes, or are refused where that is another function: ${name}`, () => {
      const { moved, alike } = compareGaps(corpus(name));
      assert.ok(moved > 1000);
      // gdb moves out of cold parts, and has no lines of a file that is included in a function.
      assert.ok(alike / moved >= 0.99, `${String(alike)} of ${String(moved)}`);
    });
});

/** Of some hundred megabytes: one file of each. */
const LARGE = [
  ['libjvm.debug', 'g1CollectedHeap.cpp'],
  ['vmlinux', 'kernel/sched/fair.c'],
] as const;

describe('lines of a large program, against the breakpoints of gdb', () => {
  const rows: (string | number)[][] = [];

  for (const [name, file] of LARGE)
    it(`${name}, ${file}`, () => {
      const found = compareFile(corpus(name), file, 300);
      rows.push(rowOf(`${name}, ${file}`, found));
      assert.ok(found.lines >= 300);
      assertExplained(found);
      assert.ok(share(found) >= leastShare(name), `${share(found)} alike`);
    });

  after(() => {
    if (rows.length < LARGE.length) return;
    writeSection('Lines of large programs against gdb', [
      'The same for lines with code of one file of each, evenly chosen.',
      '',
      ...table(['program', 'lines', 'alike', 'lost', 'share', ...REASON_NAMES], rows),
    ]);
  });
});

const rowOf = (name: string, found: Comparison): (string | number)[] => [
  name,
  found.lines,
  found.same,
  found.lost,
  `${(100 * share(found)).toFixed(2)} %`,
  ...REASON_NAMES.map((reason) => found.reasons[reason]),
];

/** DWARF 2 does not say which code is whose where functions are inlined: both guess. */
const leastShare = (name: string): number => (name.includes('clang') || name.endsWith('-dw2') ? 0.98 : 0.99);
