import { isCharacter } from '../capture/character';
import { byteSize, stripped, type ArrayType } from '../dwarf/type';
import { wideCharacterName } from '../expression/scalarType';
import { gapIn } from './byteGap';
import { OVER_BUDGET, type ValueReader } from './library/compiler';
import { nulIn, quotedCharacters } from './wideString';

/** Is it an array of `char`, or of wide characters? Other types of one byte hold numbers as often as text. */
export function isText(array: ArrayType): boolean {
  const element = stripped(array.element);
  const isChar =
    element.kind === 'base' &&
    (element.name === 'char' || element.encoding === 'utf') &&
    isCharacter(element);
  return isChar || wideCharacterName(array.element) !== undefined;
}

/** Up to the NUL; an array without one is shown whole. */
export function textReader({ element, count = 0 }: ArrayType, type: string): ValueReader {
  const size = byteSize(element) ?? 1;
  return (bytes, offset, available, gaps = []) => {
    const captured = size * Math.max(0, Math.min(count, Math.floor(available / size)));
    const unavailable = captured === 0 && count > 0 ? OVER_BUDGET : gapIn(gaps, offset, captured);
    if (unavailable) return { unavailable, type };
    const text = new Uint8Array(bytes.buffer, bytes.byteOffset + offset, captured);
    const nul = nulIn(text, element);
    const value =
      nul >= 0
        ? quotedCharacters(text.subarray(0, nul), element, false)
        : quotedCharacters(text, element, captured < size * count);
    return { value, type };
  };
}
