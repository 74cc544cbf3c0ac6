import type { Message } from '../expression/message';
import type { NamedValue, ValueGap } from './value';

/** A log message with its values, given in the order of its expressions; `explain` is the text for one that is missing. */
export function renderMessage(
  message: Message,
  values: readonly NamedValue[],
  explain: (gap: ValueGap) => string,
): string {
  let next = 0;
  return message.parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      const value = values[next++]!;
      return 'value' in value ? value.value : explain(value.unavailable);
    })
    .join('');
}
