/** What the `sourcetap/update` events carry: the tracepoints that changed since the last one, with their rates. */
import type { TracepointId } from '../engine/tracepointState';
import type { TracepointView, UpdateBody } from '../protocol';

/** A view without its rate. */
export type Snapshot = Omit<TracepointView, 'rate'>;

interface Sample {
  readonly time: number;
  readonly hits: number;
}

export class UpdateBatch {
  private readonly sent = new Map<TracepointId, string>();
  private readonly samples = new Map<TracepointId, Sample[]>();

  /** Undefined when nothing changed. `now` in milliseconds. */
  next(tracepoints: readonly Snapshot[], now: number): UpdateBody | undefined {
    const changed = tracepoints
      .map((snapshot) => ({ ...snapshot, rate: this.rate(snapshot, now) }))
      .filter((view) => this.isNews(view));
    const ids = new Set(tracepoints.map(({ id }) => id));
    const removed = [...this.sent.keys()].filter((id) => !ids.has(id));
    for (const id of removed) {
      this.sent.delete(id);
      this.samples.delete(id);
    }
    return changed.length + removed.length > 0 ? { tracepoints: changed, removed } : undefined;
  }

  private isNews(view: TracepointView): boolean {
    const text = JSON.stringify(view);
    if (this.sent.get(view.id) === text) return false;
    this.sent.set(view.id, text);
    return true;
  }

  /** Hits a second since the oldest look of the last second. */
  private rate({ id, state, counts: { hits } }: Snapshot, now: number): number {
    if (state !== 'armed') return 0;
    const samples = (this.samples.get(id) ?? []).filter(({ time }) => now - time <= WINDOW_MS);
    const first = samples[0];
    // Counts that went back belong to a new definition.
    const valid = first && first.hits <= hits ? samples : [];
    this.samples.set(id, [...valid, { time: now, hits }]);
    if (!first || valid.length === 0 || now === first.time) return 0;
    return Math.round((1000 * (hits - first.hits)) / (now - first.time));
  }
}

/** A little more than a second, so that looks at every 100 ms see a whole one. */
const WINDOW_MS = 1050;
