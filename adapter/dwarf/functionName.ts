import { UNNAMED_NAMESPACE } from './qualifiedName';

/**
 * Does a function go by a name? `ns::C<int>::f<char>` goes by `f`, `f<char>`, `C<int>::f` and so on; unnamed namespaces
 * may be left out.
 */
export function goesBy(qualified: string, name: string): boolean {
  if (endsWithName(qualified, name)) return true;
  const bare = qualified.replaceAll(UNNAMED_NAMESPACE, '');
  return endsWithName(bare, name) || endsWithName(withoutArguments(bare), name);
}

const endsWithName = (qualified: string, name: string): boolean =>
  qualified.endsWith(name) &&
  (qualified.length === name.length || qualified.endsWith('::', qualified.length - name.length));

/** The name without namespaces and classes: what follows the last `::` that is not within template arguments. */
export function lastComponent(name: string): string {
  let depth = 0;
  for (let index = name.length - 1; index > 0; index--) {
    if (name[index] === '>') depth++;
    else if (name[index] === '<') depth--;
    else if (depth <= 0 && name[index] === ':' && name[index - 1] === ':') return name.slice(index + 1);
  }
  return name;
}

/** Without the template arguments at its end. */
export function withoutArguments(name: string): string {
  if (!name.endsWith('>')) return name;
  let depth = 0;
  for (let index = name.length - 1; index >= 0; index--) {
    if (name[index] === '>') depth++;
    else if (name[index] === '<') depth--;
    if (depth === 0) return name.slice(0, index);
  }
  return name;
}
