import assert from 'node:assert/strict';
import { UpdateBatch, type Snapshot } from '../../../adapter/dap/updateBatch';

const view = (id: number, hits: number, state: Snapshot['state'] = 'armed'): Snapshot => ({
  id,
  state,
  mode: 'log',
  counts: { hits, delivered: hits, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 },
  values: [],
  sites: [],
});

describe('the batches of updates', () => {
  it('carry what changed since the last one, and nothing otherwise', () => {
    const batch = new UpdateBatch();
    assert.deepEqual(
      batch.next([view(1, 0), view(2, 0)], 0)?.tracepoints.map(({ id }) => id),
      [1, 2],
    );
    assert.equal(batch.next([view(1, 0), view(2, 0)], 100), undefined);
    assert.deepEqual(
      batch.next([view(1, 0), view(2, 3)], 200)?.tracepoints.map(({ id }) => id),
      [2],
    );
  });

  it('name those that are gone, once', () => {
    const batch = new UpdateBatch();
    batch.next([view(1, 0), view(2, 0)], 0);
    assert.deepEqual(batch.next([view(2, 0)], 100), { tracepoints: [], removed: [1] });
    assert.equal(batch.next([view(2, 0)], 200), undefined);
  });

  it('give the rate over the last second, down to zero', () => {
    const batch = new UpdateBatch();
    const rates: number[] = [];
    for (let now = 0; now <= 4000; now += 100) {
      const body = batch.next([view(1, Math.min(now, 2000) * 5)], now);
      if (body) rates.push(body.tracepoints[0]!.rate);
    }
    assert.equal(rates[0], 0);
    assert.equal(Math.max(...rates), 5000);
    assert.equal(rates.at(-1), 0);
  });

  it('start the rate anew when the counts of a new definition do, and end it with the session', () => {
    const batch = new UpdateBatch();
    batch.next([view(1, 1000)], 0);
    assert.equal(batch.next([view(1, 5)], 100)?.tracepoints[0]!.rate, 0);
    assert.equal(batch.next([view(1, 15)], 200)?.tracepoints[0]!.rate, 100);
    assert.equal(batch.next([view(1, 20, 'ended')], 300)?.tracepoints[0]!.rate, 0);
  });
});
