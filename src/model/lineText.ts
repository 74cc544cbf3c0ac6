/** The text at the end of a line with a tracepoint: `3 412 hits · 120/s · n = 42 (1–99 ▂▅█) · name = "abc"`. */
import { visibleStart } from '../../adapter/inertText';
import type { NamedValueView } from '../../adapter/protocol';
import { hitsInWords, hitsOfRuns, rateInWords } from './hitCount';
import type { LineState } from './lineBoard';
import { sparkLine } from './spark';

/** Characters of a name, and of a value. A line's end is for a glance; the hover has the rest. */
const MAX_VALUE = 40;

export const STALE_WORDS = {
  edited: 'edited since the program was started',
  newer: 'the source is newer than the program',
} as const satisfies Record<NonNullable<LineState['stale']>, string>;

const MOMENTS = { chosen: 'chosen hit', before: 'before it', none: 'no hit before it' } as const;

/** Do its values tell of something that is over, or of a line that may be another one? */
export const isDimmed = ({ stale, look, moment, counts }: LineState): boolean =>
  stale !== undefined ||
  moment === 'before' ||
  moment === 'none' ||
  (moment === undefined && look === 'armed' && counts.hits > 0);

/** @param room characters that it may have */
export function lineText(line: LineState, room: number): string {
  switch (line.state) {
    case 'failed':
      return causeText(line, 'no tracepoint here', room);
    case 'pending':
      return causeText(line, 'its machine code is being looked for', room);
    case 'armed':
    case 'spent':
    case 'ended':
      return joined(
        [
          hitsOfRuns(line.counts.hits, line.earlierHits),
          line.moment ? MOMENTS[line.moment] : rateInWords(line.rate),
          ...(line.stale === undefined ? [] : [STALE_WORDS[line.stale]]),
          ...readableFirst(line.values).map((value) => valueText(value, line.trends.get(value.name))),
        ],
        room,
      );
  }
}

/** Why there are no hits, or no more of them. */
function causeText({ counts: { hits }, message }: LineState, otherwise: string, room: number): string {
  const before = hits > 0 ? `${hitsInWords(hits)} · ` : '';
  return before + visibleStart(message ?? otherwise, room - before.length);
}

/** There is no room for all: reasons are in the hover. */
const readableFirst = (values: readonly NamedValueView[]): NamedValueView[] => [
  ...values.filter((value) => 'value' in value),
  ...values.filter((value) => !('value' in value)),
];

function valueText(value: NamedValueView, trend: readonly number[] = []): string {
  const { name, range } = value;
  const shown = 'value' in value ? value.value : `<${value.unavailable}>`;
  const text = `${visibleStart(name, MAX_VALUE)} = ${visibleStart(shown, MAX_VALUE)}`;
  if (!range || range[0] === range[1]) return text;
  const spark = sparkLine(trend);
  return `${text} (${range[0]}–${range[1]}${spark === '' ? '' : ` ${spark}`})`;
}

/** The parts that fit, the first in any case. */
function joined(parts: readonly (string | undefined)[], room: number): string {
  let text = '';
  for (const part of parts) {
    if (part === undefined) continue;
    const longer = text === '' ? part : `${text} · ${part}`;
    if (text !== '' && longer.length > room) return `${text} · …`;
    text = longer;
  }
  return text;
}
