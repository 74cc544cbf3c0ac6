import type { Installation, Role } from '../backend/backend';
import type { Module } from '../symbols/module';
import type { Planning, PlanPart } from './planner';
import { SiteTally, type CountedSite } from './siteTally';
import type { TracepointId } from './tracepointState';

/** What an edition has in the kernel, and had. */
export interface Probes {
  readonly tracepoint: TracepointId;
  /** The modules that it has been planned for. */
  seen: ReadonlySet<Module>;
  planned: Planning | undefined;
  plannings: readonly Planning[];
  parts: readonly ProbedPart[];
  readonly tally: SiteTally;
  /** The modules that had the place have left: that is why it is pending, whatever others come. */
  awaited: boolean;
  /** It is out for good. */
  retired: boolean;
}

/** The probes of an edition in one module. */
export interface ProbedPart {
  readonly probes: Probes;
  readonly part: PlanPart;
  readonly installation: Installation;
  /** Records that have come out of the ring. */
  records: number;
}

export const newProbes = (tracepoint: TracepointId): Probes => ({
  tracepoint,
  seen: new Set(),
  planned: undefined,
  plannings: [],
  parts: [],
  tally: new SiteTally(),
  awaited: false,
  retired: false,
});

/**
 * Says which edition of a tracepoint takes which hits: the one that speaks. An older one that has its probes at the same addresses takes
 * those that it came too late for; one that has them elsewhere stops.
 * @param editions of the tracepoint, the oldest first; the one that speaks may be among them
 */
export function share(voice: Probes, editions: readonly Probes[]): void {
  const older = editions.slice(0, Math.max(0, editions.indexOf(voice)));
  const places = placesOf(voice);
  const [together, apart] = [true, false].map((same) =>
    older.filter((one) => (placesOf(one) === places) === same),
  ) as [Probes[], Probes[]];
  for (const [i, one] of together.entries()) assume(one, { takes: true, older: i > 0, newer: true });
  assume(voice, { takes: true, older: together.length > 0, newer: false });
  for (const one of apart) assume(one, { takes: false, older: false, newer: false });
}

/** The same text for the same probes. */
const placesOf = ({ parts }: Probes): string =>
  parts
    .flatMap(({ part: { plan } }) => plan.sites.map(({ offset }) => `${plan.path} ${offset}`))
    .sort()
    .join();

function assume({ parts }: Probes, role: Role): void {
  for (const { installation } of parts) installation.assume(role);
}

/** All sites of a part are in one module. */
export const moduleOf = ({ sites }: PlanPart): Module => sites[0]!.module;

export function countsOf({ part, installation }: ProbedPart): CountedSite[] {
  const counts = installation.counts();
  return part.sites.map((site, i) => ({ site, counts: counts[part.probes[i]!]! }));
}
