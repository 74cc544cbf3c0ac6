/** The names nearest to one that does not exist, the likeliest first. */
export function similarNames(name: string, candidates: Iterable<string>): string[] {
  const near: { candidate: string; distance: number }[] = [];
  let seen = 0;
  for (const candidate of new Set(candidates)) {
    if (++seen > MAX_CANDIDATES) break;
    const distance = likeness(name, candidate);
    if (distance !== undefined) near.push({ candidate, distance });
  }
  return near
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, MAX_SIMILAR)
    .map(({ candidate }) => candidate);
}

/** Small for like names, undefined for unlike ones: a third of the letters may differ, or one may begin the other. */
function likeness(name: string, candidate: string): number | undefined {
  const [a, b] = [name.toLowerCase(), candidate.toLowerCase()];
  const allowed = Math.max(1, Math.floor(Math.max(a.length, b.length) / 3));
  if (Math.abs(a.length - b.length) <= allowed && a.length <= MAX_NAME_LENGTH) {
    const distance = editDistance(a, b);
    if (distance <= allowed && distance < b.length) return distance;
  }
  const begins = Math.min(a.length, b.length) >= MIN_PREFIX && (a.startsWith(b) || b.startsWith(a));
  return begins ? allowed + 1 : undefined;
}

/** Letters inserted, left out, replaced, or swapped with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const edits = Math.min(row[j - 1]! + (same ? 0 : 1), row[j]! + 1, next[j - 1]! + 1);
      next.push(swapped ? Math.min(edits, before[j - 2]! + 1) : edits);
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}

const MAX_SIMILAR = 5;
const MAX_CANDIDATES = 10_000;
const MAX_NAME_LENGTH = 64;
/** Letters in common at the beginning that make two names alike. */
const MIN_PREFIX = 3;
