import { once } from './once';

/**
 * How many entries of range lists a unit may have in all, and a file. What has more has lists that lie over one another, to
 * fill the memory with few bytes.
 */
export class RangeAllowance {
  private taken = 0;
  private readonly limit: () => number;

  /** @param whole the allowance that this one is a part of */
  constructor(
    limit: () => number,
    private readonly whole?: RangeAllowance,
  ) {
    this.limit = once(limit);
  }

  /** False where it is used up. */
  take(count: number): boolean {
    if (this.taken > this.limit()) return false;
    this.taken += count;
    return this.whole?.take(count) ?? true;
  }
}
