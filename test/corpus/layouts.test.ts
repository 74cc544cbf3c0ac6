import assert from 'node:assert/strict';
import { openProgram } from '../unit/dwarf/program';
import { corpus } from './corpus';
import { compareLayouts, DIFFERENCES, type Comparison } from './layouts';
import { table } from '../setup/results';
import { writeSection } from './results';

const PROGRAMS = [
  'lua-gcc12-O0-dw5',
  'lua-gcc12-O2-dw2',
  'lua-gcc12-O2-dw3',
  'lua-gcc12-O2-dw4',
  'lua-gcc12-O2-dw5',
  'lua-gcc12-O2-dw64',
  'lua-gcc12-O2-types4',
  'lua-gcc12-O2-types5',
  'lua-gcc12-O2-dwz',
  'lua-gcc12-O2-lto',
  'lua-clang14-O2-dw4',
  'lua-clang14-O2-dw5',
  'sqlite3-gcc12-O0',
  'sqlite3-gcc12-O2',
  'redis-server',
  'inst-gcc12-O0',
  'inst-gcc12-O2',
  'inst-clang14-O0',
  'inst-clang14-O2',
  'rs-O0',
  'rs-O2',
];

const rows: (string | number)[][] = [];

describe('every struct, union, class and enum of a program is laid out as gdb has it', () => {
  for (const name of PROGRAMS)
    it(name, () => {
      const program = corpus(name);
      const found = compareLayouts(program, openProgram(program));
      rows.push(rowOf(name, found));
      assert.ok(found.same > 70);
      assert.deepEqual(found.missing, []);
      assert.deepEqual(found.different.get('other') ?? [], []);
    });

  after(() => {
    if (rows.length < PROGRAMS.length) return;
    writeSection('Layouts of types against gdb', [
      'Every name of a struct, union, class or enum (also of an unnamed one that has a typedef): size, and name, bit, bits, type name and size of each',
      "member, enumerators, base classes and static members, unnamed types within written out, against gdb's Python API.",
      'Rust pointers: ours have the names that the program says, `&str` or `*const u8`, where gdb calls all `*mut`. Order of words: `unsigned __int128`.',
      'gdb drops members: it shows lambdas of clang -O2 without what they capture. Only ours: gdb finds no type of the name, which a block without code has.',
      '',
      ...table(['program', 'names', 'alike', 'Rust pointers', 'order of words', 'gdb drops members', 'other', 'missing', 'only ours'], rows), // prettier-ignore
    ]);
  });
});

function rowOf(name: string, { same, different, missing, onlyOurs }: Comparison): (string | number)[] {
  const counts = DIFFERENCES.map((difference) => different.get(difference)?.length ?? 0);
  const all = same + counts.reduce((sum, count) => sum + count, 0) + missing.length;
  return [
    name,
    all,
    `${same} (${((100 * same) / all).toFixed(2)} %)`,
    ...counts,
    missing.length,
    onlyOurs.length,
  ];
}
