import type { StructType } from '../dwarf/type';
import { named, summary, textOf, unnamed } from './summary';
import type { NamedValue } from './value';

type StructText = (children: readonly NamedValue[]) => string;

/** `{x = 1, y = 2}` */
export const structText: StructText = (children) => summary(children, named, false);

/**
 * As Rust writes values: `Some(5)` for the variant of an enum, `(1, 2)` for a tuple; other structs as those of C. The members of
 * tuples are `__0`, `__1` in the debug information.
 */
export function rustText({ variantPart, members }: StructType): StructText {
  if (variantPart && members.length === 0)
    return (children) => {
      const [variant] = children;
      if (children.length !== 1 || !variant || !('value' in variant)) return structText(children);
      return (
        variant.name +
        (variant.value === '{}' ? '' : textOf(variant).replace(/^\{/, ' {').replace(/^ \(/, '('))
      );
    };
  const isTuple = members.length > 0 && members.every(({ name }) => /^__\d+$/.test(name ?? ''));
  return isTuple
    ? (children) => summary(children, unnamed, false).replace(/^\{(.*)\}$/s, '($1)')
    : structText;
}
