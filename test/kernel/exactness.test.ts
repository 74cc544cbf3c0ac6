import assert from 'node:assert/strict';
import { hammer } from './exactness';
import { needsKernel } from './available';

const HITS = 51_200;

describe('Every hit is delivered, lost, or held back, and counted as what it is', function () {
  this.timeout(60_000);
  before(needsKernel);

  for (const site of ['emulated_site', 'stepped_site'] as const)
    for (const [threads, processes] of [
      [1, 1],
      [8, 1],
      [4, 2],
    ] as const)
      for (const filtered of [false, true])
        it(`${site}, ${threads} threads of ${processes} processes, ${filtered ? 'with' : 'without'} a condition and a filter`, async () => {
          const ringBytes = filtered ? 16 << 10 : 64 << 10;
          const { counted, counts, records } = await hammer({
            site,
            hits: HITS,
            threads,
            processes,
            ringBytes,
            filtered,
          });
          const { hits, delivered, lost, filtered: held, throttled, conditionErrors } = counts;
          assert.equal(counted, HITS);
          assert.equal(hits, counted);
          assert.equal(records, delivered);
          assert.equal(delivered + lost + held + throttled + conditionErrors, hits);
          const each = filtered ? HITS / 8 : 0;
          assert.deepEqual({ held, conditionErrors }, { held: each, conditionErrors: each });
          assert.equal(throttled, filtered ? HITS - 2 * each - Math.ceil((HITS - 2 * each) / 3) : 0);
          if (threads === 8) assert.ok(lost > 0, 'the ring is too small for all of them');
        });
});
