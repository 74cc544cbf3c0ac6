import type { Contents } from '../../capture/captured';
import { STRING_HEADER_SIZE } from '../../capture/recordLayout';
import { quotedString } from '../cString';
import { PAGE_NOT_PRESENT } from '../field';
import type { HeldRecord } from '../heldRecord';
import { readUint64 } from '../integer';
import { hexadecimal } from '../scalar';
import type { ValueReader } from './compiler';

/** Reads the string that a pointer to characters points to; `0x0` for a null pointer. */
export function stringReader(
  contents: Extract<Contents, { kind: 'string' }>,
  held: HeldRecord,
  type: string,
): ValueReader {
  const field = held.field(contents.string);
  return (bytes, offset) => {
    if (readUint64(bytes, offset) === 0) return { value: hexadecimal(0), type };
    if (held.hasFaulted(field)) return { unavailable: PAGE_NOT_PRESENT, type };
    return { value: stringText(held.view, held.at(field), field.capacity), type };
  };
}

/**
 * A full field may hold the whole string or the beginning of a longer one. Its last character is left out, so that
 * the dots are true in both cases.
 */
export function stringText(record: DataView, offset: number, capacity: number): string {
  const count = record.getInt32(offset, true);
  const truncated = count >= capacity;
  const length = Math.max(0, Math.min(count, capacity) - (truncated ? 2 : 1));
  const bytes = new Uint8Array(record.buffer, record.byteOffset + offset + STRING_HEADER_SIZE, length);
  return quotedString(bytes, truncated);
}
