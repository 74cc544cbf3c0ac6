/**
 * Which hits get a line in the console: the first few of every second, and of each tracepoint that is not in a flood itself the
 * first one, so that a flood hides no rare hit. The others are counted, and the counts are told once a second.
 */
import type { TracepointId } from '../engine/tracepointState';

interface Window {
  readonly start: number;
  /** Lines of all tracepoints. */
  lines: number;
  readonly seen: Set<TracepointId>;
  readonly skipped: Map<TracepointId, number>;
}

export class ConsoleLog {
  private window: Window | undefined;
  /** Had more hits than lines in the second before. */
  private flooding: ReadonlySet<TracepointId> = new Set();
  /** When the last second was over. */
  private ended = -Infinity;

  /** @param tellSkipped so many hits of these tracepoints had no line in a second. */
  constructor(
    private readonly linesPerSecond: (tracepoint: TracepointId) => number,
    private readonly tellSkipped: (hits: ReadonlyMap<TracepointId, number>) => void,
  ) {}

  /** Does this hit get a line? `now` in milliseconds. */
  admits(tracepoint: TracepointId, now: number): boolean {
    this.flush(now);
    if (!this.window && now - this.ended >= WINDOW_MS) this.flooding = new Set();
    const window = (this.window ??= {
      start: now,
      lines: 0,
      seen: new Set<TracepointId>(),
      skipped: new Map<TracepointId, number>(),
    });
    const most = this.linesPerSecond(tracepoint);
    const isRare = !window.seen.has(tracepoint) && !this.flooding.has(tracepoint);
    if (isRare ? most > 0 : window.lines < most) {
      window.seen.add(tracepoint);
      window.lines++;
      return true;
    }
    window.skipped.set(tracepoint, (window.skipped.get(tracepoint) ?? 0) + 1);
    return false;
  }

  /** Tells of what was skipped in a second that is over; of everything at the end. */
  flush(now = Infinity): void {
    const { window } = this;
    if (!window || now - window.start < WINDOW_MS) return;
    this.window = undefined;
    this.ended = window.start + WINDOW_MS;
    this.flooding = new Set(window.skipped.keys());
    if (window.skipped.size > 0) this.tellSkipped(window.skipped);
  }
}

const WINDOW_MS = 1000;
