/** Which hits get a line in the console: the first few of every second; the others are counted, and the count is told. */
import type { TracepointId } from '../engine/tracepointState';

interface Window {
  start: number;
  shown: number;
  skipped: number;
}

export class ConsoleLog {
  private readonly windows = new Map<TracepointId, Window>();

  /** @param tellSkipped so many hits of a tracepoint had no line since the last time. */
  constructor(
    private readonly linesPerSecond: (tracepoint: TracepointId) => number,
    private readonly tellSkipped: (tracepoint: TracepointId, hits: number) => void,
  ) {}

  /** Does this hit get a line? `now` in milliseconds. */
  admits(tracepoint: TracepointId, now: number): boolean {
    const window = this.windowOf(tracepoint, now);
    if (window.shown < this.linesPerSecond(tracepoint)) {
      window.shown++;
      return true;
    }
    window.skipped++;
    return false;
  }

  /** Tells of what was skipped in seconds that are over; of everything at the end. */
  flush(now = Infinity): void {
    for (const [tracepoint, window] of this.windows)
      if (now - window.start >= WINDOW_MS) this.close(tracepoint, window);
  }

  private windowOf(tracepoint: TracepointId, now: number): Window {
    const window = this.windows.get(tracepoint);
    if (window && now - window.start < WINDOW_MS) return window;
    if (window) this.close(tracepoint, window);
    const fresh = { start: now, shown: 0, skipped: 0 };
    this.windows.set(tracepoint, fresh);
    return fresh;
  }

  private close(tracepoint: TracepointId, { skipped }: Window): void {
    this.windows.delete(tracepoint);
    if (skipped > 0) this.tellSkipped(tracepoint, skipped);
  }
}

const WINDOW_MS = 1000;
