/** How numbers of hits are written: exact where there is room, abbreviated in the gutter. */

const UNITS = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** At most four characters, rounded down so that it never claims a hit that has not been: 999, 1.2k, 34k, 567M. */
export function abbreviated(hits: number): string {
  const unit = UNITS.find(([size]) => hits >= size);
  if (!unit) return String(Math.floor(hits));
  const [size, suffix] = unit;
  const scaled = hits / size;
  const shown = scaled < 10 ? Math.floor(scaled * 10) / 10 : Math.floor(scaled);
  return `${shown}${suffix}`;
}

/** Groups of three digits, separated by a no-break space: 3 412. */
export function grouped(hits: number): string {
  return String(Math.floor(hits)).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
}

export function hitsInWords(hits: number): string {
  return `${grouped(hits)}\u00a0${hits === 1 ? 'hit' : 'hits'}`;
}

/** @param earlier of runs before a restart */
export function hitsOfRuns(hits: number, earlier: number): string {
  return hitsInWords(hits) + (earlier > 0 ? ` + ${grouped(earlier)} before the restart` : '');
}

/** Hits a second; undefined when there is nothing to say. */
export function rateInWords(rate: number): string | undefined {
  if (rate <= 0) return undefined;
  if (rate < 10) return `${Math.max(0.1, Math.round(rate * 10) / 10)}/s`;
  return `${rate < 10_000 ? grouped(Math.round(rate)) : abbreviated(rate)}/s`;
}
