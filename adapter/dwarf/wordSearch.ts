/**
 * Finds any of some 32-bit little-endian values in bytes, at any alignment: offsets of strings and entries, in data
 * whose layout need not be known. What is found may be something else that has such a value.
 */
export class WordSearch {
  private readonly words: ReadonlySet<number>;
  /** Each value as bytes, where there are so few that the fastest way is to look for one after the other. */
  private readonly needles: readonly Buffer[] | undefined;
  /** One bit for each hash of 16 bits: almost all places are dismissed by it. */
  private readonly filter = new Uint8Array(1 << 13);

  /** @param words from 0 to 2^32 - 1; others are found nowhere */
  constructor(words: Iterable<number>) {
    this.words = new Set(words);
    if (this.words.size <= MAX_NEEDLES) this.needles = Array.from(this.words, needle);
    for (const word of this.words) this.filter[hash(word) >>> 3]! |= 1 << (hash(word) & 7);
  }

  isIn(bytes: Uint8Array): boolean {
    if (this.needles === undefined) return !this.places(bytes).next().done;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return this.needles.some((needle) => buffer.includes(needle));
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

function needle(word: number): Buffer {
  const bytes = Buffer.alloc(WORD_BYTES);
  bytes.writeUInt32LE(word);
  return bytes;
}

/** Fibonacci hashing: the high 16 bits of a product with 2^32 / golden ratio. */
const hash = (word: number): number => Math.imul(word, 0x9e3779b1) >>> 16;

const WORD_BYTES = 4;
/** Buffer.includes goes forty times as fast as `places`. */
const MAX_NEEDLES = 32;
