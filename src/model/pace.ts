/**
 * Runs an effect when it is asked for, at once if the last run is long enough ago, otherwise as soon as it is; and not while somebody
 * types, unless that goes on for seconds.
 */

export interface Clock {
  now(): number;
  after(ms: number, run: () => void): { cancel(): void };
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return {
      cancel: () => {
        clearTimeout(timer);
      },
    };
  },
};

export class Pace {
  #last = -Infinity;
  /** When the run that waits was asked for. */
  #asked = 0;
  #heldTo = -Infinity;
  #waiting: { cancel(): void } | undefined;

  constructor(
    private readonly interval: number,
    private readonly run: () => void,
    private readonly clock: Clock = systemClock,
  ) {}

  request(): void {
    if (this.#waiting) return;
    this.#asked = this.clock.now();
    this.#runAfter(Math.max(this.#last + this.interval, this.#heldUntil()) - this.#asked);
  }

  /** A key was typed. */
  hold(): void {
    this.#heldTo = this.clock.now() + HOLD;
  }

  dispose(): void {
    this.#waiting?.cancel();
  }

  #heldUntil(): number {
    return Math.min(this.#heldTo, this.#asked + MOST_HELD);
  }

  #runAfter(wait: number): void {
    this.#waiting =
      wait > 0
        ? this.clock.after(wait, () => {
            this.#runAfter(this.#heldUntil() - this.clock.now());
          })
        : undefined;
    if (this.#waiting) return;
    this.#last = this.clock.now();
    this.run();
  }
}

/** Milliseconds for which a key holds a run back. */
const HOLD = 700;
/** Milliseconds that a run waits at most while keys come. */
const MOST_HELD = 3000;
