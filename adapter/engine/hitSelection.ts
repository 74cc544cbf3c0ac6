import type { Hit } from './hit';
import type { History, HitId } from './history';
import { SlidingList } from './slidingList';

export type HitTest = (hit: Hit) => boolean;

/** When to stop: asked every so many hits. */
export type Deadline = () => boolean;

/** The hits of a history that pass a test. Each is tested once, however often it is asked for. */
export class HitSelection {
  private readonly matching = new SlidingList<HitId>();
  /** The next hit to test. */
  private next: HitId = 0;

  /** @param test all hits where undefined */
  constructor(
    readonly history: History,
    private readonly test: HitTest | undefined,
  ) {}

  /** The place of the first matching hit that is remembered. Places count matching hits from the first that was found. */
  get first(): number {
    if (!this.test) return this.history.first;
    this.forget();
    return this.matching.first;
  }

  get end(): number {
    return this.test ? this.matching.end : this.history.total;
  }

  at(place: number): HitId {
    return this.test ? this.matching.at(place) : place;
  }

  /** Hits that are not tested yet. */
  get pending(): number {
    return this.test ? this.history.total - Math.max(this.next, this.history.first) : 0;
  }

  /** Tests hits until none is left or the deadline is over. */
  advance(isOver: Deadline): void {
    if (!this.test) return;
    this.next = Math.max(this.next, this.history.first);
    for (let tested = 1; this.next < this.history.total; tested++) {
      if (this.test(this.history.at(this.next))) this.matching.push(this.next);
      this.next++;
      if (tested % TESTS_BETWEEN_LOOKS === 0 && isOver()) break;
    }
  }

  private forget(): void {
    const { first, end } = this.matching;
    let place = first;
    while (place < end && this.matching.at(place) < this.history.first) place++;
    this.matching.forgetBefore(place);
  }
}

/** A number of each hit of a selection: NaN where it has none. Each is worked out once. */
export class HitColumn {
  private readonly numbers = new SlidingList<number>();

  constructor(
    readonly selection: HitSelection,
    private readonly read: (hit: Hit) => number | undefined,
  ) {}

  get pending(): number {
    return this.selection.end - Math.max(this.numbers.end, this.selection.first);
  }

  advance(isOver: Deadline): void {
    const { selection, numbers } = this;
    const { first } = selection;
    numbers.forgetBefore(first);
    // What was forgotten before it was looked at has no number.
    while (numbers.end < first) {
      numbers.push(NaN);
      numbers.forgetBefore(numbers.end);
    }
    for (let read = 1; numbers.end < selection.end; read++) {
      numbers.push(this.read(selection.history.at(selection.at(numbers.end))) ?? NaN);
      if (read % TESTS_BETWEEN_LOOKS === 0 && isOver()) break;
    }
  }

  /** Of the hits that are remembered. @param end a place of the selection */
  *before(end = Infinity): Iterable<number> {
    const { numbers } = this;
    for (let place = numbers.first; place < Math.min(numbers.end, end); place++) yield numbers.at(place);
  }
}

const TESTS_BETWEEN_LOOKS = 64;
