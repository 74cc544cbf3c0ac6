/// <reference lib="dom" />
/** The table: only rows in view are in the document. */
import { cells, COLUMNS } from '../../src/model/hitText';
import { ROW_HEIGHT, type HitTable, type Move, type TableRow } from '../../src/model/hitTable';
import { element } from './element';

export interface GridEvents {
  /** Other rows are in view, or to be asked for. */
  moved(): void;
  choose(place: number): void;
  live(): void;
}

export class Grid {
  readonly element: HTMLElement;
  readonly #body = element('div', { role: 'rowgroup', class: 'rows' });
  readonly #empty = element('p', { class: 'empty' });
  /** By place. */
  readonly #rows = new Map<number, HTMLElement>();
  #written = -1;
  chosen: number | undefined;

  constructor(
    private readonly table: HitTable,
    private readonly events: GridEvents,
  ) {
    const header = element(
      'div',
      { role: 'row', 'aria-rowindex': '1', class: 'row' },
      ...COLUMNS.map((name) => element('div', { role: 'columnheader' }, name)),
    );
    const attributes = { role: 'grid', tabindex: '0', 'aria-label': 'Hits', 'aria-readonly': 'true' };
    this.element = element(
      'div',
      { ...attributes, class: 'grid', 'aria-colcount': String(COLUMNS.length) },
      element('div', { role: 'rowgroup', class: 'head' }, header),
      this.#body,
    );
    this.element.addEventListener('scroll', () => {
      this.#scrolled();
    });
    this.element.addEventListener('keydown', (event) => {
      this.#pressed(event);
    });
    // Not on click: the rows move under the pointer while hits come.
    this.#body.addEventListener('pointerdown', (event) => {
      const place = (event.target as Element).closest<HTMLElement>('[role=row]')?.dataset['place'];
      if (event.button === 0 && place !== undefined) this.#choose(Number(place));
    });
    new ResizeObserver(() => {
      this.table.resize(this.element.clientHeight - ROW_HEIGHT);
      this.events.moved();
    }).observe(this.element);
  }

  /** Beside the grid, as a grid has rows alone. */
  get empty(): HTMLElement {
    return this.#empty;
  }

  render(emptyText: string): void {
    const { table } = this;
    this.#body.style.height = `${table.height}px`;
    this.element.setAttribute('aria-rowcount', String(table.count + 1));
    const rows = table.rows;
    const places = new Set(rows.map(({ place }) => place));
    for (const [place, row] of this.#rows) {
      if (places.has(place)) continue;
      row.remove();
      this.#rows.delete(place);
    }
    for (const row of rows) this.#renderRow(row);
    const { active } = table;
    if (active !== undefined && places.has(active))
      this.element.setAttribute('aria-activedescendant', idOf(active));
    else this.element.removeAttribute('aria-activedescendant');
    this.#empty.textContent = table.count === 0 ? emptyText : '';
    this.#scroll();
  }

  /** Other rows have these places now. */
  clear(): void {
    for (const row of this.#rows.values()) row.remove();
    this.#rows.clear();
  }

  #renderRow({ place, top, hit }: TableRow): void {
    let row = this.#rows.get(place);
    if (!row) {
      row = element('div', { role: 'row', id: idOf(place), class: 'row', 'data-place': String(place) });
      row.append(...COLUMNS.map(() => element('div', { role: 'gridcell' })));
      this.#rows.set(place, row);
      this.#body.append(row);
    }
    row.style.top = `${top}px`;
    row.setAttribute('aria-rowindex', String(place - this.table.first + 2));
    row.setAttribute('aria-selected', String(hit !== undefined && hit.id === this.chosen));
    row.classList.toggle('active', place === this.table.active);
    if (!hit || row.dataset['hit'] === String(hit.id)) return;
    row.dataset['hit'] = String(hit.id);
    const texts = cells(hit, this.table.clockStart);
    for (const [i, cell] of [...row.children].entries()) {
      cell.textContent = texts[i]!;
      cell.setAttribute('title', texts[i]!);
    }
  }

  #scroll(): void {
    const wanted = this.table.scrollTop;
    if (Math.abs(this.element.scrollTop - wanted) < 1) return;
    this.element.scrollTop = wanted;
    this.#written = this.element.scrollTop;
  }

  #scrolled(): void {
    const { scrollTop } = this.element;
    if (Math.abs(scrollTop - this.#written) < 1) return;
    this.#written = scrollTop;
    this.table.scrolledTo(scrollTop);
    this.events.moved();
  }

  #pressed(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    if (move) {
      this.table.move(move);
      this.events.moved();
    } else if (event.key === 'Enter' && this.table.active !== undefined)
      this.events.choose(this.table.active);
    else if (event.key === 'Escape') this.events.live();
    else return;
    event.preventDefault();
  }

  #choose(place: number): void {
    this.table.activate(place);
    this.events.choose(place);
  }
}

const idOf = (place: number): string => `hit-${place}`;

const MOVES: Readonly<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'home',
  End: 'end',
};
