import type { VirtualAddress } from '../elf/address';

/** A range of addresses and what holds it. */
export interface AddressSpan<Holder> {
  readonly low: VirtualAddress;
  readonly high: VirtualAddress;
  readonly holder: Holder;
}

/** Finds what holds an address; where spans overlap, the one that starts last wins. In columns: there may be 10^5 of them. */
export class AddressSpans<Holder> {
  private readonly low: Float64Array;
  private readonly high: Float64Array;
  /** The highest end of all spans up to this one. */
  private readonly highest: Float64Array;
  private readonly holder: readonly Holder[];

  constructor(spans: readonly AddressSpan<Holder>[]) {
    const sorted = inOrder(spans);
    this.low = new Float64Array(sorted.length);
    this.high = new Float64Array(sorted.length);
    this.highest = new Float64Array(sorted.length);
    this.holder = sorted.map(({ holder }) => holder);
    let highest = -Infinity;
    for (let index = 0; index < sorted.length; index++) {
      const { low, high } = sorted[index]!;
      highest = Math.max(highest, high);
      this.low[index] = low;
      this.high[index] = high;
      this.highest[index] = highest;
    }
  }

  at(address: VirtualAddress): Holder | undefined {
    for (let index = this.after(address) - 1; index >= 0 && this.highest[index]! > address; index--)
      if (this.high[index]! > address) return this.holder[index];
    return undefined;
  }

  /** Index of the first span that starts after an address. */
  private after(address: VirtualAddress): number {
    let low = 0;
    let high = this.low.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.low[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** By their starts. They often are in order, but for a few. */
function inOrder<Holder>(spans: readonly AddressSpan<Holder>[]): readonly AddressSpan<Holder>[] {
  for (let index = 1; index < spans.length; index++)
    if (spans[index - 1]!.low > spans[index]!.low) return [...spans].sort((a, b) => a.low - b.low);
  return spans;
}
