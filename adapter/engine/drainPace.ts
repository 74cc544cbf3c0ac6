/** When to look into the ring: at once after a full drain, soon while records come, rarely when none do. */
export class DrainPace {
  private timer: NodeJS.Timeout | undefined;
  private immediate: NodeJS.Immediate | undefined;
  private pause = MIN_PAUSE_MS;

  /** `drain` returns how many records it took. */
  constructor(private readonly drain: () => number) {}

  start(): void {
    if (!this.timer && !this.immediate) this.plan(MIN_PAUSE_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    clearImmediate(this.immediate);
    this.timer = undefined;
    this.immediate = undefined;
  }

  private tick(): void {
    this.timer = undefined;
    this.immediate = undefined;
    const records = this.drain();
    this.pause = records > 0 ? MIN_PAUSE_MS : Math.min(this.pause * 2, MAX_PAUSE_MS);
    if (records >= BUSY_RECORDS)
      this.immediate = setImmediate(() => {
        this.tick();
      });
    else this.plan(this.pause);
  }

  private plan(pause: number): void {
    this.timer = setTimeout(() => {
      this.tick();
    }, pause);
  }
}

const MIN_PAUSE_MS = 2;
const MAX_PAUSE_MS = 10;
/** After so many there are more already. */
const BUSY_RECORDS = 1024;
