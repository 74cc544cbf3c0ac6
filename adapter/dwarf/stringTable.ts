import type { Cursor } from '../elf/cursor';

/** The section, as far as its strings are concerned. */
export interface StringBytes {
  readonly size: number;
  /** @throws DecodeError where it cannot be read */
  slice(offset: number, length: number): Uint8Array;
  /** All of it. @throws DecodeError as `slice` */
  whole(): Cursor;
}

/**
 * The strings of .debug_str or .debug_line_str. The first ones asked for are read one by one, for few questions take more and the
 * section may be large; from then on it is read as a whole.
 */
export class StringTable {
  private readonly long = new Map<number, string>();
  private pieces = 0;
  private cursor: Cursor | undefined;

  constructor(private readonly section: StringBytes) {}

  /** @throws DecodeError `outOfRange`, `badEncoding` */
  at(offset: number): string {
    const bytes = this.piece(offset) ?? this.bytesAt(offset);
    if (bytes.length < LONG_STRING) return utf8.decode(bytes);
    const text = this.long.get(offset) ?? utf8.decode(bytes);
    if (this.long.size === MAX_LONG_STRINGS) this.long.clear();
    this.long.set(offset, text);
    return text;
  }

  /** Undefined where the string is longer than a piece, and where pieces are no longer worth it. */
  private piece(offset: number): Uint8Array | undefined {
    const length = Math.min(PIECE_BYTES, this.section.size - offset);
    if (this.cursor !== undefined || this.pieces === MAX_PIECES || length <= 0) return undefined;
    this.pieces++;
    const bytes = this.section.slice(offset, length);
    const nul = bytes.indexOf(0);
    return nul < 0 ? undefined : bytes.subarray(0, nul);
  }

  private bytesAt(offset: number): Uint8Array {
    this.cursor ??= this.section.whole();
    this.cursor.seek(offset);
    return this.cursor.stringBytes();
  }
}

const utf8 = new TextDecoder('utf-8');
/** More than most strings have; a name of a C++ template has more. */
const PIECE_BYTES = 1 << 10;
const MAX_PIECES = 64;
/** Bytes of a string that is worth remembering, and how many of them are: many entries may have one long string. */
const LONG_STRING = 1 << 12;
const MAX_LONG_STRINGS = 64;
