import { wideCharacterName } from '../expression/scalarType';
import { byteSize, type Type } from '../dwarf/type';
import { escape, quotedString } from './cString';

/** Characters of 1, 2 or 4 bytes as a quoted C string, with the prefix of their type. */
export function quotedCharacters(bytes: Uint8Array, character: Type, isTruncated: boolean): string {
  const size = byteSize(character) ?? 1;
  if (size === 1) return quotedString(bytes, isTruncated);
  const text = escapedUnits(codePoints(bytes, size, isTruncated));
  return `${prefixOf(character, size)}"${text}"${isTruncated ? '...' : ''}`;
}

/** Where the first NUL among characters of 1, 2 or 4 bytes is; -1 where there is none. */
export function nulIn(bytes: Uint8Array, character: Type): number {
  const size = byteSize(character) ?? 1;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, at + 1)) {
    const start = at - (at % size);
    const unit = bytes.subarray(start, start + size);
    if (unit.length === size && unit.every((byte) => byte === 0)) return start;
  }
  return -1;
}

function prefixOf(character: Type, size: number): string {
  if (wideCharacterName(character) === 'wchar_t') return 'L';
  return size === 2 ? 'u' : 'U';
}

/** Units that are no characters by themselves stay numbers of their own. Half a pair at a cut is left out. */
function codePoints(bytes: Uint8Array, size: number, isTruncated: boolean): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const points: number[] = [];
  for (let at = 0; at + size <= bytes.length; at += size) {
    const unit = size === 2 ? view.getUint16(at, true) : view.getUint32(at, true);
    if (size === 2 && isHigh(unit)) {
      const isLast = at + 4 > bytes.length;
      const low = isLast ? 0 : view.getUint16(at + 2, true);
      if (isLast && isTruncated) break;
      if (isLow(low)) {
        points.push(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
        at += 2;
        continue;
      }
    }
    points.push(unit);
  }
  return points;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isLow = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;

const escapedUnits = (points: readonly number[]): string => points.map(escapedPoint).join('');

function escapedPoint(point: number): string {
  if (point === 0x22) return '\\"';
  if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return number(point);
  const text = String.fromCodePoint(point);
  if (text === '\\' || !/[\p{C}\p{Zl}\p{Zp}]/u.test(text)) return text === '\\' ? '\\\\' : text;
  return point < 0x80 ? escape(text) : number(point);
}

const number = (point: number): string =>
  point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;
