import type { Contents } from '../../capture/captured';
import { BYTES_HEADER_SIZE, STRING_HEADER_SIZE } from '../../capture/recordLayout';
import { byteSize, type Type } from '../../dwarf/type';
import { quotedString } from '../cString';
import type { HeldRecord } from '../heldRecord';
import { readUint64 } from '../integer';
import { hexadecimal } from '../scalar';
import { nulIn, quotedCharacters } from '../wideString';
import type { ValueReader } from './compiler';

/** Reads the string that a pointer to characters points to; the pointer where it is null, or leads to none. */
export function stringReader(
  contents: Extract<Contents, { kind: 'string' }>,
  character: Type,
  held: HeldRecord,
  type: string,
): ValueReader {
  const field = held.field(contents.string);
  return (bytes, offset) => {
    const string = (): string | undefined =>
      held.hasFaulted(field) ? undefined : stringText(held.view, held.at(field), field.capacity, character);
    return { value: pointedText(readUint64(bytes, offset), string), type };
  };
}

/** What a pointer to characters is shown as. @param string undefined where there is none; not asked for of a null pointer */
export const pointedText = (address: number | bigint, string: () => string | undefined): string =>
  address === 0 ? hexadecimal(0) : (string() ?? `${hexadecimal(address)} <not readable>`);

/**
 * The string in a field at `offset` that has room for so many bytes; undefined where it goes on where nothing can be
 * read.
 */
export function stringText(
  record: DataView,
  offset: number,
  capacity: number,
  character: Type,
): string | undefined {
  if (byteSize(character) === 1) return narrowText(record, offset, capacity);
  const count = Number(readUint64(record, offset));
  const bytes = new Uint8Array(record.buffer, record.byteOffset + offset + BYTES_HEADER_SIZE, count);
  const end = nulIn(bytes, character);
  if (end >= 0) return quotedCharacters(bytes.subarray(0, end), character, false);
  return count < capacity ? undefined : quotedCharacters(bytes, character, true);
}

/**
 * A full field may hold the whole string or the beginning of a longer one. Its last character is left out, so that
 * the dots are true in both cases.
 */
function narrowText(record: DataView, offset: number, capacity: number): string {
  const count = record.getInt32(offset, true);
  const truncated = count >= capacity;
  const length = Math.max(0, Math.min(count, capacity) - (truncated ? 2 : 1));
  const bytes = new Uint8Array(record.buffer, record.byteOffset + offset + STRING_HEADER_SIZE, length);
  return quotedString(bytes, truncated);
}
