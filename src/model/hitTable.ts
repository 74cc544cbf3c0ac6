/**
 * The table of the hits panel without its document: which rows are in view, which of them to ask for, which one is active.
 * Rows are known by their places (HitsBody), so that what is in view stays where it is while older hits are dropped.
 */
import type { HitsBody, HitView } from '../../adapter/protocol';

/** Pixels. */
export const ROW_HEIGHT = 22;
/** Taller than this browsers do not make an element; more rows than fit share its pixels. */
const MAX_HEIGHT = 10_000_000;
/** Rows beyond the edges that are there before they come into view. */
const OVERSCAN = 10;

export interface TableRow {
  readonly place: number;
  /** Pixels from the top of the rows. */
  readonly top: number;
  /** Undefined until it has come. */
  readonly hit: HitView | undefined;
}

export type Move = 'up' | 'down' | 'pageUp' | 'pageDown' | 'home' | 'end';

export class HitTable {
  /** Of the rows that there are. */
  first = 0;
  end = 0;
  counts = { total: 0, dropped: 0, pending: 0 };
  clockStart = 0;
  /** Where there are no rows: the values that could be asked for. */
  names: readonly string[] = [];
  /** The place of the row that keys move from. */
  active: number | undefined;
  /** The end stays in view. */
  follows = true;
  /** What is newer than this does not come in; undefined until the rows are known that are to stay. */
  #pausedAt: number | undefined = Infinity;
  /** Has an answer come since the reset? */
  #isKnown = false;
  #rows = new Map<number, HitView>();
  /** The place at the upper edge; a fraction where a row is cut. */
  #top = 0;
  /** Pixels. */
  #viewport = 0;

  get paused(): boolean {
    return this.#pausedAt !== Infinity;
  }

  /** Where the rows end that are to stay; undefined where that is not known, or they may go on. */
  get pausedAt(): number | undefined {
    return this.paused ? this.#pausedAt : undefined;
  }

  pause(paused: boolean): void {
    this.#pausedAt = !paused ? Infinity : this.#isKnown ? this.end : undefined;
    if (paused) this.follows = false;
  }

  /** Another filter, or another session: other rows. */
  reset(): void {
    this.first = this.end = this.#top = 0;
    this.counts = { total: 0, dropped: 0, pending: 0 };
    this.active = undefined;
    this.follows = true;
    this.#pausedAt = Infinity;
    this.#isKnown = false;
    this.#rows.clear();
  }

  resize(viewport: number): void {
    this.#viewport = viewport;
    this.#settle();
  }

  take(body: HitsBody): void {
    const { first, matching, start, hits, total, dropped, pending, clockStart } = body;
    this.first = first;
    this.#isKnown = true;
    if (pending === 0) this.#pausedAt ??= first + matching;
    this.end = Math.max(first, Math.min(first + matching, this.#pausedAt ?? Infinity));
    this.counts = { total, dropped, pending };
    this.clockStart = clockStart;
    this.names = body.names ?? [];
    this.#rows = new Map(hits.map((hit, i) => [start + i, hit]));
    if (this.active !== undefined && this.active < first) this.active = undefined;
    this.#settle();
  }

  /** By the user. */
  scrolledTo(pixels: number): void {
    this.#top = this.first + pixels / this.#scale;
    this.follows = !this.paused && this.first + this.#maxTop - this.#top < 0.5;
    this.#settle();
  }

  follow(): void {
    this.#pausedAt = Infinity;
    this.follows = true;
    this.#settle();
  }

  /** Of all rows, in pixels; and where the view is in it. */
  get height(): number {
    return Math.min(MAX_HEIGHT, this.count * ROW_HEIGHT);
  }

  get scrollTop(): number {
    return (this.#top - this.first) * this.#scale;
  }

  get count(): number {
    return this.end - this.first;
  }

  /** The rows to ask for: the last ones while the end is followed. */
  get wanted(): { start?: number; count: number } {
    const count = Math.ceil(this.#visible) + 2 * OVERSCAN;
    if (this.follows) return { count };
    return { start: Math.max(this.first, Math.floor(this.#top) - OVERSCAN), count };
  }

  /** In view. */
  get rows(): TableRow[] {
    const rows: TableRow[] = [];
    const { scrollTop } = this;
    const last = Math.min(this.end, Math.ceil(this.#top + this.#visible));
    for (let place = Math.max(this.first, Math.floor(this.#top)); place < last; place++)
      rows.push({
        place,
        top: scrollTop + (place - this.#top) * ROW_HEIGHT,
        hit: this.#rows.get(place),
      });
    return rows;
  }

  /** Are all rows in view there? */
  get complete(): boolean {
    return this.rows.every(({ hit }) => hit !== undefined);
  }

  hitAt(place: number): HitView | undefined {
    return this.#rows.get(place);
  }

  activate(place: number): void {
    this.active = Math.min(this.end - 1, Math.max(this.first, place));
    this.follows = false;
    this.#reveal(this.active);
  }

  move(move: Move): void {
    if (this.count === 0) return;
    const page = Math.max(1, Math.floor(this.#visible) - 1);
    const last = Math.min(this.end - 1, Math.floor(this.#top + this.#visible) - 1);
    const from = this.active ?? (move === 'up' || move === 'pageUp' ? last + 1 : last);
    const to = {
      up: from - 1,
      down: from + 1,
      pageUp: from - page,
      pageDown: from + page,
      home: this.first,
      end: this.end - 1,
    };
    this.activate(to[move]);
  }

  #reveal(place: number): void {
    if (place < this.#top) this.#top = place;
    else if (place + 1 > this.#top + this.#visible) this.#top = place + 1 - this.#visible;
    this.#settle();
  }

  #settle(): void {
    const max = this.first + this.#maxTop;
    this.#top = this.follows ? max : Math.min(max, Math.max(this.first, this.#top));
  }

  /** Pixels that a row takes of the way from the first to the last. */
  get #scale(): number {
    const fits = this.count * ROW_HEIGHT <= MAX_HEIGHT;
    return fits ? ROW_HEIGHT : (this.height - this.#viewport) / this.#maxTop;
  }

  get #visible(): number {
    return this.#viewport / ROW_HEIGHT;
  }

  get #maxTop(): number {
    return Math.max(0, this.count - this.#visible);
  }
}
