import { BoundedText } from './boundedText';
import type { NamedValue, RenderedValue } from './value';

/** `{...}` around the children's text, cut after MAX_TEXT characters; `more`: there are children that are not given. */
export function summary(
  children: readonly NamedValue[],
  format: (child: { name: string; text: string }) => string,
  more: boolean,
): string {
  const text = new BoundedText(MAX_TEXT);
  for (const [i, child] of children.entries()) {
    const part = format({ name: child.name, text: textOf(child) });
    if (!text.append(i === 0 ? part : `, ${part}`)) return `{${text.toString()}...}`;
  }
  return `{${text.toString()}${more ? '...' : ''}}`;
}

export const named = ({ name, text }: { name: string; text: string }): string => `${name} = ${text}`;
export const unnamed = ({ text }: { text: string }): string => text;

export const textOf = (value: RenderedValue): string => ('value' in value ? value.value : '<unavailable>');

/** Characters of the text of a struct or array. */
const MAX_TEXT = 512;
