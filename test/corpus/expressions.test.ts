import assert from 'node:assert/strict';
import { openProgram } from '../unit/dwarf/program';
import { corpus } from './corpus';
import { expressionCensus } from './expressions';
import { table } from '../setup/results';
import { writeSection } from './results';

const PROGRAMS = [
  'lua-gcc12-O0-dw5', 'lua-gcc12-Og-dw5', 'lua-gcc12-O2-dw5', 'lua-gcc12-O2-dw2', 'lua-gcc12-O2-lto', 'lua-gcc12-O3-dw5',
  'lua-clang14-Og-dw5', 'lua-clang14-O2-dw4', 'lua-clang14-O2-dw5', 'lua-clang14-O2-lto', 'inst-gcc12-O2', 'inst-clang14-O2',
  'objects-gcc12-O2', 'objects-clang14-O2', 'rs-O0', 'sqlite3-gcc12-O2', 'redis-server', 'libpython3.11d.so',
]; // prettier-ignore

/** Why an expression may not be captured; every other reason is a gap of ours. */
const KNOWN: readonly RegExp[] = [
  /^DW_OP_(entry_value|GNU_parameter_ref)$/,
  /^(vectorRegister|syntheticPointer|notAtThisAddress)$/,
  / (of|to|from) (float|double|long double)$/,
  // clang 14 takes the two operands for one type; gdb refuses them in the same words.
  /^undecodable: DW_OP_\w+ of different types$/,
  // A loop that only the hit ends: counting leading zeros.
  /^DW_OP_skip$/,
];

const rows: (string | number)[][] = [];

describe('every location expression', () => {
  for (const name of PROGRAMS)
    it(`of ${name} is captured, or refused for a reason of its own`, () => {
      const { expressions, captured, partly, gaps } = expressionCensus(openProgram(corpus(name)));
      const reasons = [...gaps].sort((a, b) => b[1] - a[1]);
      const share = `${((100 * (captured + partly)) / expressions).toFixed(1)} %`;
      rows.push([
        name,
        expressions,
        captured,
        partly,
        share,
        reasons.map(([why, n]) => `${why} ${n}`).join(', '),
      ]);
      assert.ok(expressions > 400);
      const unknown = reasons.filter(([why]) => !KNOWN.some((known) => known.test(why)));
      assert.deepEqual(unknown, []);
    });

  after(() => {
    if (rows.length < PROGRAMS.length) return;
    writeSection('Location expressions', [
      'Every expression of every argument and local: one for each entry of a location list. All are decoded. Captured partly: some piece of a',
      'struct is not there. The others by reason: what only the caller knew (DW_OP_entry_value, DW_OP_GNU_parameter_ref); pointers that are in no',
      'memory themselves, though what they point to can be asked for (syntheticPointer); registers that a probe does not see (vectorRegister).',
      '',
      ...table(['program', 'expressions', 'captured', 'partly', 'share', 'not captured'], rows),
    ]);
  });
});
