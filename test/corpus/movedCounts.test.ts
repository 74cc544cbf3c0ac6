import assert from 'node:assert/strict';
import { needsKernel } from '../kernel/available';
import { compareMoved, type MovedCounts } from '../kernel/movedCounts';
import { table } from '../setup/results';
import { writeSection } from './results';
import { runOf } from './runs';

/** Programs, and the file whose lines are compared. */
const FILES = [
  ...['gcc12', 'clang14'].flatMap((compiler) =>
    ['O0', 'O2'].map((level) => [`lua-${compiler}-${level}-dw5`, 'lvm.c'] as const),
  ),
  ['lua-gcc12-O2-nopie', 'lvm.c'],
  ...['O0', 'O2'].map((level) => [`sqlite3-gcc12-${level}`, 'sqlite3.c'] as const),
  ...['gcc12', 'clang14'].map((compiler) => [`objects-${compiler}-O2`, 'objects.cc'] as const),
] as const;

describe('counting probes that were moved, against those at the lines', function () {
  const found = new Map<string, MovedCounts>();
  before(needsKernel);

  for (const [name, file] of FILES)
    it(`${name}, ${file}`, async () => {
      const counts = await compareMoved(runOf(name), ({ debug }) => addresses(debug!.lines.statements(file)));
      assert.deepEqual(counts.different, []);
      assert.ok(counts.hits > 0);
      found.set(name, counts);
    });

  after(() => {
    if (found.size < FILES.length) return;
    writeSection('Moved counts', [
      'Hits at every address of a file’s lines by the breakpoint rule, in one run with two probes for each: at the address, and where a probe that only counts is put.',
      'All are alike. Cheap: of the addresses whose instruction the kernel single-steps, those that are counted at one that it emulates.',
      '',
      ...table(
        ['program', 'file', 'addresses', 'single-stepped', 'cheap', 'hits'],
        FILES.map(([name, file]) => {
          const { addresses: all, stepped, cheap, hits } = found.get(name)!;
          return [name, file, all, stepped, `${((100 * cheap) / stepped).toFixed(1)} %`, hits];
        }),
      ),
    ]);
  });
});

function* addresses<Address>(sites: Iterable<{ readonly address: Address }>): Generator<Address> {
  for (const { address } of sites) yield address;
}
