import { formatAddress } from '../elf/address';
import type { PlannedSite } from '../engine/planner';
import type { CountedSite } from '../engine/siteTally';
import type { SiteView } from '../protocol';
import { shownName } from './valueView';

/** @param hits of each, since they were reset */
export const siteViews = (sites: readonly CountedSite[], hits: readonly number[]): SiteView[] =>
  sites.slice(0, MAX_SITES_TOLD).map(({ site }, i) => ({
    address: formatAddress(site.address),
    ...(site.scope?.name !== undefined && { function: shownName(site.scope.name) }),
    hits: hits[i]!,
    trap: site.emulated ? 'emulated' : 'stepped',
    ...(isMovedForSpeed(site) && { moved: true }),
  }));

/** Probes that capture something move only where they must. */
const isMovedForSpeed = ({ record, emulated, probeAddress, address }: PlannedSite): boolean =>
  record === undefined && emulated && probeAddress !== address;

const MAX_SITES_TOLD = 1000;
