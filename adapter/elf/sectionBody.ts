import { inflateSync } from 'node:zlib';
import { Cursor } from './cursor';
import { DecodeError } from './decodeError';
import { unpackZstd } from './zstdFrame';

/**
 * The contents of a compressed section.
 *
 *     SHF_COMPRESSED (gABI, Elf64_Chdr):  ch_type u32 | reserved u32 | ch_size u64 | ch_addralign u64 | data
 *     .zdebug_* (older GNU):              "ZLIB" | size u64, big endian | zlib data
 *
 * @throws DecodeError `badCompression`, `tooLarge`, `truncated`
 */
export function inflateBody(bytes: Uint8Array, section: string): Uint8Array {
  const cursor = new Cursor(bytes, section);
  const type = cursor.u32();
  cursor.skip(4);
  const size = cursor.u64AsNumber();
  cursor.skip(8);
  return inflate(type, cursor.take(cursor.remaining), size, section);
}

/** As `inflateBody`, for a .zdebug_* section. */
export function inflateGnuBody(bytes: Uint8Array, section: string): Uint8Array {
  const cursor = new Cursor(bytes, section);
  if (cursor.u32() !== GNU_MAGIC) throw new DecodeError('badCompression', section, 0, 'no "ZLIB"');
  const size = Number(Buffer.from(cursor.take(8)).readBigUInt64BE());
  return inflate(ELFCOMPRESS_ZLIB, cursor.take(cursor.remaining), size, section);
}

function inflate(type: number, data: Uint8Array, size: number, section: string): Uint8Array {
  if (size > MAX_INFLATED_BYTES) throw new DecodeError('tooLarge', section, 0, `inflates to ${size} bytes`);
  if (size > data.length * MAX_RATIO + MIN_INFLATED_BYTES)
    throw new DecodeError('badCompression', section, 0, `${size} bytes from ${data.length}`);
  const contents = decompressed(type, data, size, section);
  if (contents.length !== size)
    throw new DecodeError('badCompression', section, 0, `${contents.length} bytes, not ${size}`);
  return contents;
}

function decompressed(type: number, data: Uint8Array, size: number, section: string): Uint8Array {
  if (type !== ELFCOMPRESS_ZLIB && type !== ELFCOMPRESS_ZSTD)
    throw new DecodeError('badCompression', section, 0, `type ${type}`);
  try {
    if (type === ELFCOMPRESS_ZSTD) return unpackZstd(data, size, section);
    return inflateSync(data, { maxOutputLength: Math.max(size, 1), chunkSize: CHUNK_BYTES });
  } catch (error) {
    if (error instanceof DecodeError) throw error;
    throw new DecodeError(
      'badCompression',
      section,
      0,
      error instanceof Error ? error.message : String(error),
    );
  }
}

const ELFCOMPRESS_ZLIB = 1;
const ELFCOMPRESS_ZSTD = 2;
/** "ZLIB", read as a little-endian number. */
const GNU_MAGIC = 0x42494c5a;
const CHUNK_BYTES = 1 << 20;
const MAX_INFLATED_BYTES = 2 ** 31;
/** No real section shrinks more, and no claim may make us allocate more than this times the file's own size. */
const MAX_RATIO = 4096;
const MIN_INFLATED_BYTES = 4096;
