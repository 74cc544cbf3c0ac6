/** What the status bar says of all running tracepoints. */
import type { TracepointView } from '../../adapter/protocol';
import { overheadInWords, overheadOf } from './costText';
import { grouped, hitsInWords, rateInWords } from './hitCount';

export interface StatusText {
  readonly text: string;
  /** One fact a line. */
  readonly facts: readonly string[];
  /** Something was lost. */
  readonly isWarning: boolean;
}

/** @param sessions how many run; undefined where none does */
export function statusText(views: readonly TracepointView[], sessions: number): StatusText | undefined {
  if (sessions === 0) return undefined;
  const live = views.filter(({ state }) => state !== 'ended');
  const armed = live.filter(({ state }) => state === 'armed');
  const probes = armed.reduce((sum, { sites }) => sum + sites.length, 0);
  const rate = rateInWords(live.reduce((sum, view) => sum + view.rate, 0));
  const lost = live.reduce((sum, { counts }) => sum + counts.lost, 0);
  const overhead = overheadOf(live);
  const troubled = live.length - armed.length;
  return {
    text: [
      `${probes}\u00a0${probes === 1 ? 'probe' : 'probes'}`,
      ...(rate ? [rate] : []),
      ...(overhead ? [`overhead\u00a0${overheadInWords(overhead)}`] : []),
      ...(lost > 0 ? [`${grouped(lost)}\u00a0lost`] : []),
    ].join(' · '),
    facts: [
      `${armed.length} of ${live.length} tracepoints armed, at ${probes} machine addresses`,
      ...(troubled > 0 ? [`${troubled} pending, failed or done`] : []),
      `${hitsInWords(live.reduce((sum, { counts }) => sum + counts.hits, 0))}, ${rate ?? 'none now'}`,
      ...(overhead
        ? [`Tracepoints take the programs ${overheadInWords(overhead)} of one processor, as measured`]
        : []),
      ...(lost > 0
        ? [`${hitsInWords(lost)} lost: the buffer was full. They are counted; their values are missing.`]
        : []),
      ...(sessions > 1 ? [`${sessions} sessions`] : []),
    ],
    isWarning: lost > 0,
  };
}
