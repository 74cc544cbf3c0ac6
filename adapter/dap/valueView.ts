import { visibleStart, visibleText } from '../inertText';
import { gapText } from '../messages';
import type { NamedValueView } from '../protocol';
import type { NamedValue } from '../value/value';

export function valueView(value: NamedValue): NamedValueView {
  const [name, type] = [shownName(value.name), shownName(value.type)];
  if ('unavailable' in value) return { name, type, unavailable: gapText(value.unavailable) };
  return {
    name,
    type,
    value: visibleText(value.value),
    ...(value.children && { children: value.children.map(valueView) }),
  };
}

/** Of a variable, type or function: it is sent with every hit, and debug information may have names of megabytes. */
export const shownName = (name: string): string => visibleStart(name, MAX_NAME);

/** Characters. */
const MAX_NAME = 1000;
