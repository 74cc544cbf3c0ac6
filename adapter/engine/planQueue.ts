import type { EditionId, Event } from './tracepointState';

/** How far planning has come since it began. */
export interface PlanWork {
  readonly done: number;
  /** With the one that is being planned. */
  readonly left: number;
  readonly current: EditionId;
}

export interface PlanQueueParts {
  /** Plans an edition in short steps; gives what came of it. */
  readonly steps: (edition: EditionId) => Generator<void, Event>;
  readonly planned: (event: Event) => void;
  /** Called before the first step and between slices; undefined when nothing is left. */
  readonly progress: (work: PlanWork | undefined) => void;
}

/**
 * Editions that wait to be planned. One is planned at a time, in slices, and between them the event loop does what else there is: the
 * ring is emptied, and the client listened to.
 */
export class PlanQueue {
  private readonly waiting: EditionId[] = [];
  private current: Generator<void, Event> | undefined;
  private next: NodeJS.Immediate | undefined;
  private done = 0;

  constructor(private readonly parts: PlanQueueParts) {}

  /** Nothing of it is done before the next turn of the event loop. */
  add(edition: EditionId): void {
    this.waiting.push(edition);
    this.schedule();
  }

  /** Forgets all that is not done, and gives it. */
  interrupt(): EditionId[] {
    clearImmediate(this.next);
    this.next = undefined;
    this.current = undefined;
    const left = this.waiting.splice(0);
    this.tell();
    return left;
  }

  private schedule(): void {
    this.next ??= setImmediate(() => {
      this.next = undefined;
      this.slice();
      if (this.waiting.length > 0) this.schedule();
    });
  }

  /** At most to the end of one plan. */
  private slice(): void {
    if (!this.current) {
      this.tell();
      this.current = this.parts.steps(this.waiting[0]!);
    }
    const until = performance.now() + SLICE_MS;
    let step = this.current.next();
    while (!step.done && performance.now() < until) step = this.current.next();
    if (step.done) {
      this.current = undefined;
      this.waiting.shift();
      this.done++;
      this.parts.planned(step.value);
    }
    this.tell();
  }

  private tell(): void {
    const [current] = this.waiting;
    if (current === undefined) this.done = 0;
    this.parts.progress(
      current === undefined ? undefined : { done: this.done, left: this.waiting.length, current },
    );
  }
}

/** Records wait in the ring meanwhile. */
const SLICE_MS = 20;
