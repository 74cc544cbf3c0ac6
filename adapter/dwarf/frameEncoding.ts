import type { Cursor } from '../elf/cursor';

/** DW_EH_PE_omit */
export const OMITTED = 0xff;

const FORMATS: Readonly<Partial<Record<number, (cursor: Cursor) => number>>> = {
  0x00: (cursor) => cursor.address(8),
  0x01: (cursor) => cursor.uleb(),
  0x02: (cursor) => cursor.u16(),
  0x03: (cursor) => cursor.u32(),
  0x04: (cursor) => cursor.address(8),
  0x09: (cursor) => cursor.sleb(),
  0x0a: (cursor) => cursor.i16(),
  0x0b: (cursor) => cursor.i32(),
  0x0c: (cursor) => cursor.address(8),
};

/**
 * Reads a DW_EH_PE_ encoded pointer (LSB 5.0, Core, 10.5), absolute or relative to its own place:
 *
 *     7        | 6 5 4           | 3 2 1 0
 *     indirect | absolute, pcrel | format
 *
 * @param sectionAddress of the section that the pointer is in
 * @throws DecodeError `badEncoding` for encodings that need a running process
 */
export function readPointer(cursor: Cursor, encoding: number, sectionAddress: number): number {
  const at = sectionAddress + cursor.offset;
  const format = FORMATS[encoding & 0x0f];
  if (format === undefined || (encoding & 0x80) !== 0) throw unreadable(cursor, encoding);
  const value = format(cursor);
  switch (encoding & 0x70) {
    case 0x00:
      return value;
    case 0x10:
      return at + value;
    default:
      throw unreadable(cursor, encoding);
  }
}

/** As `readPointer`, for a length or for a pointer whose value is of no interest: no base is added. */
export function readUnbased(cursor: Cursor, encoding: number): number {
  const format = FORMATS[encoding & 0x0f];
  if (format === undefined) throw unreadable(cursor, encoding);
  return format(cursor);
}

const unreadable = (cursor: Cursor, encoding: number): Error =>
  cursor.error('badEncoding', `pointer encoding 0x${encoding.toString(16)}`);
