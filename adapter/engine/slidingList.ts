/** A list that grows at its end and is forgotten from its front; items keep their places, which count from 0. */
export class SlidingList<T> {
  private items: T[] = [];
  /** Items at the front of `items` that are forgotten. */
  private gone = 0;
  private begin = 0;

  /** The place of the first item that is remembered; `end` where none is. */
  get first(): number {
    return this.begin;
  }

  get end(): number {
    return this.begin + this.items.length - this.gone;
  }

  push(item: T): void {
    this.items.push(item);
  }

  at(place: number): T {
    return this.items[place - this.begin + this.gone]!;
  }

  forgetBefore(place: number): void {
    const count = Math.min(place, this.end) - this.begin;
    if (count <= 0) return;
    this.gone += count;
    this.begin += count;
    if (this.gone < MIN_COMPACTED || this.gone * 2 < this.items.length) return;
    this.items = this.items.slice(this.gone);
    this.gone = 0;
  }
}

/** Fewer are not worth the copying. */
const MIN_COMPACTED = 1024;
