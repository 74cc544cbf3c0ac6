import { runInNewContext } from 'node:vm';
import { Decompress, decompress } from 'fzstd';
import { Cursor } from './cursor';

/**
 * The contents of a zstd frame (RFC 8878, 3.1.1) that are to have this size. fzstd fills what it is given and does not say
 * how far it came, so the frame's own word is asked for first. Frames of streams have none: these are counted as they come.
 * @throws DecodeError, and what fzstd throws
 */
export function unpackZstd(data: Uint8Array, size: number, section: string): Uint8Array {
  const cursor = new Cursor(data, section);
  const { contentSize, windowSize } = readFrameHeader(cursor);
  if (contentSize !== undefined) {
    if (contentSize !== size) throw cursor.error('badCompression', `${contentSize} bytes, not ${size}`);
    return within(size, () => decompress(data, new Uint8Array(size)));
  }
  if (windowSize > MAX_WINDOW) throw cursor.error('tooLarge', `window of ${windowSize} bytes`);
  const contents = new Uint8Array(size);
  let length = 0;
  const stream = new Decompress((chunk) => {
    if (length + chunk.length > size) throw cursor.error('badCompression', `more than ${size} bytes`);
    contents.set(chunk, length);
    length += chunk.length;
  });
  within(size, () => {
    stream.push(data, true);
  });
  return contents.subarray(0, length);
}

/** fzstd does not end on some damaged frames: a script can be told to, whatever it calls. @throws what `unpack` throws */
function within<T>(size: number, unpack: () => T): T {
  const timeout = MIN_MILLISECONDS + Math.ceil(size / MIN_BYTES_PER_MILLISECOND);
  return runInNewContext('unpack()', { unpack }, { timeout }) as T;
}

/**
 *     magic u32 | descriptor u8 | window u8 | dictionary id, 0 to 4 bytes | content size, 0 to 8 bytes
 *
 *     descriptor:  7 6                  | 5               | 4 3 2 | 1 0
 *                  size of content size | no window, flag |       | size of dictionary id
 */
function readFrameHeader(cursor: Cursor): { contentSize: number | undefined; windowSize: number } {
  cursor.skip(4);
  const descriptor = cursor.u8();
  const isSingle = (descriptor & 0x20) !== 0;
  const windowSize = isSingle ? 0 : windowOf(cursor.u8());
  cursor.skip([0, 1, 2, 4][descriptor & 3]!);
  return { contentSize: readContentSize(cursor, descriptor >> 6, isSingle), windowSize };
}

/** RFC 8878, 3.1.1.1.2. */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** RFC 8878, 3.1.1.1.4. */
function readContentSize(cursor: Cursor, flag: number, isSingle: boolean): number | undefined {
  switch (flag) {
    case 0:
      return isSingle ? cursor.u8() : undefined;
    case 1:
      return cursor.u16() + 256;
    case 2:
      return cursor.u32();
    default:
      return cursor.u64AsNumber();
  }
}

const MIN_MILLISECONDS = 500;
/** A hundredth of what it unpacks on a machine of today. */
const MIN_BYTES_PER_MILLISECOND = 1 << 11;
/** What `zstd -d` takes unless told otherwise. */
const MAX_WINDOW = 1 << 27;
