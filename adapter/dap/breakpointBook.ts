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
  /** Its place is that in the program. */
  readonly wanted: WantedBreakpoint;
  /** Its place in the client's source, which may have been edited since. */
  readonly clientWhere: Where;
  /** Lines from its place in the program down to the client's. */
  readonly movedBy: number;
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
   * @param sourceModified the client's source was edited: what has another line now is the tracepoint that says the same.
   */
  set(
    group: string,
    wanted: readonly WantedBreakpoint[],
    lineOf: (id: TracepointId) => number | undefined,
    sourceModified = false,
  ): BookChange {
    const before = this.groups.get(group) ?? [];
    const left = new Set(before);
    const found = new Map<WantedBreakpoint, BookEntry>();
    const match = (fits: (entry: BookEntry, one: WantedBreakpoint) => boolean): void => {
      for (const one of wanted) {
        const entry = found.has(one) ? undefined : [...left].find((other) => fits(other, one));
        if (!entry) continue;
        left.delete(entry);
        found.set(one, entry);
      }
    };
    if (sourceModified) {
      const complete = asManyAsBefore(
        wanted,
        before.map((entry) => entry.wanted),
      );
      match((entry, one) => complete.has(one) && saysTheSame(entry.wanted, one));
    }
    match((entry, one) => samePlace(entry.clientWhere, one.where));
    match((entry, { where }) => isReallyAt(entry, where, lineOf(entry.id)));
    if (sourceModified) match((entry, one) => saysTheSame(entry.wanted, one));
    const entries = wanted.map((one) => {
      const entry = found.get(one) ?? this.added(group, one);
      const same = { ...entry, wanted: { ...one, where: entry.wanted.where } };
      return sourceModified ? movedTo(same, one.where, lineOf(entry.id)) : same;
    });
    const removed = [...left].map(({ id }) => id);
    for (const id of removed) this.byId.delete(id);
    this.movePresets(entries);
    this.put(group, entries);
    return { entries, removed };
  }

  private added(group: string, wanted: WantedBreakpoint): BookEntry {
    const { where } = wanted;
    const configured = this.presetFor(group, where);
    return { id: this.nextId++, group, wanted, clientWhere: where, movedBy: 0, configured };
  }

  /** Those that are on the line now, which it has changed. */
  preset({ path, line, ...configured }: Preset): readonly BookEntry[] {
    this.presets.set(placeKey(path, line), configured);
    const group = this.groups.get(path) ?? [];
    const isThere = ({ clientWhere }: BookEntry): boolean =>
      clientWhere.kind === 'line' && clientWhere.line === line;
    const changed = group.map((entry) => (isThere(entry) ? { ...entry, configured } : entry));
    this.put(path, changed);
    return changed.filter(isThere);
  }

  /** Presets go with the lines that they are of. */
  private movePresets(entries: readonly BookEntry[]): void {
    const moved = entries.flatMap((entry) => {
      const before = this.byId.get(entry.id)?.clientWhere;
      const { group, clientWhere: now } = entry;
      if (before?.kind !== 'line' || now.kind !== 'line' || before.line === now.line) return [];
      return [{ from: placeKey(group, before.line), to: placeKey(group, now.line) }];
    });
    const presets = moved.map(({ from, to }) => ({ to, configured: this.presets.get(from) }));
    for (const { from } of moved) this.presets.delete(from);
    for (const { to, configured } of presets) if (configured) this.presets.set(to, configured);
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

const samePlace = (a: Where, b: Where): boolean => JSON.stringify(a) === JSON.stringify(b);

/** @param line that it is really at, in the program */
const isReallyAt = ({ clientWhere, movedBy }: BookEntry, where: Where, line: number | undefined): boolean =>
  clientWhere.kind === 'line' &&
  line !== undefined &&
  samePlace({ ...clientWhere, line: line + movedBy }, where);

/** @param line that it is really at, in the program */
function movedTo(entry: BookEntry, to: Where, line: number | undefined): BookEntry {
  const { where } = entry.wanted;
  if (where.kind !== 'line' || to.kind !== 'line') return entry;
  return { ...entry, clientWhere: to, movedBy: to.line - (line ?? where.line) };
}

/** Whatever their places, but that a column is no whole line. */
const saysTheSame = (a: WantedBreakpoint, b: WantedBreakpoint): boolean => said(a) === said(b);

const said = ({ where, ...rest }: WantedBreakpoint): string =>
  JSON.stringify([where.kind === 'line' && where.column !== undefined, rest]);

/**
 * Those that as many said the same as before. They have kept their order, as lines do in edits; where one has come to the line of the
 * next, their places would tell wrong.
 */
const asManyAsBefore = (
  wanted: readonly WantedBreakpoint[],
  before: readonly WantedBreakpoint[],
): ReadonlySet<WantedBreakpoint> => {
  const [now, then] = [countBySaid(wanted), countBySaid(before)];
  return new Set(wanted.filter((one) => now.get(said(one)) === then.get(said(one))));
};

function countBySaid(all: readonly WantedBreakpoint[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of all.map(said)) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

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
