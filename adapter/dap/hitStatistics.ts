/** What the charts of the hits panel show of a selection of hits. */
import type { HitSource } from '../engine/hit';
import type { HitId } from '../engine/history';
import type { HitSelection } from '../engine/hitSelection';
import type { TracepointId } from '../engine/tracepointState';
import type { HitStatisticsBody, TimelineSeries } from '../protocol';
import { isNumeric, withoutFormat } from '../value/shownExpression';
import { LOOK_NS, type CountLine } from './countHistory';
import type { PathOf } from './hitView';

type Timeline = Omit<HitStatisticsBody['timeline'], 'isMatching'>;
export type Histogram = NonNullable<HitStatisticsBody['histogram']>;

/**
 * Hits in each of up to MAX_BUCKETS spans of time.
 * @param counted the tracepoints whose hits are all told, where they are more than those that are remembered
 */
export function timeline(
  selection: HitSelection,
  pathOf: PathOf,
  counted: ReadonlyMap<TracepointId, CountLine>,
): Timeline {
  const { history, first, end } = selection;
  const areDropped = history.first > 0;
  const remembered = spanOf(selection);
  const lines = [...counted].filter(([, { isPartial }]) => isPartial || areDropped);
  const axis = axisOf(
    remembered,
    lines.flatMap(([, { span }]) => span ?? []),
  );
  if (!axis) return { startNs: '0', bucketNs: 1, series: [] };
  const { start, bucketNs, buckets } = axis;
  const oldest = areDropped ? (remembered?.start ?? Infinity) : start;
  const blank = Array.from({ length: buckets }, (_, i) => (start + i * bucketNs < oldest ? null : 0));
  const series = new Map<TracepointId, TimelineSeries>();
  for (let place = first; place < end; place++) {
    const id = selection.at(place);
    const { tracepoint, site } = history.sourceOf(id);
    let one = series.get(tracepoint);
    if (!one) {
      const path = pathOf(tracepoint) ?? site.file;
      series.set(tracepoint, (one = seriesOf(tracepoint, path, site.resolvedLine, blank)));
    }
    const bucket = Math.floor((history.timeOf(id) - start) / bucketNs);
    if (one.counts[bucket] !== null) one.counts[bucket]!++;
  }
  for (const [tracepoint, line] of lines) {
    if (!line.span || line.span.end <= start) continue;
    const one = series.get(tracepoint) ?? seriesOf(tracepoint, line.path, line.line, blank);
    series.set(tracepoint, one);
    // Those that are all remembered are told already, from the bucket on where the others end.
    one.all = line
      .counts(start, bucketNs, buckets)
      .map((count, i) => (line.isPartial || blank[i] === null || blank[i - 1] === null ? count : null));
  }
  return {
    startNs: String(start),
    bucketNs,
    series: [...series.values()].sort((a, b) => a.tracepoint - b.tracepoint),
  };
}

function seriesOf(
  tracepoint: TracepointId,
  path: string | undefined,
  line: number | undefined,
  blank: TimelineSeries['counts'],
): TimelineSeries {
  return {
    tracepoint,
    ...(path !== undefined && { path }),
    ...(line !== undefined && { line }),
    counts: [...blank],
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Of its hits, which are not in order where they come from several processors. */
function spanOf(selection: HitSelection): Span | undefined {
  const { history, first, end } = selection;
  if (end <= first) return undefined;
  let [start, last] = [Infinity, -Infinity];
  for (let place = first; place < end; place++) {
    const time = history.timeOf(selection.at(place));
    start = Math.min(start, time);
    last = Math.max(last, time);
  }
  return { start, end: last };
}

/** As far back as hits are remembered, and at least COUNTED_NS where there are counts. */
function axisOf(remembered: Span | undefined, counted: readonly Span[]) {
  const end = Math.max(...[...counted, ...(remembered ? [remembered] : [])].map((one) => one.end));
  if (end === -Infinity) return undefined;
  const countedFrom = Math.max(end - COUNTED_NS, Math.min(...counted.map((one) => one.start)));
  const start = Math.min(remembered?.start ?? Infinity, countedFrom);
  // Counts are looked at once a second: shorter buckets would compare what is not the same.
  const looks = counted.length > 0 ? Math.floor((end - start) / LOOK_NS) : MAX_BUCKETS;
  const most = Math.min(MAX_BUCKETS, Math.max(1, looks));
  const bucketNs = Math.max(MIN_BUCKET_NS, Math.ceil((end - start + 1) / most));
  return { start, bucketNs, buckets: Math.floor((end - start) / bucketNs) + 1 };
}

/** The names of values that are numbers, in the latest hit of each site. */
export function numericColumns(selection: HitSelection): string[] {
  const { history, first, end } = selection;
  const latest = new Map<HitSource, HitId>();
  for (let place = end - 1; place >= first && end - place <= MAX_LOOKED_AT; place--) {
    const id = selection.at(place);
    const source = history.sourceOf(id);
    if (!latest.has(source)) latest.set(source, id);
  }
  const names = [...latest.values()].flatMap((id) =>
    history
      .at(id)
      .values()
      .filter(isNumeric)
      .map(({ name }) => withoutFormat(name)),
  );
  return [...new Set(names)].sort();
}

/** Undefined where no hit has a number. Small whole numbers have a bin each. */
export function histogram(numbers: readonly number[], maxBins = MAX_BINS): Histogram | undefined {
  const finite = numbers.filter(Number.isFinite);
  if (finite.length === 0) return undefined;
  let [min, max, sum] = [Infinity, -Infinity, 0];
  for (const value of finite) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
  }
  const width = binWidth(min, max, finite.every(Number.isInteger), maxBins);
  const bins = Math.min(maxBins, Math.floor((max - min) / width) + 1);
  const counts = new Array<number>(bins).fill(0);
  for (const value of finite) counts[Math.min(bins - 1, Math.floor((value - min) / width))]!++;
  const without = numbers.length - finite.length;
  return { start: min, width, counts, without, min, max, mean: sum / finite.length };
}

function binWidth(min: number, max: number, areWhole: boolean, maxBins: number): number {
  const span = Math.min(max - min, Number.MAX_VALUE);
  if (areWhole) return Math.max(1, Math.ceil((span + 1) / maxBins));
  return span > 0 ? span / maxBins : 1;
}

const MAX_BUCKETS = 240;
/** Five minutes. */
const COUNTED_NS = 300 * LOOK_NS;
/** 1 ms */
const MIN_BUCKET_NS = 1_000_000;
const MAX_BINS = 60;
const MAX_LOOKED_AT = 10_000;
