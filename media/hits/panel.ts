/// <reference lib="dom" />
/** The parts of the hits panel, and what goes on between them. */
import {
  HIT_REQUEST,
  HIT_STATISTICS_REQUEST,
  HITS_REQUEST,
  type HitBody,
  type HitQuery,
  type HitsBody,
  type HitsChangedBody,
  type HitStatisticsBody,
} from '../../adapter/protocol';
import { countsText, noMatchText } from '../../src/model/hitText';
import { HitTable } from '../../src/model/hitTable';
import { Charts } from './charts';
import { element, press, toggle } from './element';
import { FilterBar, type FilterTexts } from './filterBar';
import { Grid } from './grid';
import { Host } from './host';
import { onThemeChange } from './theme';
import { ValueTree } from './valueTree';

/** What is kept while the panel is hidden. */
interface State {
  readonly filter: FilterTexts;
  readonly charts: boolean;
  readonly column: string;
}

export class Panel {
  readonly #table = new HitTable();
  readonly #host = new Host((message) => {
    if (message.type === 'sessions') this.#sessionsAre(message.sessions);
    else if (message.type === 'changed') this.#changed(message.session, message.body);
    else this.#said(message.text);
  });
  readonly #filter = new FilterBar(() => {
    if (this.#filter.session?.run !== this.#run || !isSame(this.#filter.query, this.#query)) this.#restart();
  });
  /** That of the session that is shown. */
  #run: number | undefined;
  readonly #grid = new Grid(this.#table, {
    moved: () => {
      this.#render();
      if (!this.#table.complete) this.#refresh();
    },
    choose: (place) => {
      void this.#choose(place);
    },
    live: () => {
      this.#live();
    },
  });
  readonly #values = new ValueTree();
  readonly #charts = new Charts(() => {
    this.#keep();
    this.#refreshCharts();
  });
  readonly #follow = toggle('Follow', 'Keep the newest hit in view', (on) => {
    if (on) this.#live();
    else this.#table.follows = false;
    this.#render();
  });
  readonly #pause = toggle(
    'Pause',
    'Leave table and charts as they are; hits are remembered meanwhile',
    (on) => {
      this.#table.pause(on);
      this.#render();
      if (on) this.#charts.redraw();
      else this.#refreshCharts();
      this.#refresh();
    },
  );
  readonly #chartsShown = toggle('Charts', 'Rates over time, and a histogram', (on) => {
    this.#charts.element.hidden = !on;
    this.#keep();
    this.#refreshCharts();
  });
  readonly #counts = element('p', { class: 'counts' });
  /** For screen readers, which hear every change of it. */
  readonly #spoken = element('p', { class: 'spoken', role: 'status' });
  /** The filter that the table is of; another one may be in the fields, where it is still being typed. */
  #query: HitQuery = {};
  /** No answer yet since the filter, or the session, became another. */
  #isFresh = true;
  /** The filter is: nothing is known of what matches. */
  #isRefused = false;
  /** Hits so far, as the extension last said. */
  #total = 0;
  #asking = false;
  #again = false;
  #askingCharts = false;
  #againCharts = false;
  /** Counts the filters: an answer to an earlier one is out of date. */
  #edition = 0;

  constructor(root: HTMLElement) {
    const buttons = [this.#exportButton('ndjson', 'NDJSON'), this.#exportButton('csv', 'CSV')];
    root.append(
      element('h1', { class: 'spoken' }, 'Hits'),
      element(
        'div',
        { class: 'bar' },
        this.#filter.element,
        element('div', { class: 'buttons' }, this.#follow, this.#pause, this.#chartsShown, ...buttons),
      ),
      this.#filter.error,
      element(
        'div',
        { class: 'content' },
        element('div', { class: 'table' }, this.#grid.element, this.#grid.empty),
        element('div', { class: 'side' }, this.#values.element, this.#charts.element),
      ),
      element('footer', {}, this.#counts, this.#spoken),
    );
    root.addEventListener('keydown', ({ key, target }) => {
      if (key === 'Escape' && !(target instanceof HTMLInputElement)) this.#live();
    });
    this.#restore();
    onThemeChange(() => {
      this.#charts.redraw();
    });
    setInterval(() => {
      this.#speak();
      if (this.#againCharts) this.#refreshCharts();
    }, STATISTICS_MS);
    this.#render();
    this.#host.post({ type: 'ready' });
  }

  #exportButton(format: 'ndjson' | 'csv', label: string): HTMLButtonElement {
    const title = `Export the hits that match as ${label}`;
    const button = element('button', { type: 'button', title, 'aria-label': title }, label);
    button.addEventListener('click', () => {
      const session = this.#filter.session?.id;
      if (session !== undefined) this.#host.post({ type: 'export', session, format, query: this.#query });
    });
    return button;
  }

  #sessionsAre(sessions: Parameters<FilterBar['show']>[0]): void {
    this.#filter.show(sessions);
    const { session, query } = this.#filter;
    // A tracepoint that is filtered by may have been changed, and is another one by now.
    if (session?.run === this.#run && isSame(tracepointsOf(query), tracepointsOf(this.#query)))
      this.#render();
    else this.#restart();
  }

  #changed(session: string, { total, rates }: HitsChangedBody): void {
    if (session !== this.#filter.session?.id) return;
    this.#total = total;
    this.#charts.rates = new Map(rates.map(({ tracepoint, rate }) => [tracepoint, rate]));
    if (this.#table.paused) return this.#render();
    this.#againCharts = true;
    this.#refresh();
  }

  #restart(): void {
    this.#edition++;
    this.#query = this.#filter.query;
    if (this.#filter.session?.run !== this.#run) {
      this.#total = 0;
      if (this.#grid.chosen !== undefined) this.#host.post({ type: 'live' });
      this.#grid.chosen = undefined;
      this.#values.clear();
      this.#charts.clear();
    }
    this.#run = this.#filter.session?.run;
    this.#isRefused = false;
    this.#isFresh = true;
    this.#table.reset();
    this.#grid.clear();
    this.#filter.showError(undefined);
    press(this.#pause, false);
    this.#keep();
    this.#render();
    this.#refresh();
    this.#refreshCharts();
  }

  #refresh(): void {
    if (this.#asking) this.#again = true;
    else void this.#ask();
  }

  /** One question at a time: while an answer is on its way, others wait for it. */
  async #ask(): Promise<void> {
    const session = this.#filter.session?.id;
    if (session === undefined) return;
    const edition = this.#edition;
    this.#asking = true;
    this.#again = false;
    try {
      const args = { query: this.#query, ...this.#table.wanted };
      const body = await this.#host.request<HitsBody>(session, HITS_REQUEST, args);
      if (edition === this.#edition) {
        this.#filter.showError(undefined);
        this.#isRefused = this.#isFresh = false;
        this.#total = Math.max(this.#total, body.total);
        this.#table.take(body);
        if (body.pending > 0 || !this.#table.complete) this.#again = true;
      }
    } catch (error) {
      if (edition === this.#edition) {
        this.#filter.showError((error as Error).message);
        this.#isRefused = true;
      }
    }
    this.#asking = false;
    this.#render();
    if (this.#again) void this.#ask();
  }

  #refreshCharts(): void {
    if (this.#charts.element.hidden || this.#askingCharts) this.#againCharts = true;
    else void this.#askCharts();
  }

  async #askCharts(): Promise<void> {
    const session = this.#filter.session?.id;
    if (session === undefined) return;
    const edition = this.#edition;
    this.#askingCharts = true;
    this.#againCharts = false;
    try {
      const { pausedAt: end, clockStart } = this.#table;
      const { column } = this.#charts;
      const args = { query: this.#query, column, ...(end !== undefined && { end }) };
      const body = await this.#host.request<HitStatisticsBody>(session, HIT_STATISTICS_REQUEST, args);
      if (edition === this.#edition) this.#charts.show(body, clockStart, column);
      if (edition !== this.#edition || body.pending > 0) this.#againCharts = true;
    } catch (error) {
      if (edition === this.#edition) this.#charts.refuse((error as Error).message);
    }
    this.#askingCharts = false;
  }

  async #choose(place: number): Promise<void> {
    const session = this.#filter.session?.id;
    const hit = this.#table.hitAt(place);
    if (session === undefined || !hit) return;
    this.#grid.chosen = hit.id;
    this.#render();
    this.#host.post({ type: 'choose', session, hit: hit.id });
    try {
      const { hit: whole } = await this.#host.request<HitBody>(session, HIT_REQUEST, { id: hit.id });
      if (this.#grid.chosen === hit.id) this.#values.show(whole, this.#table.clockStart);
    } catch (error) {
      this.#said((error as Error).message);
    }
  }

  #live(): void {
    if (this.#grid.chosen !== undefined) this.#host.post({ type: 'live' });
    this.#grid.chosen = undefined;
    this.#values.clear();
    this.#table.follow();
    press(this.#pause, false);
    this.#againCharts = true;
    this.#render();
    this.#refresh();
  }

  #render(): void {
    const { counts, count, paused } = this.#table;
    const isFiltered = Object.keys(this.#query).length > 0;
    const empty = this.#filter.session
      ? isFiltered && this.#total > 0
        ? noMatchText(this.#table.names)
        : 'No hits delivered yet.'
      : 'Start a Sourcetap session, and every hit of its tracepoints is listed here.';
    const isSearching = counts.pending > 0 || (this.#isFresh && isFiltered && this.#total > 0);
    this.#grid.render(this.#isRefused ? '' : isSearching ? 'Searching…' : empty);
    press(this.#follow, this.#table.follows);
    this.#charts.paused = paused;
    const newer = paused ? this.#total - counts.total : undefined;
    this.#counts.textContent = countsText({
      ...counts,
      total: paused ? counts.total : this.#total,
      matching: count,
      isFiltered: isFiltered && !this.#isRefused,
      newer,
    });
  }

  /** Not more often than it can be listened to. */
  #speak(): void {
    const text = this.#counts.textContent;
    if (Date.now() - this.#spokenAt < SPOKEN_MS || this.#spoken.textContent === text) return;
    this.#spokenAt = Date.now();
    this.#spoken.textContent = text;
  }
  #spokenAt = 0;

  #said(text: string): void {
    this.#spokenAt = Date.now();
    this.#spoken.textContent = text;
  }

  #keep(): void {
    const state: State = {
      filter: this.#filter.texts,
      charts: !this.#charts.element.hidden,
      column: this.#charts.column,
    };
    this.#host.state = state;
  }

  #restore(): void {
    const state = this.#host.state as State | undefined;
    if (state) {
      this.#filter.texts = state.filter;
      this.#charts.column = state.column;
    }
    const charts = state?.charts ?? true;
    this.#charts.element.hidden = !charts;
    press(this.#chartsShown, charts);
  }
}

const tracepointsOf = ({ tracepoints = [] }: HitQuery): HitQuery => ({ tracepoints });
const isSame = (a: HitQuery, b: HitQuery): boolean => JSON.stringify(a) === JSON.stringify(b);

const STATISTICS_MS = 1000;
const SPOKEN_MS = 5000;
