/** Counts of the lines of files and functions, from those of their sites. */
import type { RefusalReason } from '../x86/placement';
import type { TracepointReport } from './session';
import type { CandidateSite } from './site';

/** How often a line of a function runs: the sum over its sites. */
export interface LineCount {
  /** Path on this machine. */
  readonly file: string;
  readonly line: number;
  /** With its namespaces and classes; empty where it is not known. */
  readonly function: string;
  /** Undefined where not all of its sites are counted. */
  readonly hits: number | undefined;
  /** Why not, of the first that is not. */
  readonly reason: RefusalReason | undefined;
}

/** Each line of each function once, by file and line. */
export function lineCounts(reports: readonly Pick<TracepointReport, 'sites' | 'plannings'>[]): LineCount[] {
  const lines = new Map<string, Draft>();
  const seen = new Set<string>();
  for (const { sites, plannings } of reports) {
    for (const { site, counts } of sites) {
      const line = draftOf(lines, site);
      // A file and a function of it may both be asked for.
      if (line && isNew(seen, site)) line.hits += counts.hits;
    }
    for (const { site, reason } of plannings.flatMap(({ refused }) => refused)) {
      const line = draftOf(lines, site);
      if (line) line.reason ??= reason;
    }
  }
  return [...lines.values()]
    .map(({ hits, reason, ...place }) => ({ ...place, hits: reason ? undefined : hits, reason }))
    .sort((a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.function, b.function));
}

interface Draft {
  readonly file: string;
  readonly line: number;
  readonly function: string;
  hits: number;
  reason: RefusalReason | undefined;
}

function draftOf(lines: Map<string, Draft>, { file, resolvedLine, scope }: CandidateSite): Draft | undefined {
  if (file === undefined || resolvedLine === undefined) return undefined;
  const name = scope?.name ?? '';
  const key = `${resolvedLine} ${name} ${file}`;
  let line = lines.get(key);
  if (!line)
    lines.set(key, (line = { file, line: resolvedLine, function: name, hits: 0, reason: undefined }));
  return line;
}

function isNew(seen: Set<string>, { module, address, resolvedLine }: CandidateSite): boolean {
  const place = `${address} ${resolvedLine ?? ''} ${module.path}`;
  return !seen.has(place) && seen.add(place).size > 0;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
