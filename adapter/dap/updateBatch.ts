/** What the `sourcetap/update` events carry: the tracepoints that changed since the last one, with their rates. */
import type { TracepointId } from '../engine/tracepointState';
import type { TracepointView, UpdateBody } from '../protocol';

/** A view without its rate. */
export type Snapshot = Omit<TracepointView, keyof Rates>;

type Rates = Pick<TracepointView, 'rate' | 'throttledRate'>;

interface Sample {
  readonly time: number;
  readonly hits: number;
  readonly throttled: number;
}

export class UpdateBatch {
  /** As the last batch has them. */
  lastRates: { tracepoint: TracepointId; rate: number }[] = [];
  private readonly sent = new Map<TracepointId, string>();
  private readonly samples = new Map<TracepointId, Sample[]>();

  /** Undefined when nothing changed. `now` in milliseconds. */
  next(tracepoints: readonly Snapshot[], now: number): UpdateBody | undefined {
    const views = tracepoints.map((snapshot) => ({ ...snapshot, ...this.rates(snapshot, now) }));
    this.lastRates = views.map(({ id, rate }) => ({ tracepoint: id, rate }));
    const changed = views.filter((view) => this.isNews(view));
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

  /** Since the oldest look of the last second. */
  private rates({ id, state, counts: { hits, throttled } }: Snapshot, now: number): Rates {
    if (state !== 'armed') return NONE;
    const samples = (this.samples.get(id) ?? []).filter(({ time }) => now - time <= WINDOW_MS);
    const first = samples[0];
    // Counts that went back belong to a new definition.
    const valid = first && first.hits <= hits ? samples : [];
    this.samples.set(id, [...valid, { time: now, hits, throttled }]);
    if (!first || valid.length === 0 || now === first.time) return NONE;
    const perSecond = (count: number): number => Math.round((1000 * count) / (now - first.time));
    return { rate: perSecond(hits - first.hits), throttledRate: perSecond(throttled - first.throttled) };
  }
}

const NONE: Rates = { rate: 0, throttledRate: 0 };
/** A little more than a second, so that looks at every 100 ms see a whole one. */
const WINDOW_MS = 1050;
