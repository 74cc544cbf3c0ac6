/** What the charts of the hits panel show of a selection of hits. */
import type { HitSource } from '../engine/hit';
import type { HitId } from '../engine/history';
import type { HitSelection } from '../engine/hitSelection';
import type { TracepointId } from '../engine/tracepointState';
import type { HitStatisticsBody } from '../protocol';
import { isNumeric, withoutFormat } from '../value/shownExpression';
import type { PathOf } from './hitView';

export type Timeline = HitStatisticsBody['timeline'];
export type Histogram = NonNullable<HitStatisticsBody['histogram']>;

/** Hits in each of up to MAX_BUCKETS spans of time. */
export function timeline(selection: HitSelection, pathOf: PathOf): Timeline {
  const { history, first, end } = selection;
  if (end <= first) return { startNs: '0', bucketNs: 1, series: [] };
  let [start, last] = [Infinity, -Infinity];
  for (let place = first; place < end; place++) {
    const time = history.timeOf(selection.at(place));
    // Not in order where they come from several processors.
    start = Math.min(start, time);
    last = Math.max(last, time);
  }
  const bucketNs = Math.max(MIN_BUCKET_NS, Math.ceil((last - start + 1) / MAX_BUCKETS));
  const buckets = Math.floor((last - start) / bucketNs) + 1;
  const series = new Map<TracepointId, Timeline['series'][number]>();
  for (let place = first; place < end; place++) {
    const id = selection.at(place);
    const source = history.sourceOf(id);
    let one = series.get(source.tracepoint);
    if (!one) series.set(source.tracepoint, (one = seriesOf(source, buckets, pathOf)));
    one.counts[Math.floor((history.timeOf(id) - start) / bucketNs)]!++;
  }
  return {
    startNs: String(start),
    bucketNs,
    series: [...series.values()].sort((a, b) => a.tracepoint - b.tracepoint),
  };
}

function seriesOf(
  { tracepoint, site }: HitSource,
  buckets: number,
  pathOf: PathOf,
): Timeline['series'][number] {
  const path = pathOf(tracepoint) ?? site.file;
  return {
    tracepoint,
    ...(path !== undefined && { path }),
    ...(site.resolvedLine !== undefined && { line: site.resolvedLine }),
    counts: new Array<number>(buckets).fill(0),
  };
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
/** 1 ms */
const MIN_BUCKET_NS = 1_000_000;
const MAX_BINS = 60;
const MAX_LOOKED_AT = 10_000;
