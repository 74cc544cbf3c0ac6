import type { VirtualAddress } from '../elf/address';

/** A range of addresses and what holds it. */
export interface AddressSpan<Holder> {
  readonly low: VirtualAddress;
  readonly high: VirtualAddress;
  readonly holder: Holder;
}

/** Finds what holds an address; where spans overlap, the one that starts last wins. */
export class AddressSpans<Holder> {
  private readonly sorted: readonly AddressSpan<Holder>[];
  /** The highest end of all spans up to this one. */
  private readonly highest: Float64Array;
  readonly holders: ReadonlySet<Holder>;

  constructor(spans: readonly AddressSpan<Holder>[]) {
    this.sorted = [...spans].sort((a, b) => a.low - b.low);
    this.highest = new Float64Array(spans.length);
    let high = -Infinity;
    this.sorted.forEach((span, index) => {
      high = Math.max(high, span.high);
      this.highest[index] = high;
    });
    this.holders = new Set(spans.map(({ holder }) => holder));
  }

  at(address: VirtualAddress): Holder | undefined {
    for (let index = this.after(address) - 1; index >= 0 && this.highest[index]! > address; index--)
      if (this.sorted[index]!.high > address) return this.sorted[index]!.holder;
    return undefined;
  }

  /** Index of the first span that starts after an address. */
  private after(address: VirtualAddress): number {
    let low = 0;
    let high = this.sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]!.low <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
