/** What the charts of the hits panel draw, and say to who does not see them. */
import type { HitStatisticsBody } from '../../adapter/protocol';
import { grouped, rateInWords } from './hitCount';
import { visibleText } from '../../adapter/inertText';

type Timeline = HitStatisticsBody['timeline'];
type Series = Timeline['series'][number];

/** Seconds from the start to the middle of each bucket, and hits a second there. */
export function rates({ bucketNs, series }: Timeline): { times: number[]; series: number[][] } {
  const seconds = bucketNs / 1e9;
  const buckets = series[0]?.counts.length ?? 0;
  return {
    times: Array.from({ length: buckets }, (_, i) => (i + 0.5) * seconds),
    series: series.map(({ counts }) => counts.map((count) => count / seconds)),
  };
}

/** `inventory.c:31` */
export function seriesLabel({ tracepoint, path, line }: Omit<Series, 'counts'>): string {
  if (path === undefined || line === undefined) return `tracepoint ${tracepoint}`;
  return visibleText(`${path.slice(path.lastIndexOf('/') + 1)}:${line}`);
}

/** @param rate hits a second now, delivered or not */
export function legendText(series: Omit<Series, 'counts'>, rate = 0): string {
  const words = rateInWords(rate);
  return words === undefined
    ? seriesLabel(series)
    : `${seriesLabel(series)} · all\u00a0hits\u00a0${words}\u00a0now`;
}

export function timelineSummary(timeline: Timeline): string {
  const { bucketNs, series } = timeline;
  if (series.length === 0) return 'No hits yet.';
  const seconds = (bucketNs * series[0]!.counts.length) / 1e9;
  const peaks = series.map((one) => {
    const peak = Math.max(...one.counts) / (bucketNs / 1e9);
    return `${seriesLabel(one)} at most ${rateInWords(peak) ?? '0/s'}`;
  });
  return `Delivered hits per second over ${shortNumber(seconds)} s: ${peaks.join(', ')}.`;
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

/** Up to six digits. */
const shortNumber = (value: number): string => String(Number(value.toPrecision(6)));
