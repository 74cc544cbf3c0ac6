/** `hits` and `last`: what single hits saw. */
import { basename } from 'node:path';
import type { Hit } from '../../engine/hit';
import { gapInWords, hitMessage } from '../../messages';
import { timeOfDay } from '../clock';
import { expectNothing, rowsOf, type Command, type Lines, type TracedLine } from './command';
import { NO_TRACEPOINTS } from './counts';
import { textTable } from './textTable';

export const hits: Command = {
  name: 'hits',
  parameters: '[N]',
  summary: 'the last hits, 10 of them where N is not said: time, thread, line, message',
  run(argument, { history, limits }) {
    const wanted = rowsOf('hits', argument);
    if (history.first === history.total)
      return [
        limits.history === 0 ? 'No hits are remembered: the limit "history" is 0.' : 'There are no hits yet.',
      ];
    const from = Math.max(history.first, history.total - wanted);
    const rows: string[][] = [];
    for (let id = from; id < history.total; id++) rows.push(rowOf(history.at(id)));
    const notes =
      history.total - from < wanted && history.first > 0
        ? [`The ${history.first} hits before these are not remembered.`]
        : [];
    return [
      ...textTable(
        [{ title: 'time' }, { title: 'thread', isNumber: true }, { title: 'line' }, { title: 'message' }],
        rows,
      ),
      ...notes,
    ];
  },
};

const rowOf = (hit: Hit): string[] => [
  timeOfDay(hit.time),
  String(hit.tid),
  placeOf(hit),
  hitMessage(hit, hit.values()),
];

/** `loop.c:32`; the function where the line is not known. */
export const placeOf = ({ site: { file, resolvedLine, scope } }: Hit): string =>
  file === undefined || resolvedLine === undefined
    ? (scope?.name ?? '?')
    : `${basename(file)}:${resolvedLine}`;

export const last: Command = {
  name: 'last',
  parameters: '',
  summary: 'all values of the last hit of each tracepoint',
  run(argument, session) {
    expectNothing('last', argument);
    const lines = session.tracepoints();
    return lines.length === 0 ? [NO_TRACEPOINTS] : lines.flatMap(lastOf);
  },
};

function lastOf({ place, last: hit }: TracedLine): Lines {
  if (!hit) return [`${place}  no hit has been delivered`];
  const name = hit.site.scope?.name;
  const origin = [place, ...(name === undefined ? [] : [name]), timeOfDay(hit.time), `thread ${hit.tid}`];
  const values = hit
    .values()
    .map((value) => [value.name, `= ${'value' in value ? value.value : gapInWords(value.unavailable)}`]);
  return [origin.join('  '), ...textTable([{ title: '' }, { title: '' }], values).map((line) => `  ${line}`)];
}
