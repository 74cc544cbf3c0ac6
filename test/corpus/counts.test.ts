import assert from 'node:assert/strict';
import { corpus } from './corpus';
import { countsOfReadelf, dumpedCounts, ourCounts, type Counts } from './counts';
import { compareFrames } from './frames';
import { table } from '../setup/results';
import { writeSection } from './results';
import { ALL } from './sample';

/** llvm-dwarfdump 14 crashes on it. */
const CRASHES: ReadonlySet<string> = new Set(['libstdc++-dbg.so']);

describe('rows, entries and frame descriptions, against llvm-dwarfdump and readelf', () => {
  const found = new Map<string, Counts & { readonly frames: number }>();

  for (const name of ALL)
    it(name, () => {
      const program = corpus(name);
      const ours = ourCounts(program);
      assert.deepEqual(ours, CRASHES.has(name) ? countsOfReadelf(program, ours.rows) : dumpedCounts(program));
      const { rows, different } = compareFrames(program);
      assert.deepEqual(different, []);
      found.set(name, { ...ours, frames: rows });
    });

  after(() => {
    if (found.size < ALL.length) return;
    writeSection('Rows, entries, frames', [
      'As many rows of line tables and debugging information entries as llvm-dwarfdump prints (entries of libstdc++, on which it crashes: readelf), and the',
      'canonical frame address that readelf interprets, at the first and the last address of each row of each frame description. All are alike.',
      '',
      ...table(
        ['program', 'rows', 'entries', 'rows of frame descriptions'],
        [...found].map(([name, { rows, entries, frames }]) => [name, rows, entries, frames]),
      ),
    ]);
  });
});
