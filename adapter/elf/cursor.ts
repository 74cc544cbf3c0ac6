import { DecodeError } from './decodeError';

/**
 * Reads little-endian data from a section, bounds-checked. Every parser of `elf` and `dwarf` goes through one of
 * these; a read past the end throws DecodeError `truncated` with the section and offset.
 */
export class Cursor {
  private readonly view: DataView;

  /** @param base offset in the section of `bytes[0]`, for error messages and `offset`. */
  constructor(
    private readonly bytes: Uint8Array,
    private readonly section: string,
    private readonly base = 0,
    private position = 0,
    private readonly end = bytes.length,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Offset in the section of the next byte. */
  get offset(): number {
    return this.base + this.position;
  }

  get remaining(): number {
    return this.end - this.position;
  }

  seek(offset: number): void {
    const position = offset - this.base;
    if (!(position >= 0 && position <= this.end)) throw this.error('outOfRange');
    this.position = position;
  }

  skip(length: number): void {
    this.position = this.claim(length) + length;
  }

  u8(): number {
    return this.bytes[this.advance(1)]!;
  }

  i8(): number {
    return this.view.getInt8(this.advance(1));
  }

  u16(): number {
    return this.view.getUint16(this.advance(2), true);
  }

  i16(): number {
    return this.view.getInt16(this.advance(2), true);
  }

  u24(): number {
    const at = this.advance(3);
    return this.bytes[at]! | (this.bytes[at + 1]! << 8) | (this.bytes[at + 2]! << 16);
  }

  u32(): number {
    return this.view.getUint32(this.advance(4), true);
  }

  i32(): number {
    return this.view.getInt32(this.advance(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.advance(8), true);
  }

  i64(): bigint {
    return this.view.getBigInt64(this.advance(8), true);
  }

  /** An offset or size of 64 bits. @throws DecodeError `outOfRange` above 2^53. */
  u64AsNumber(): number {
    const at = this.advance(8);
    const high = this.view.getUint32(at + 4, true);
    if (high >= 0x20_0000) throw this.error('outOfRange');
    return high * 0x1_0000_0000 + this.view.getUint32(at, true);
  }

  /** The signed reading of 64 bits, as elf/address.ts keeps addresses; inexact outside +-2^53. */
  address(size: number): number {
    if (size === 8) {
      const at = this.advance(8);
      return this.view.getInt32(at + 4, true) * 0x1_0000_0000 + this.view.getUint32(at, true);
    }
    if (size === 4) return this.u32();
    throw this.error('badEncoding', `address of ${size} bytes`);
  }

  /** Unsigned LEB128 as a number. @throws DecodeError `badEncoding` above 2^53 or over 10 bytes. */
  uleb(): number {
    let result = 0;
    let scale = 1;
    for (let length = 0; length < MAX_LEB128_BYTES; length++) {
      const byte = this.u8();
      result += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (result > Number.MAX_SAFE_INTEGER) throw this.error('badEncoding', 'LEB128 above 2^53');
        return result;
      }
      scale *= 128;
    }
    throw this.error('badEncoding', 'LEB128 over 10 bytes');
  }

  /** Signed LEB128 as a number. @throws as `uleb`. */
  sleb(): number {
    let result = 0;
    let scale = 1;
    for (let length = 0; length < MAX_LEB128_BYTES; length++) {
      const byte = this.u8();
      result += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte >= 0x80) continue;
      if (length >= EXACT_LEB128_BYTES) return this.slebAgain(length + 1);
      return byte & 0x40 ? result - scale : result;
    }
    throw this.error('badEncoding', 'LEB128 over 10 bytes');
  }

  /** Unsigned LEB128, 64 bits. */
  ulebBig(): bigint {
    return BigInt.asUintN(64, this.leb().value);
  }

  /** Signed LEB128, 64 bits. */
  slebBig(): bigint {
    const { value, bits } = this.leb();
    return BigInt.asIntN(Math.min(bits, 64), value);
  }

  /** An offset into another section: 4 bytes in 32-bit DWARF, 8 in 64-bit DWARF. */
  sectionOffset(size: 4 | 8): number {
    return size === 4 ? this.u32() : this.u64AsNumber();
  }

  take(length: number): Uint8Array {
    const at = this.advance(length);
    return this.bytes.subarray(at, at + length);
  }

  /** Bytes up to a NUL, as UTF-8; the NUL is consumed. */
  string(): string {
    return utf8.decode(this.stringBytes());
  }

  /** As `string`, undecoded. */
  stringBytes(): Uint8Array {
    const nul = this.bytes.indexOf(0, this.position);
    if (nul < 0 || nul >= this.end) throw this.error('badEncoding', 'string without NUL');
    const text = this.bytes.subarray(this.position, nul);
    this.position = nul + 1;
    return text;
  }

  error(code: ConstructorParameters<typeof DecodeError>[0], detail = ''): DecodeError {
    return new DecodeError(code, this.section, this.offset, detail);
  }

  /** Numbers above 49 bits, where doubles may round, are read once more, exactly. */
  private slebAgain(length: number): number {
    this.position -= length;
    const value = Number(this.slebBig());
    if (!Number.isSafeInteger(value)) throw this.error('badEncoding', 'LEB128 outside +-2^53');
    return value;
  }

  private leb(): { value: bigint; bits: number } {
    let value = 0n;
    for (let length = 0; length < MAX_LEB128_BYTES; length++) {
      const byte = this.u8();
      value |= BigInt(byte & 0x7f) << BigInt(7 * length);
      if (byte < 0x80) return { value, bits: 7 * (length + 1) };
    }
    throw this.error('badEncoding', 'LEB128 over 10 bytes');
  }

  private advance(length: number): number {
    const at = this.claim(length);
    this.position = at + length;
    return at;
  }

  private claim(length: number): number {
    if (!(length >= 0 && length <= this.end - this.position)) throw this.error('truncated');
    return this.position;
  }
}

const utf8 = new TextDecoder('utf-8');
/** Bytes of the longest LEB128 that 64 bits need. */
const MAX_LEB128_BYTES = 10;
/** Bytes of LEB128 that a double holds exactly. */
const EXACT_LEB128_BYTES = 7;
