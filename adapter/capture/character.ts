import { byteSize, stripped, type Type } from '../dwarf/type';
import { wideCharacterName } from '../expression/scalarType';
import type { Output, Value } from './ir';

/** A type of one byte that holds a character. */
export function isCharacter(type: Type): boolean {
  const inner = stripped(type);
  return inner.kind === 'base' && inner.byteSize === 1 && CHARACTERS.has(inner.encoding);
}

/** The type of the characters of the string that a pointer is shown as; undefined for other pointers. */
export function stringCharacter(type: Type): Type | undefined {
  const inner = stripped(type);
  if (inner.kind !== 'pointer' || inner.flavour !== 'pointer') return undefined;
  const { target } = inner;
  return isCharacter(target) || wideCharacterName(target) !== undefined ? target : undefined;
}

/** What the record holds of a string of such characters that ends with a NUL: `capacity` bytes at most. */
export const stringOutput = (address: Value, character: Type, capacity: number): Output => ({
  kind: byteSize(character) === 1 ? 'string' : 'readable',
  address,
  capacity,
});

const CHARACTERS: ReadonlySet<string> = new Set(['signedChar', 'unsignedChar', 'utf']);
