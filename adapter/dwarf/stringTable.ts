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
  /** What was dear to read, by offset: units have the same producer, and many entries may have one long name. */
  private readonly kept = new Map<number, string>();
  private pieces = 0;
  private cursor: Cursor | undefined;

  constructor(private readonly section: StringBytes) {}

  /** @throws DecodeError `outOfRange`, `badEncoding` */
  at(offset: number): string {
    const kept = this.kept.get(offset);
    if (kept !== undefined) return kept;
    const piece = this.piece(offset);
    const bytes = piece ?? this.bytesAt(offset);
    const text = utf8.decode(bytes);
    if (piece !== undefined || bytes.length >= LONG_STRING) this.keep(offset, text);
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

  private keep(offset: number, text: string): void {
    if (this.kept.size === MAX_KEPT) this.kept.clear();
    this.kept.set(offset, text);
  }
}

const utf8 = new TextDecoder('utf-8');
/** More than most strings have; a name of a C++ template has more. */
const PIECE_BYTES = 1 << 10;
const MAX_PIECES = 64;
/** Bytes of a string that is worth keeping. */
const LONG_STRING = 1 << 12;
const MAX_KEPT = 128;
