/**
 * Which hits get a line in the console: the first few of every second, and of each tracepoint the first one, so that a flood
 * hides no rare hit. The others are counted, and the counts are told once a second.
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

  /** @param tellSkipped so many hits of these tracepoints had no line in a second. */
  constructor(
    private readonly linesPerSecond: (tracepoint: TracepointId) => number,
    private readonly tellSkipped: (hits: ReadonlyMap<TracepointId, number>) => void,
  ) {}

  /** Does this hit get a line? `now` in milliseconds. */
  admits(tracepoint: TracepointId, now: number): boolean {
    this.flush(now);
    const window = (this.window ??= {
      start: now,
      lines: 0,
      seen: new Set<TracepointId>(),
      skipped: new Map<TracepointId, number>(),
    });
    const most = this.linesPerSecond(tracepoint);
    if (window.seen.has(tracepoint) ? window.lines < most : most > 0) {
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
    if (window.skipped.size > 0) this.tellSkipped(window.skipped);
  }
}

const WINDOW_MS = 1000;
