import assert from 'node:assert/strict';
import { CountBase } from '../../../adapter/dap/countBase';

type Told = Parameters<CountBase['reset']>[1];

const counts = (hits: number, lost = 0): Told['counts'] => ({
  hits,
  delivered: hits - lost,
  lost,
  filtered: 0,
  throttled: 0,
  conditionErrors: 0,
});
/** Of sites at these addresses. */
const told = (...sites: readonly (readonly [address: number, hits: number])[]): Told => ({
  counts: counts(sites.reduce((sum, [, hits]) => sum + hits, 0)),
  sites: sites.map(([address, hits]) => ({
    site: { module: { path: '/p' }, address, resolvedLine: 5 },
    counts: counts(hits),
  })) as unknown as Told['sites'],
});

describe('counts that were reset', () => {
  it('are told from 0 again, in sum and site by site', () => {
    const base = new CountBase();
    const before = told([1, 10], [2, 20]);
    assert.deepEqual(base.since(7, before), { counts: before.counts, hits: [10, 20] });
    base.reset(7, before);
    assert.deepEqual(base.since(7, before), { counts: counts(0), hits: [0, 0] });
    assert.deepEqual(base.since(7, told([2, 25], [3, 1], [1, 11])), { counts: counts(7), hits: [5, 1, 1] });
    assert.deepEqual(base.since(8, before).hits, [10, 20], 'of another tracepoint they are as they are');
  });

  it('keep to the equation', () => {
    const base = new CountBase();
    base.reset(7, { counts: counts(10, 3), sites: [] });
    assert.deepEqual(base.since(7, { counts: counts(25, 4), sites: [] }).counts, counts(15, 1));
  });

  it('are as they are where they have begun again', () => {
    const base = new CountBase();
    base.reset(7, told([1, 10]));
    assert.deepEqual(base.since(7, told([1, 4])).counts, counts(4));
  });
});
