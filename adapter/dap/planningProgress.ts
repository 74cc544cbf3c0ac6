/**
 * Tells the client how far planning has come, where that takes a while: progressStart, progressUpdate and progressEnd, in this order, with
 * the same `progressId`.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { PlanProgress } from '../engine/session';
import type { TracepointId } from '../engine/tracepointState';

/** What the client is told of at the moment. */
interface Told {
  readonly progressId: string;
  /** When it was told last, in milliseconds. */
  at: number;
  percentage: number;
}

export class PlanningProgress {
  private begun: number | undefined;
  private told: Told | undefined;
  private nextId = 1;

  /** @param placeText of a tracepoint, in words */
  constructor(
    private readonly send: (event: string, body: object) => void,
    private readonly placeText: (tracepoint: TracepointId) => string,
  ) {}

  /** `progress` is undefined when nothing is left to plan; `now` in milliseconds. */
  note(progress: PlanProgress | undefined, now: number): void {
    if (!progress) return this.end();
    this.begun ??= now;
    if (!this.told && now - this.begun >= PATIENCE_MS) this.start(progress, now);
    else if (this.told && now - this.told.at >= UPDATE_PAUSE_MS) this.update(this.told, progress, now);
  }

  /** Is that the one under way? */
  isUnderWay(progressId: string): boolean {
    return this.told?.progressId === progressId;
  }

  private start(progress: PlanProgress, now: number): void {
    this.told = { progressId: `planning ${this.nextId++}`, at: now, percentage: 0 };
    const body: DebugProtocol.ProgressStartEvent['body'] = {
      title: 'Reading debug information',
      cancellable: true,
      ...this.report(this.told, progress),
    };
    this.send('progressStart', body);
  }

  private update(told: Told, progress: PlanProgress, now: number): void {
    told.at = now;
    this.send('progressUpdate', this.report(told, progress));
  }

  private end(): void {
    this.begun = undefined;
    const { told } = this;
    if (!told) return;
    this.told = undefined;
    this.send('progressEnd', { progressId: told.progressId });
  }

  private report(
    told: Told,
    { done, left, current }: PlanProgress,
  ): DebugProtocol.ProgressUpdateEvent['body'] {
    const total = done + left;
    // Those that come meanwhile do not take it back.
    told.percentage = Math.max(told.percentage, Math.floor((100 * done) / total));
    const { progressId, percentage } = told;
    return { progressId, message: `${done + 1} of ${total}: ${this.placeText(current)}`, percentage };
  }
}

/** Shorter waits are not told. */
const PATIENCE_MS = 500;
/** At most 10 a second. */
const UPDATE_PAUSE_MS = 100;
