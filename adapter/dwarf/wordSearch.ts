/**
 * Finds any of some 32-bit little-endian values in bytes, at any alignment: offsets of strings and entries, in data
 * whose layout need not be known. What is found may be something else that has such a value.
 */
export class WordSearch {
  private readonly words: ReadonlySet<number>;
  /** One bit for each hash of 16 bits: almost all places are dismissed by it. */
  private readonly filter = new Uint8Array(1 << 13);

  /** @param words from 0 to 2^32 - 1 */
  constructor(words: Iterable<number>) {
    this.words = new Set(words);
    for (const word of this.words) this.filter[hash(word) >>> 3]! |= 1 << (hash(word) & 7);
  }

  /** Index of the first byte of the next value from `from` on; -1 where there is none. */
  next(bytes: Uint8Array, from = 0): number {
    if (this.words.size === 0 || bytes.length - from < WORD_BYTES) return -1;
    const { filter } = this;
    let word = (bytes[from]! << 8) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 24);
    for (let end = from + WORD_BYTES - 1; end < bytes.length; end++) {
      word = (word >>> 8) | (bytes[end]! << 24);
      const hashed = hash(word);
      if ((filter[hashed >>> 3]! & (1 << (hashed & 7))) !== 0 && this.words.has(word >>> 0))
        return end - (WORD_BYTES - 1);
    }
    return -1;
  }
}

/** Fibonacci hashing: the high 16 bits of a product with 2^32 / golden ratio. */
const hash = (word: number): number => Math.imul(word, 0x9e3779b1) >>> 16;

const WORD_BYTES = 4;
