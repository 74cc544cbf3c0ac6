import type { SiteCounts } from '../backend/backend';
import type { PlannedSite } from './planner';

export interface CountedSite {
  readonly site: PlannedSite;
  readonly counts: SiteCounts;
}

/** What sites counted whose probes are out: a library that is loaded again goes on from there. */
export class SiteTally {
  private readonly past = new Map<string, CountedSite>();

  add(sites: readonly CountedSite[]): void {
    for (const [key, counted] of sumByPlace([...this.past.values(), ...sites])) this.past.set(key, counted);
  }

  /** These, which count now, with what they counted before; then those that do not count any more. */
  with(sites: readonly CountedSite[]): readonly CountedSite[] {
    if (this.past.size === 0) return sites;
    return [...sumByPlace([...sites, ...this.past.values()]).values()];
  }
}

function sumByPlace(sites: readonly CountedSite[]): Map<string, CountedSite> {
  const sums = new Map<string, CountedSite>();
  for (const { site, counts } of sites) {
    const { module, address, resolvedLine } = site;
    const place = `${module.path} ${address} ${resolvedLine ?? ''}`;
    const known = sums.get(place);
    sums.set(place, known ? { ...known, counts: sum([known.counts, counts]) } : { site, counts });
  }
  return sums;
}

export function sum(all: readonly SiteCounts[]): SiteCounts {
  const total = { hits: 0, delivered: 0, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 };
  for (const counts of all)
    for (const key of Object.keys(total) as (keyof SiteCounts)[]) total[key] += counts[key];
  return total;
}
