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
    const order = inOrder(Float64Array.from(spans, ({ low }) => low));
    this.low = Float64Array.from(order, (index) => spans[index]!.low);
    this.high = Float64Array.from(order, (index) => spans[index]!.high);
    this.holder = Array.from(order, (index) => spans[index]!.holder);
    this.highest = Float64Array.from(this.high);
    for (let index = 1; index < order.length; index++)
      this.highest[index] = Math.max(this.highest[index - 1]!, this.high[index]!);
  }

  at(address: VirtualAddress): Holder | undefined {
    for (let index = this.after(address) - 1; index >= 0 && this.highest[index]! > address; index--)
      if (this.high[index]! > address) return this.holder[index];
    return undefined;
  }

  holders(): ReadonlySet<Holder> {
    return new Set(this.holder);
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

/** Indices in the order of the values; equal ones keep theirs. */
function inOrder(values: Float64Array): Uint32Array {
  return Uint32Array.from(values.keys()).sort((a, b) => values[a]! - values[b]! || a - b);
}
