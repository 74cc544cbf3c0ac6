/** Builds units of .debug_line byte by byte (DWARF 5, 6.2.4), right or wrong. */

export const COPY = [1];
export const END = [0, 1, 1];
export const setAddress = (address: number): number[] => [
  0,
  9,
  2,
  address & 0xff,
  (address >> 8) & 0xff,
  0,
  0,
  0,
  0,
  0,
  0,
];

/** unit_length and what follows it. */
export function unitOf(content: number[]): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length);
  return Buffer.concat([length, Buffer.from(content)]);
}

/** A unit of version 4 with one file, line_base -5 and line_range 14. */
export function version4(program: number[], opcodeBase = 13, more: number[] = []): Buffer {
  const tables = [0, 0x61, 0x2e, 0x63, 0, 0, 0, 0, 0];
  const counts = [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, ...more];
  const fields = [1, 1, 1, 0xfb, 14, opcodeBase, ...counts, ...tables];
  return unitOf([4, 0, fields.length, 0, 0, 0, ...fields, ...program]);
}

/** A unit of version 5 up to its directory table, and what is to follow. */
export function version5(tables: number[]): Buffer {
  const fields = [1, 1, 1, 0xfb, 14, 1, ...tables];
  return unitOf([5, 0, 8, 0, fields.length, 0, 0, 0, ...fields]);
}
