/** Runs an effect when it is asked for, at once if the last run is long enough ago, otherwise as soon as it is. */

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
  #waiting: { cancel(): void } | undefined;

  constructor(
    private readonly interval: number,
    private readonly run: () => void,
    private readonly clock: Clock = systemClock,
  ) {}

  request(): void {
    if (this.#waiting) return;
    const wait = this.#last + this.interval - this.clock.now();
    if (wait <= 0) this.#go();
    else
      this.#waiting = this.clock.after(wait, () => {
        this.#go();
      });
  }

  dispose(): void {
    this.#waiting?.cancel();
  }

  #go(): void {
    this.#waiting = undefined;
    this.#last = this.clock.now();
    this.run();
  }
}
