import { stripped, type Type } from '../dwarf/type';

/** A type of one byte that holds a character. */
export function isCharacter(type: Type): boolean {
  const inner = stripped(type);
  return inner.kind === 'base' && inner.byteSize === 1 && CHARACTERS.has(inner.encoding);
}

/** A pointer that is shown as the string it points to. */
export function isString(type: Type): boolean {
  const inner = stripped(type);
  return inner.kind === 'pointer' && inner.flavour === 'pointer' && isCharacter(inner.target);
}

const CHARACTERS: ReadonlySet<string> = new Set(['signedChar', 'unsignedChar', 'utf']);
