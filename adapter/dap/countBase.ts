/** Counts since they were reset: the kernel's own go on. */
import type { TracepointReport } from '../engine/session';
import type { TracepointId } from '../engine/tracepointState';
import type { Counts } from '../protocol';

type Told = Pick<TracepointReport, 'counts' | 'sites'>;

export class CountBase {
  private readonly bases = new Map<TracepointId, Base>();

  reset(id: TracepointId, { counts, sites }: Told): void {
    this.bases.set(id, {
      counts: { ...counts },
      sites: new Map(sites.map((one) => [placeOf(one), one.counts.hits])),
    });
  }

  forget(id: TracepointId): void {
    this.bases.delete(id);
  }

  /** Of a tracepoint, and of its sites in their order. */
  since(id: TracepointId, { counts, sites }: Told): { counts: Counts; hits: readonly number[] } {
    const base = this.bases.get(id);
    const all = sites.map((one) => one.counts.hits);
    // Counts that went back are those of a new definition.
    if (!base || base.counts.hits > counts.hits) return { counts, hits: all };
    return {
      counts: less(counts, base.counts),
      hits: sites.map((one, i) => all[i]! - (base.sites.get(placeOf(one)) ?? 0)),
    };
  }
}

interface Base {
  readonly counts: Counts;
  readonly sites: ReadonlyMap<string, number>;
}

const placeOf = ({ site: { module, address, resolvedLine } }: Told['sites'][number]): string =>
  `${module.path} ${address} ${resolvedLine ?? ''}`;

const less = (counts: Counts, base: Counts): Counts => ({
  hits: counts.hits - base.hits,
  delivered: counts.delivered - base.delivered,
  lost: counts.lost - base.lost,
  filtered: counts.filtered - base.filtered,
  throttled: counts.throttled - base.throttled,
  conditionErrors: counts.conditionErrors - base.conditionErrors,
});
