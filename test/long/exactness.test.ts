import assert from 'node:assert/strict';
import { release } from 'node:os';
import { needsKernel } from '../kernel/available';
import { hammer, type Hammering } from '../kernel/exactness';
import { table } from '../setup/results';
import { writeSection } from './results';

const HITS = 10_240_000;
const RINGS = [64 << 10, 256 << 10, 4 << 20];

describe('ten million hits', function () {
  this.timeout(600_000);
  const rows: (string | number)[][] = [];
  before(needsKernel);

  const run = (name: string, hammering: Omit<Hammering, 'hits'>, wanted = HITS): void => {
    it(name, async () => {
      const { counted, counts, records } = await hammer({ ...hammering, hits: wanted });
      const { hits, delivered, lost, filtered, throttled, conditionErrors } = counts;
      assert.equal(counted, wanted);
      assert.equal(hits, counted);
      assert.equal(records, delivered);
      assert.equal(delivered + lost + filtered + throttled + conditionErrors, hits);
      rows.push([name, hits, delivered, lost, filtered, throttled, conditionErrors]);
    });
  };
  for (const threads of [1, 4, 16])
    for (const ringBytes of RINGS)
      run(`emulated, ${threads} threads, ring of ${ringBytes >> 10} KiB`, {
        site: 'emulated_site',
        threads,
        processes: 1,
        ringBytes,
        filtered: threads === 4,
      });
  run(
    'stepped, 4 threads of 4 processes, ring of 256 KiB',
    { site: 'stepped_site', threads: 4, processes: 4, ringBytes: 256 << 10, filtered: false },
    HITS / 10,
  );

  after(() => {
    if (rows.length === 0) return;
    writeSection('Ten million hits', [
      `Linux ${release()}. Every hit is accounted for, by the target's own count; the records of each processor are numbered without gap or double.`,
      '',
      ...table(['run', 'hits', 'delivered', 'lost', 'filtered', 'throttled', 'condition errors'], rows),
    ]);
  });
});
