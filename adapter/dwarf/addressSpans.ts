import type { VirtualAddress } from '../elf/address';

/** A range of addresses and what holds it. */
export interface AddressSpan<Holder> {
  readonly low: VirtualAddress;
  readonly high: VirtualAddress;
  readonly holder: Holder;
}

/**
 * Finds what holds an address; where spans overlap, the one that starts last wins. In columns, for there may be 10^5 of them,
 * and cut into pieces that do not overlap, so that no file can make the search slow.
 */
export class AddressSpans<Holder> {
  /** Where each piece starts; it ends where the next one starts. */
  private readonly starts: Float64Array;
  /** Index of the span that each piece is of; NONE between spans. */
  private readonly owners: Int32Array;
  private readonly holders: readonly Holder[];

  constructor(spans: readonly AddressSpan<Holder>[]) {
    const sorted = inOrder(spans);
    const pieces = new Pieces(sorted);
    this.starts = pieces.starts.slice(0, pieces.length);
    this.owners = pieces.owners.slice(0, pieces.length);
    this.holders = sorted.map(({ holder }) => holder);
  }

  at(address: VirtualAddress): Holder | undefined {
    const owner = this.owners[this.after(address) - 1] ?? NONE;
    return owner === NONE ? undefined : this.holders[owner];
  }

  /** Index of the first piece that starts after an address. */
  private after(address: VirtualAddress): number {
    let low = 0;
    let high = this.starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.starts[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** One sweep over spans in the order of their starts. */
class Pieces {
  readonly starts: Float64Array;
  readonly owners: Int32Array;
  length = 0;
  /** Spans that reach to where the sweep is, or did when they were covered by the ones behind them. */
  private readonly open: number[] = [];

  constructor(private readonly spans: readonly AddressSpan<unknown>[]) {
    this.starts = new Float64Array(2 * spans.length);
    this.owners = new Int32Array(2 * spans.length);
    for (let index = 0; index < spans.length; index++) {
      const { low, high } = spans[index]!;
      if (!(low < high)) continue;
      this.closeUpTo(low);
      this.open.push(index);
      this.start(low, index);
    }
    this.closeUpTo(Infinity);
  }

  private closeUpTo(address: number): void {
    const { open } = this;
    while (open.length > 0 && this.endOf(open.at(-1)!) <= address) {
      const end = this.endOf(open.pop()!);
      while (open.length > 0 && this.endOf(open.at(-1)!) <= end) open.pop();
      this.start(end, open.at(-1) ?? NONE);
    }
  }

  private endOf(span: number): number {
    return this.spans[span]!.high;
  }

  private start(address: number, owner: number): void {
    if (this.length > 0 && this.starts[this.length - 1] === address) this.length--;
    this.starts[this.length] = address;
    this.owners[this.length] = owner;
    this.length++;
  }
}

const NONE = -1;

/** By their starts. They often are in order, but for a few. */
function inOrder<Holder>(spans: readonly AddressSpan<Holder>[]): readonly AddressSpan<Holder>[] {
  for (let index = 1; index < spans.length; index++)
    if (spans[index - 1]!.low > spans[index]!.low) return [...spans].sort((a, b) => a.low - b.low);
  return spans;
}
