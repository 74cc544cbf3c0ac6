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
  const lines = new Lines();
  const seen = new Set<string>();
  // A file and a function of it may both be asked for.
  const isNew = reports.length > 1 ? (site: CandidateSite) => isFirst(seen, site) : () => true;
  for (const { sites, plannings } of reports) {
    for (const { site, counts } of sites) {
      const line = lines.of(site);
      if (line && isNew(site)) line.hits += counts.hits;
    }
    for (const { refused } of plannings)
      for (const { site, reason } of refused) {
        const line = lines.of(site);
        if (line) line.reason ??= reason;
      }
  }
  return lines.sorted();
}

interface Draft {
  readonly file: string;
  readonly line: number;
  readonly function: string;
  hits: number;
  reason: RefusalReason | undefined;
}

class Lines {
  /** By file and line; most lines are of one function. */
  private readonly files = new Map<string, Map<number, Draft[]>>();

  of({ file, resolvedLine: line, scope }: CandidateSite): Draft | undefined {
    if (file === undefined || line === undefined) return undefined;
    let ofFile = this.files.get(file);
    if (!ofFile) this.files.set(file, (ofFile = new Map<number, Draft[]>()));
    let ofLine = ofFile.get(line);
    if (!ofLine) ofFile.set(line, (ofLine = []));
    const name = scope?.name ?? '';
    let draft = ofLine.find((one) => one.function === name);
    if (!draft) ofLine.push((draft = { file, line, function: name, hits: 0, reason: undefined }));
    return draft;
  }

  sorted(): LineCount[] {
    return [...this.files.values()]
      .flatMap((lines) => [...lines.values()].flat())
      .sort((a, b) => compare(a.file, b.file) || a.line - b.line || compare(a.function, b.function))
      .map(({ hits, reason, ...place }) => ({ ...place, hits: reason ? undefined : hits, reason }));
  }
}

function isFirst(seen: Set<string>, { module, address, resolvedLine }: CandidateSite): boolean {
  const place = `${address} ${resolvedLine ?? ''} ${module.path}`;
  return !seen.has(place) && seen.add(place).size > 0;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
