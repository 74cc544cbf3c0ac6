import type { LineResolution, LineSite } from '../../adapter/dwarf/lineSite';

/** What a site says, and what it reads when it is asked: to be compared. */
export const told = ({ displaced, ...site }: LineSite): object => ({ ...site, displaced: displaced()?.name });

export const toldOf = (resolution: LineResolution): unknown =>
  resolution.ok ? resolution.sites.map(told) : resolution;
