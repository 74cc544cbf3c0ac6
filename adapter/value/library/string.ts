import type { Contents } from '../../capture/captured';
import { BYTES_HEADER_SIZE, STRING_HEADER_SIZE } from '../../capture/recordLayout';
import { byteSize, type Type } from '../../dwarf/type';
import { quotedString } from '../cString';
import { PAGE_NOT_PRESENT } from '../field';
import type { HeldRecord } from '../heldRecord';
import { readUint64 } from '../integer';
import { hexadecimal } from '../scalar';
import type { RenderedValue } from '../value';
import { nulIn, quotedCharacters } from '../wideString';
import type { ValueReader } from './compiler';

/** Reads the string that a pointer to characters points to; `0x0` for a null pointer. */
export function stringReader(
  contents: Extract<Contents, { kind: 'string' }>,
  character: Type,
  held: HeldRecord,
  type: string,
): ValueReader {
  const field = held.field(contents.string);
  return (bytes, offset) => {
    if (readUint64(bytes, offset) === 0) return { value: hexadecimal(0), type };
    if (held.hasFaulted(field)) return { unavailable: PAGE_NOT_PRESENT, type };
    return stringValue(held.view, held.at(field), { capacity: field.capacity, character, type });
  };
}

/** The string in a field at `offset` that has room for so many bytes. */
export function stringValue(
  record: DataView,
  offset: number,
  { capacity, character, type }: { capacity: number; character: Type; type: string },
): RenderedValue {
  if (byteSize(character) === 1) return { value: stringText(record, offset, capacity), type };
  const count = Number(readUint64(record, offset));
  const bytes = new Uint8Array(record.buffer, record.byteOffset + offset + BYTES_HEADER_SIZE, count);
  const end = nulIn(bytes, character);
  if (end >= 0) return { value: quotedCharacters(bytes.subarray(0, end), character, false), type };
  // It goes on where nothing can be read.
  if (count < capacity) return { unavailable: PAGE_NOT_PRESENT, type };
  return { value: quotedCharacters(bytes, character, true), type };
}

/**
 * A full field may hold the whole string or the beginning of a longer one. Its last character is left out, so that
 * the dots are true in both cases.
 */
function stringText(record: DataView, offset: number, capacity: number): string {
  const count = record.getInt32(offset, true);
  const truncated = count >= capacity;
  const length = Math.max(0, Math.min(count, capacity) - (truncated ? 2 : 1));
  const bytes = new Uint8Array(record.buffer, record.byteOffset + offset + STRING_HEADER_SIZE, length);
  return quotedString(bytes, truncated);
}
