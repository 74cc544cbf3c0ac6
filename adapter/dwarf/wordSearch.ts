/**
 * Finds any of some 32-bit little-endian values in bytes, at any alignment: offsets of strings and entries, in data
 * whose layout need not be known. What is found may be something else that has such a value.
 */
export class WordSearch {
  private readonly words: ReadonlySet<number>;
  /**
   * The upper three bytes of the values, where these have so few that the fastest way is to look for one after the other.
   * Offsets of a string and of its tails mostly have them in common.
   */
  private readonly needles: readonly Buffer[] | undefined;
  /** One bit for each hash of 16 bits: almost all places are dismissed by it. */
  private readonly filter = new Uint8Array(1 << 13);

  /** @param words from 0 to 2^32 - 1; others are found nowhere */
  constructor(words: Iterable<number>) {
    this.words = new Set(words);
    const uppers = new Set(Array.from(this.words, (word) => word >>> 8));
    if (uppers.size <= MAX_NEEDLES) this.needles = Array.from(uppers, needle);
    for (const word of this.words) this.filter[hash(word) >>> 3]! |= 1 << (hash(word) & 7);
  }

  isIn(bytes: Uint8Array): boolean {
    if (this.needles === undefined) return !this.places(bytes).next().done;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return this.needles.some((needle) => this.follows(buffer, needle));
  }

  /** Is a value there whose upper bytes these are? */
  private follows(bytes: Buffer, upper: Buffer): boolean {
    for (let at = bytes.indexOf(upper, 1); at >= 0; at = bytes.indexOf(upper, at + 1))
      if (this.words.has(bytes.readUInt32LE(at - 1))) return true;
    return false;
  }

  /** Where the values are, in order. */
  *places(bytes: Uint8Array): Generator<number> {
    const { filter, words } = this;
    let word = 0;
    for (let end = 0; end < bytes.length; end++) {
      word = (word >>> 8) | (bytes[end]! << 24);
      const hashed = hash(word);
      if (
        (filter[hashed >>> 3]! & (1 << (hashed & 7))) !== 0 &&
        words.has(word >>> 0) &&
        end >= WORD_BYTES - 1
      )
        yield end - (WORD_BYTES - 1);
    }
  }
}

function needle(upper: number): Buffer {
  const bytes = Buffer.alloc(WORD_BYTES - 1);
  bytes.writeUIntLE(upper, 0, WORD_BYTES - 1);
  return bytes;
}

/** Fibonacci hashing: the high 16 bits of a product with 2^32 / golden ratio. */
const hash = (word: number): number => Math.imul(word, 0x9e3779b1) >>> 16;

const WORD_BYTES = 4;
/** Buffer.indexOf goes forty times as fast as `places`. */
const MAX_NEEDLES = 32;
