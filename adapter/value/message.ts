import type { Message } from '../expression/message';
import type { NamedValue } from './value';

/** A log message with the texts of its values, given in the order of its expressions. */
export function renderMessage(
  message: Message,
  values: readonly NamedValue[],
  textOf: (value: NamedValue) => string,
): string {
  let next = 0;
  return message.parts.map((part) => (part.kind === 'text' ? part.text : textOf(values[next++]!))).join('');
}
