/** The text at the end of a line with a tracepoint: `3 412 hits · 120/s · n = 42 · name = "abc"`. */
import type { NamedValueView } from '../../adapter/protocol';
import { hitsInWords, rateInWords } from './hitCount';
import type { LineState } from './lineBoard';

/** Characters. A line's end is for a glance; the hover has the rest. */
const MAX_TEXT = 120;
const MAX_VALUE = 40;

export function lineText(line: LineState): string {
  switch (line.state) {
    case 'failed':
      return elided(line.message ?? 'no tracepoint here', MAX_TEXT);
    case 'pending':
      return elided(line.message ?? 'waiting for a library with this line', MAX_TEXT);
    case 'armed':
    case 'spent':
    case 'ended':
      return joined([hitsInWords(line.counts.hits), rateInWords(line.rate), ...line.values.map(valueText)]);
  }
}

export function valueText(value: NamedValueView): string {
  return `${value.name} = ${elided('value' in value ? value.value : `<${value.unavailable}>`, MAX_VALUE)}`;
}

/** The parts that fit, the first in any case. */
function joined(parts: readonly (string | undefined)[]): string {
  let text = '';
  for (const part of parts) {
    if (part === undefined) continue;
    const longer = text === '' ? part : `${text} · ${part}`;
    if (longer.length > MAX_TEXT) return `${text} · …`;
    text = longer;
  }
  return text;
}

function elided(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}
