/** How many hits each tracepoint had by when, delivered or not: for the rates of those that are not remembered one by one. */
import type { TracepointId } from '../engine/tracepointState';
import type { TracepointView } from '../protocol';

/** What is looked at. */
export type Counted = Pick<TracepointView, 'id' | 'path' | 'line' | 'mode' | 'counts'>;

export class CountHistory {
  /** Those that were removed first: their hits may still be remembered. */
  private readonly lines = new Map<TracepointId, CountLine>();

  /** @param looked the time of the last look: nanoseconds of CLOCK_MONOTONIC, as hits have them */
  constructor(private looked: number) {}

  /** A look at all tracepoints that there are. */
  note(tracepoints: readonly Counted[], time: number): void {
    for (const tracepoint of tracepoints) {
      const line = this.lines.get(tracepoint.id) ?? new CountLine(this.looked);
      line.note(tracepoint, time);
      this.lines.delete(tracepoint.id);
      this.lines.set(tracepoint.id, line);
    }
    this.looked = time;
    for (const id of this.lines.keys()) {
      if (this.lines.size <= Math.max(MAX_LINES, tracepoints.length)) break;
      this.lines.delete(id);
    }
  }

  /** Hits of all of them. */
  get total(): number {
    return [...this.lines.values()].reduce((sum, { total }) => sum + total, 0);
  }

  /** @param ids all tracepoints where undefined */
  of(ids: readonly TracepointId[] | undefined): ReadonlyMap<TracepointId, CountLine> {
    return new Map([...this.lines].filter(([id]) => ids?.includes(id) ?? true));
  }
}

/** One tracepoint: looks a second apart, and the latest one. */
export class CountLine {
  path: string | undefined;
  line: number | undefined;
  /** Some of its hits were counted and no more. */
  isPartial = false;
  private hits = 0;
  private readonly times: number[];
  /** Hits by then: counts that were reset go on here. */
  private readonly totals = [0];

  constructor(start: number) {
    this.times = [start];
  }

  note({ path, line, mode, counts }: Counted, time: number): void {
    const { hits, lost, filtered, throttled, conditionErrors } = counts;
    [this.path, this.line] = [path, line];
    this.isPartial ||= hits > 0 && mode === 'count';
    this.isPartial ||= lost + filtered + throttled + conditionErrors > 0;
    // Counts that went back were reset, or are those of a new definition.
    const total = this.total + (hits < this.hits ? hits : hits - this.hits);
    this.hits = hits;
    const { times, totals } = this;
    if (this.saysNothingBefore(total)) {
      times.pop();
      totals.pop();
    }
    times.push(time);
    totals.push(total);
    if (times.length <= MAX_LOOKS) return;
    times.shift();
    totals.shift();
  }

  get total(): number {
    return this.totals.at(-1)!;
  }

  /** From the last look before there were hits to the first one after them, as far as they are remembered. */
  get span(): { start: number; end: number } | undefined {
    const { times, totals } = this;
    const [first, last] = [totals.lastIndexOf(totals[0]!), totals.indexOf(this.total)];
    return first < last ? { start: times[first]!, end: times[last]! } : undefined;
  }

  /** Hits in each of consecutive spans of time, as if they were even between looks; null where nothing is known. */
  counts(start: number, spanNs: number, spans: number): (number | null)[] {
    const { times, totals } = this;
    let at = 0;
    const totalBy = (time: number): number => {
      while (at < times.length - 2 && times[at + 1]! < time) at++;
      const [from, to] = [totals[at]!, totals[at + 1]!];
      return from + ((to - from) * (time - times[at]!)) / (times[at + 1]! - times[at]!);
    };
    return Array.from({ length: spans }, (_, i) => {
      const from = Math.max(times[0]!, start + i * spanNs);
      const to = Math.min(times.at(-1)!, start + (i + 1) * spanNs);
      if (from >= to) return null;
      const hits = -totalBy(from) + totalBy(to);
      return Number(((hits * spanNs) / (to - from)).toPrecision(6));
    });
  }

  /** The latest look: so close to the one before it, or there are no hits from there to the next one. */
  private saysNothingBefore(total: number): boolean {
    const [before, latest] = this.times.slice(-2);
    if (latest === undefined) return false;
    return latest - before! < LOOK_NS || (this.totals.at(-2) === this.total && this.total === total);
  }
}

/** One second. */
export const LOOK_NS = 1_000_000_000;
/** Half an hour, if there are hits in all of it. */
const MAX_LOOKS = 1800;
/** Tracepoints, with those that were removed. */
const MAX_LINES = 100;
