/// <reference lib="dom" />
/** The rates of the tracepoints over time, and how the values of a column are spread. */
import uPlot from 'uplot';
import type { HitStatisticsBody } from '../../adapter/protocol';
import {
  areFarApart,
  axisText,
  byPlace,
  decades,
  histogramSummary,
  legendText,
  rates,
  timelineKey,
  timelineSummary,
} from '../../src/model/hitCharts';
import { clockText } from '../../src/model/hitText';
import { element, named } from './element';
import { chartColours } from './theme';

interface Shown {
  readonly statistics: HitStatisticsBody;
  readonly clockStart: number;
  /** Of the histogram; where there is none, why not. */
  readonly note: string;
}

export class Charts {
  readonly element: HTMLElement;
  readonly #timeline = element('div', { class: 'chart', role: 'img' });
  readonly #key = element('ul', { class: 'legend' });
  readonly #legend = element('ul', { class: 'legend' });
  readonly #histogram = element('div', { class: 'chart', role: 'img' });
  readonly #note = element('p', { class: 'note' });
  readonly #column = named(
    element('input', {
      type: 'text',
      list: 'columns',
      placeholder: 'Value, such as n % 10',
      autocomplete: 'off',
      spellcheck: 'false',
    }),
    'Value for the histogram',
  );
  readonly #columns = element('datalist', { id: 'columns' });
  /** Hits a second of each tracepoint, as last told. */
  rates: ReadonlyMap<number, number> = new Map();
  /** Rates of now do not belong to what is drawn. */
  paused = false;
  #plots: uPlot[] = [];
  #last: Shown | undefined;

  /** @param changed another column is wanted */
  constructor(changed: () => void) {
    this.#column.addEventListener('change', changed);
    this.element = element(
      'section',
      { class: 'charts', 'aria-label': 'Charts' },
      element(
        'div',
        { class: 'field' },
        element('h2', { 'aria-label': 'Hits per second' }, 'Hits/s'),
        this.#key,
      ),
      this.#timeline,
      this.#legend,
      element('div', { class: 'field' }, element('h2', {}, 'Histogram'), this.#column),
      this.#columns,
      this.#histogram,
      this.#note,
    );
    const sizes = new ResizeObserver(() => {
      this.redraw();
    });
    for (const chart of [this.#timeline, this.#histogram]) sizes.observe(chart);
  }

  get column(): string {
    return this.#column.value.trim();
  }

  set column(column: string) {
    this.#column.value = column;
  }

  /** @param column of the histogram: another one may be in the field by now */
  show(told: HitStatisticsBody, clockStart: number, column: string): void {
    const kept = this.paused ? this.#last?.statistics : undefined;
    const statistics = { ...told, timeline: kept?.timeline ?? byPlace(told.timeline) };
    this.#last = { statistics, clockStart, note: histogramSummary(column, told.histogram) };
    const before = [...this.#columns.children].map((option) => option.getAttribute('value'));
    if (before.join('\0') !== statistics.columns.join('\0'))
      this.#columns.replaceChildren(...statistics.columns.map((value) => element('option', { value })));
    // A first look at what there is.
    if (this.column === '' && statistics.columns[0] !== undefined) {
      this.#column.value = statistics.columns[0];
      this.#column.dispatchEvent(new Event('change'));
    }
    this.redraw();
  }

  /** There is nothing to draw. */
  clear(): void {
    this.#last = undefined;
    this.redraw();
    for (const list of [this.#key, this.#legend, this.#columns]) list.replaceChildren();
    this.#timeline.setAttribute('aria-label', 'No hits');
    this.#histogram.hidden = true;
    this.#note.textContent = '';
  }

  /** Why there is no histogram, in words. */
  refuse(message: string): void {
    this.#note.textContent = message;
    if (!this.#last) return;
    const statistics = { ...this.#last.statistics };
    delete statistics.histogram;
    this.#last = { ...this.#last, statistics, note: message };
    this.redraw();
  }

  redraw(): void {
    for (const plot of this.#plots.splice(0)) plot.destroy();
    if (!this.#last || this.element.clientWidth === 0) return;
    const { statistics, clockStart, note } = this.#last;
    this.#drawTimeline(statistics.timeline, clockStart);
    this.#drawHistogram(statistics, note);
  }

  #drawTimeline(timeline: HitStatisticsBody['timeline'], clockStart: number): void {
    const colours = chartColours();
    const { times, lines } = rates(timeline);
    const isLogarithmic = areFarApart(lines);
    const look = (i: number): { stroke: string; width: number } => ({
      stroke: colours.series[i % colours.series.length]!,
      width: WIDTHS[Math.floor(i / colours.series.length) % WIDTHS.length]!,
    });
    const clock = (seconds: number): string =>
      clockText(String(BigInt(timeline.startNs) + BigInt(Math.round(seconds * 1e9))), clockStart).slice(0, 8);
    this.#plot(
      this.#timeline,
      {
        series: [
          {},
          ...lines.map(({ index, isOfAll }) => ({
            ...look(index),
            ...(isOfAll && { dash: DASH }),
            points: { show: times.length < 3 },
          })),
        ],
        axes: [{ values: (_, splits) => splits.map(clock), space: 70 }, isLogarithmic ? LOGARITHMIC : {}],
        isLogarithmic,
      },
      [times, ...lines.map(({ rates }) => rates)],
    );
    this.#timeline.setAttribute('aria-label', timelineSummary(timeline));
    this.#key.replaceChildren(
      ...timelineKey(timeline, isLogarithmic).map(({ line, text }) =>
        element('li', {}, ...(line === 'none' ? [] : [swatch(`2px ${line} ${colours.text}`)]), text),
      ),
    );
    this.#legend.replaceChildren(
      ...timeline.series.map((one, i) => {
        const { stroke, width } = look(i);
        return element(
          'li',
          {},
          swatch(`${width + 0.5}px solid ${stroke}`),
          legendText(one, this.paused ? undefined : this.rates.get(one.tracepoint)),
        );
      }),
    );
  }

  #drawHistogram({ histogram }: HitStatisticsBody, note: string): void {
    this.#note.textContent = note;
    this.#histogram.hidden = !histogram;
    if (!histogram) return;
    const { start, width, counts } = histogram;
    this.#histogram.setAttribute('aria-label', note);
    const colours = chartColours();
    const centre = (i: number): number => start + (width === 1 ? i : (i + 0.5) * width);
    this.#plot(
      this.#histogram,
      {
        series: [
          {},
          {
            stroke: colours.series[0]!,
            fill: colours.series[0]!,
            paths: uPlot.paths.bars!({ size: [0.9, 60] }),
            points: { show: false },
          },
        ],
        axes: [{}, {}],
        range: [centre(0) - width / 2, centre(counts.length - 1) + width / 2],
      },
      [counts.map((_, i) => centre(i)), counts],
    );
  }

  #plot(
    where: HTMLElement,
    look: {
      series: uPlot.Series[];
      axes: [uPlot.Axis, uPlot.Axis];
      range?: [number, number];
      isLogarithmic?: boolean;
    },
    data: uPlot.AlignedData,
  ): void {
    const { text, grid } = chartColours();
    const { font } = getComputedStyle(document.body);
    const axis = {
      stroke: text,
      font,
      grid: { stroke: grid, width: 0.5 },
      ticks: { stroke: grid, width: 0.5, size: 4 },
    };
    const { range } = look;
    this.#plots.push(
      new uPlot(
        {
          width: where.clientWidth,
          height: where.clientHeight,
          padding: [ABOVE, null, null, null],
          legend: { show: false },
          cursor: { show: false },
          scales: {
            x: { time: false, ...(range && { range: () => range }) },
            y: {
              range: (_, __, max) => [0, Math.max(1, max * 1.05)],
              // Linear below 1: where there are no hits, there is a 0 to draw.
              ...(look.isLogarithmic && { distr: ARC_SINH, asinh: 1 }),
            },
          },
          series: look.series,
          axes: look.axes.map((one, i) => ({ ...axis, ...AXES[i]!, ...one })),
        },
        data,
        where,
      ),
    );
  }
}

/** Pixels around a chart; numbers are below it. */
const [ABOVE, BELOW] = [8, 24];
/** Pixels that lines of the grid are apart: close, as charts may be low. */
const LINE_SPACE = 16;
const AXES: readonly uPlot.Axis[] = [
  { size: BELOW },
  { size: 56, space: LINE_SPACE, values: (_, splits) => splits.map(axisText) },
];
// eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- its types alone have the enumeration
const ARC_SINH: uPlot.Scale.Distr = 4;
const LOGARITHMIC: uPlot.Axis = {
  splits: ({ height }, _, __, max) => decades(max, LINE_SPACE / (height - ABOVE - BELOW)),
  filter: (_, splits) => splits,
};
/** Of lines that have the same colour. */
const WIDTHS: readonly number[] = [1.5, 3.5, 5.5];
const DASH = [5, 4];

function swatch(border: string): HTMLElement {
  const made = element('span', { class: 'swatch' });
  made.style.borderTop = border;
  return made;
}
