import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { VARIANTS } from '../fixtures/build';
import { assertStatements, compare, share } from './breakpoints';
import { lua, luaSources } from './corpus';
import { table, writeSection } from './results';

/** Rows of test/corpus/RESULTS.md, written when all have run. */
const rows: (string | number)[][] = [];

describe('every line of lua, against the breakpoints of gdb', () => {
  for (const variant of VARIANTS) {
    const name = `lua 5.4, ${variant.compiler} ${variant.flags.join(' ')}`;
    it(name, () => {
      const program = lua(variant);
      const sources = readdirSync(luaSources()).filter((file) => /\.[ch]$/.test(file));
      const found = compare(program, sources);
      const { same, lostByGdb, coldForGdb, different } = found.counts;
      const all = same + lostByGdb + coldForGdb + different;
      const percent = ((100 * same) / all).toFixed(2);
      rows.push([name, all, `${same} (${percent} %)`, lostByGdb, coldForGdb, different]);
      assert.ok(all > 3000);
      assert.ok(share(found) >= (variant.compiler === 'gcc' ? 0.99 : 0.98));
      assertStatements(program, found.disputed);
    });
  }

  after(() => {
    writeSection('Lines against gdb', [
      'Every line with code, the set of addresses of `sourcetap lines` against that of `break FILE:LINE`.',
      "Lost by gdb: all rows of the line are shadowed by other files' rows, and gdb goes on to a later line. Misplaced by gdb: code in",
      'the cold part of a function, which gdb takes for a prologue. Every address of ours on such lines is an is_stmt row of the line, by llvm-dwarfdump.',
      '',
      ...table(['program', 'lines', 'alike', 'lost by gdb', 'misplaced by gdb', 'other'], rows),
    ]);
  });
});
