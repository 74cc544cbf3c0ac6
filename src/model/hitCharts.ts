/** What the charts of the hits panel draw, and say to who does not see them. */
import type { HitStatisticsBody, TimelineSeries } from '../../adapter/protocol';
import { grouped, rateInWords } from './hitCount';
import { visibleText } from '../../adapter/inertText';

type Timeline = HitStatisticsBody['timeline'];
type Place = Pick<TimelineSeries, 'tracepoint' | 'path' | 'line'>;
type Counts = TimelineSeries['counts'];

/** A line of the timeline: of the hits that were delivered, or of all. */
export interface RateLine {
  /** Of its series. */
  index: number;
  isOfAll: boolean;
  rates: Counts;
}

/** One series for each place: a tracepoint that was changed is another one there. */
export function byPlace(timeline: Timeline): Timeline {
  const series = new Map<string, TimelineSeries>();
  for (const one of timeline.series) {
    const place = placeKey(one);
    const before = series.get(place);
    series.set(place, before ? together(before, one) : one);
  }
  return { ...timeline, series: [...series.values()] };
}

function together(a: TimelineSeries, b: TimelineSeries): TimelineSeries {
  const sum = (as: Counts, bs: Counts): Counts =>
    as.map((count, i) => (count === null && bs[i] === null ? null : (count ?? 0) + (bs[i] ?? 0)));
  // Where all hits are not told apart, all were delivered.
  const all = ({ all: told, counts }: TimelineSeries): Counts => counts.map((count, i) => told?.[i] ?? count);
  return {
    ...b,
    counts: sum(a.counts, b.counts),
    ...((a.all ?? b.all) && { all: sum(all(a), all(b)) }),
  };
}

/** Seconds from the start to the middle of each bucket, and hits a second there; null where they are not known. */
export function rates({ bucketNs, series }: Timeline): { times: number[]; lines: RateLine[] } {
  const seconds = bucketNs / 1e9;
  const perSecond = (counts: Counts): Counts => counts.map((count) => count && count / seconds);
  return {
    times: (series[0]?.counts ?? []).map((_, i) => (i + 0.5) * seconds),
    lines: series.flatMap(({ counts, all }, index) => [
      { index, isOfAll: false, rates: perSecond(counts) },
      ...(all ? [{ index, isOfAll: true, rates: perSecond(all) }] : []),
    ]),
  };
}

/** Are some lines so far below others that a linear scale would show them as nothing? */
export function areFarApart(lines: readonly RateLine[]): boolean {
  const peaks = lines.map(({ rates }) => Math.max(...rates.map(Number))).filter((peak) => peak > 0);
  return Math.max(...peaks) > FAR * Math.min(...peaks);
}

/** What a line stands for; where there is none, why not; and what is unusual of the scale. */
export function timelineKey(
  { series, isMatching }: Timeline,
  isLogarithmic: boolean,
): { line: 'solid' | 'dashed' | 'none'; text: string }[] {
  const scale = isLogarithmic ? [{ line: 'none' as const, text: 'log scale' }] : [];
  if (isMatching)
    return [
      { line: 'solid', text: 'delivered, matching' },
      { line: 'none', text: 'all: unfiltered only' },
      ...scale,
    ];
  const hasAll = series.some(({ all }) => all);
  return [
    { line: 'solid', text: 'delivered' },
    ...(hasAll ? [{ line: 'dashed' as const, text: 'all' }] : []),
    ...scale,
  ];
}

/** The same for those at one line of a file. */
export const placeKey = ({ tracepoint, path, line }: Place): string =>
  path === undefined || line === undefined ? String(tracepoint) : `${path}:${line}`;

/** `inventory.c:31` */
export function seriesLabel({ tracepoint, path, line }: Place): string {
  if (path === undefined || line === undefined) return `tracepoint ${tracepoint}`;
  return visibleText(`${path.slice(path.lastIndexOf('/') + 1)}:${line}`);
}

/** @param rate hits a second now, delivered or not */
export function legendText(series: Place, rate = 0): string {
  const words = rateInWords(rate);
  return words === undefined
    ? seriesLabel(series)
    : `${seriesLabel(series)} · all\u00a0hits\u00a0${words}\u00a0now`;
}

export function timelineSummary({ bucketNs, series, isMatching }: Timeline): string {
  if (series.length === 0) return 'No hits yet.';
  const seconds = bucketNs / 1e9;
  const peak = (counts: Counts): string => rateInWords(Math.max(...counts.map(Number)) / seconds) ?? '0/s';
  const peaks = series.map(({ counts, all, ...place }) => {
    const ofAll = all ? ` (all hits ${peak(all)})` : '';
    return `${seriesLabel(place)} at most ${peak(counts)}${ofAll}`;
  });
  const hits = isMatching ? 'Delivered hits that match' : 'Delivered hits';
  return `${hits} per second over ${shortNumber(seconds * series[0]!.counts.length)} s: ${peaks.join(', ')}.`;
}

export function histogramSummary(column: string, histogram: HitStatisticsBody['histogram']): string {
  if (column === '') return 'Choose a value.';
  const name = visibleText(column);
  if (!histogram) return `No hit has a number ${name}.`;
  const { counts, min, max, mean, without } = histogram;
  const hits = counts.reduce((sum, count) => sum + count, 0);
  const spread = `${name} of ${grouped(hits)} hits: ${shortNumber(min)} to ${shortNumber(max)}, mean ${shortNumber(mean)}`;
  return without > 0 ? `${spread}; ${grouped(without)} without` : spread;
}

/** Where the grid of a logarithmic scale (asinh) from 0 to `max` has its lines. @param share of the scale that they are apart at least */
export function decades(max: number, share: number): number[] {
  const shown = [0];
  for (let decade = 1; decade <= max; decade *= 10)
    if (Math.asinh(decade) - Math.asinh(shown.at(-1)!) >= share * Math.asinh(max)) shown.push(decade);
  return shown;
}

/** Beside a line of the grid: 500, 12.5k, 2M. */
export function axisText(value: number): string {
  const [size, unit] = value >= 1e6 ? [1e6, 'M'] : value >= 1000 ? [1000, 'k'] : [1, ''];
  return `${shortNumber(value / size)}${unit}`;
}

/** Up to six digits. */
const shortNumber = (value: number): string => String(Number(value.toPrecision(6)));
/** Times: a fiftieth of a low chart is about a pixel. */
const FAR = 50;
