/**
 * Breakpoints as the client sets them, a whole group at a time, and the tracepoints they are: a breakpoint that comes
 * again stays the same tracepoint.
 */
import type { CaptureRequest, Definition, FilterRequest } from '../engine/definition';
import type { TracepointId } from '../engine/tracepointState';
import type { Where } from '../engine/where';
import type { ConfigureArguments, HitFilter, Limits, Preset } from '../protocol';

/** One of a setBreakpoints or setFunctionBreakpoints request. */
export interface WantedBreakpoint {
  readonly where: Where;
  /** Empty or absent: a snapshot. */
  readonly logMessage: string | undefined;
  readonly condition: string | undefined;
  readonly hitCondition: string | undefined;
  /** Why it cannot be served, whatever the program. */
  readonly refusal: string | undefined;
}

export interface BookEntry {
  readonly id: TracepointId;
  /** Path of the source as the client names it, or FUNCTIONS. */
  readonly group: string;
  readonly wanted: WantedBreakpoint;
  readonly configured: Pick<ConfigureArguments, 'mode' | 'limits' | 'filter'>;
}

export const FUNCTIONS = '';

export interface BookChange {
  /** In the order of the request. */
  readonly entries: readonly BookEntry[];
  readonly removed: readonly TracepointId[];
}

export class BreakpointBook {
  private readonly groups = new Map<string, readonly BookEntry[]>();
  private readonly byId = new Map<TracepointId, BookEntry>();
  private readonly presets = new Map<string, BookEntry['configured']>();
  private nextId = 1;

  /**
   * The group is now these.
   * @param lineOf where a tracepoint really is: editors move a breakpoint there, and then send that line.
   */
  set(
    group: string,
    wanted: readonly WantedBreakpoint[],
    lineOf: (id: TracepointId) => number | undefined,
  ): BookChange {
    const left = new Set(this.groups.get(group));
    const take = (fits: (entry: BookEntry) => boolean): BookEntry | undefined => {
      const found = [...left].find(fits);
      if (found) left.delete(found);
      return found;
    };
    const same = wanted.map((one) => take((entry) => samePlace(entry.wanted.where, one.where)));
    const entries = wanted.map((one, i): BookEntry => {
      const { where } = one;
      const moved = (entry: BookEntry): boolean =>
        where.kind === 'line' && columnOf(entry) === where.column && lineOf(entry.id) === where.line;
      const before = same[i] ?? take(moved);
      if (before) return { ...before, wanted: { ...one, where: before.wanted.where } };
      return { id: this.nextId++, group, wanted: one, configured: this.presetFor(group, where) };
    });
    const removed = [...left].map(({ id }) => id);
    for (const id of removed) this.byId.delete(id);
    this.put(group, entries);
    return { entries, removed };
  }

  /** Those that are on the line now, which it has changed. */
  preset({ path, line, ...configured }: Preset): readonly BookEntry[] {
    this.presets.set(placeKey(path, line), configured);
    const group = this.groups.get(path) ?? [];
    const isThere = ({ wanted: { where } }: BookEntry): boolean =>
      where.kind === 'line' && where.line === line;
    const changed = group.map((entry) => (isThere(entry) ? { ...entry, configured } : entry));
    this.put(path, changed);
    return changed.filter(isThere);
  }

  private presetFor(group: string, where: Where): BookEntry['configured'] {
    return where.kind === 'line' ? (this.presets.get(placeKey(group, where.line)) ?? {}) : {};
  }

  /** Undefined when there is no such tracepoint. */
  configure({ breakpointId, mode, limits, filter }: ConfigureArguments): BookEntry | undefined {
    const entry = this.find(breakpointId);
    if (!entry) return undefined;
    const configured = {
      ...entry.configured,
      ...(mode && { mode }),
      limits: { ...entry.configured.limits, ...limits },
      filter: { ...entry.configured.filter, ...filter },
    };
    const changed = { ...entry, configured };
    const group = this.groups.get(entry.group)!;
    this.put(
      entry.group,
      group.map((other) => (other === entry ? changed : other)),
    );
    return changed;
  }

  private put(group: string, entries: readonly BookEntry[]): void {
    this.groups.set(group, entries);
    for (const entry of entries) this.byId.set(entry.id, entry);
  }

  find(id: TracepointId): BookEntry | undefined {
    return this.byId.get(id);
  }

  entries(): readonly BookEntry[] {
    return [...this.groups.values()].flat();
  }
}

const placeKey = (path: string, line: number): string => `${line} ${path}`;

const columnOf = ({ wanted: { where } }: BookEntry): number | undefined =>
  where.kind === 'line' ? where.column : undefined;

const samePlace = (a: Where, b: Where): boolean => JSON.stringify(a) === JSON.stringify(b);

export function definitionOf(
  { wanted, configured }: Pick<BookEntry, 'wanted' | 'configured'>,
  limits: Limits,
): Definition {
  const { bytesPerHit, sites, hitsPerSecond } = { ...limits, ...configured.limits };
  const condition = wanted.condition?.trim() ?? '';
  const capture = captureOf(wanted.logMessage ?? '', configured.mode);
  return {
    where: wanted.where,
    capture,
    ...(condition !== '' && { condition }),
    filter: filterOf(wanted, configured.filter ?? {}),
    // Counting sends nothing that could be too much.
    limits: { bytesPerHit, sites, ...(capture.mode !== 'count' && { hitsPerSecond }) },
  };
}

function filterOf(
  { hitCondition = '' }: WantedBreakpoint,
  { changed, sampling, maxHits }: HitFilter,
): FilterRequest {
  return {
    ...(hitCondition.trim() !== '' && { hitCondition }),
    ...(isGiven(changed) && { changed }),
    ...(isGiven(sampling) && { sampling }),
    ...(isGiven(maxHits) && { maxHits }),
  };
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

function captureOf(message: string, mode: ConfigureArguments['mode']): CaptureRequest {
  if (mode === 'count' || mode === 'snapshot') return { mode };
  return message.trim() === '' ? { mode: 'snapshot' } : { mode: 'log', message };
}
