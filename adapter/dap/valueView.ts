import { gapText } from '../messages';
import type { NamedValueView } from '../protocol';
import type { NamedValue } from '../value/value';

export function valueView(value: NamedValue): NamedValueView {
  const { name, type } = value;
  if ('unavailable' in value) return { name, type, unavailable: gapText(value.unavailable) };
  return {
    name,
    type,
    value: value.value,
    ...(value.children && { children: value.children.map(valueView) }),
  };
}
