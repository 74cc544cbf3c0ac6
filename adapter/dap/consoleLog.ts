/**
 * Which hits get a line in the console: the first few of every second, and of each tracepoint that is not in a flood itself the
 * first one, so that a flood hides no rare hit. The others are counted, and the counts are told once a second. After an answer there are
 * no lines for some seconds, so that it can be read.
 */
import type { TracepointId } from '../engine/tracepointState';

interface Window {
  end: number;
  /** An answer is being read: no lines. */
  isHeld: boolean;
  /** Lines of all tracepoints. */
  lines: number;
  readonly seen: Set<TracepointId>;
  readonly skipped: Map<TracepointId, number>;
}

export class ConsoleLog {
  private window: Window | undefined;
  /** Had more hits than lines in the second before that had lines. */
  private flooding: ReadonlySet<TracepointId> = new Set();
  /** When the last window was over. */
  private ended = -Infinity;

  /** @param tellSkipped so many hits of these tracepoints had no line in a second, or after an answer. */
  constructor(
    private readonly linesPerSecond: (tracepoint: TracepointId) => number,
    private readonly tellSkipped: (hits: ReadonlyMap<TracepointId, number>) => void,
  ) {}

  /** Does this hit get a line? `now` in milliseconds. */
  admits(tracepoint: TracepointId, now: number): boolean {
    const window = this.windowAt(now);
    const most = window.isHeld ? 0 : this.linesPerSecond(tracepoint);
    const isRare = !window.seen.has(tracepoint) && !this.flooding.has(tracepoint);
    if (isRare ? most > 0 : window.lines < most) {
      window.seen.add(tracepoint);
      window.lines++;
      return true;
    }
    window.skipped.set(tracepoint, (window.skipped.get(tracepoint) ?? 0) + 1);
    return false;
  }

  /** There is an answer to be read from `now` on. */
  hold(now: number): void {
    const window = this.windowAt(now);
    window.isHeld = true;
    window.end = now + HOLD_MS;
  }

  private windowAt(now: number): Window {
    this.flush(now);
    if (!this.window && now - this.ended >= WINDOW_MS) this.flooding = new Set();
    return (this.window ??= {
      end: now + WINDOW_MS,
      isHeld: false,
      lines: 0,
      seen: new Set(),
      skipped: new Map(),
    });
  }

  /** Tells of what was skipped in a window that is over; of everything at the end. */
  flush(now = Infinity): void {
    const { window } = this;
    if (!window || now < window.end) return;
    this.window = undefined;
    this.ended = window.end;
    if (!window.isHeld) this.flooding = new Set(window.skipped.keys());
    if (window.skipped.size > 0) this.tellSkipped(window.skipped);
  }
}

const WINDOW_MS = 1000;
/** As long as it takes to read some lines. */
const HOLD_MS = 5000;
