/** Tracepoints that are together in a group, or in a file, as one row of a list. */
import { hitsInWords, rateInWords } from './hitCount';
import type { ListedTracepoint } from './tracepointRow';

export interface GroupRow {
  /** Hits and rate of all of them, where a session has counted any. */
  readonly description: string;
  /** For a screen reader. */
  readonly spoken: string;
  /** What of it is not numbers that change with every hit. */
  readonly steady: string;
  readonly isEnabled: boolean;
}

export function groupRow(name: string, members: readonly ListedTracepoint[]): GroupRow {
  const views = members.flatMap((member) => member.views);
  const hits = views.reduce((total, { counts }) => total + counts.hits, 0);
  const rate = views.reduce((total, view) => total + view.rate, 0);
  const disabled = members.filter(({ enabled }) => !enabled).length;
  const parts = [
    `${members.length} tracepoint${members.length === 1 ? '' : 's'}`,
    ...(disabled === 0 ? [] : [`${disabled} disabled`]),
  ];
  const counts = views.length === 0 ? [] : [hitsInWords(hits), rateInWords(rate) ?? []].flat();
  return {
    description: counts.join(' · '),
    spoken: [name, ...parts, ...counts].join(', '),
    steady: [name, ...parts].join(', '),
    isEnabled: disabled === 0,
  };
}
