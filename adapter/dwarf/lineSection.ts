import type { ElfImage, Section } from '../elf/image';

/** The bytes of .debug_line; a Uint8Array is such a one. */
export interface LineSection {
  readonly length: number;
  /** Bytes from an offset to another; what is outside the section is left out. */
  subarray(from: number, to: number): Uint8Array;
}

/**
 * Reads .debug_line in parts: headers are small, and of the programs, which are large, few are asked for.
 */
export class LineSectionReader implements LineSection {
  readonly length: number;
  private windowStart = 0;
  private window: Uint8Array = new Uint8Array(0);

  constructor(
    private readonly image: ElfImage,
    private readonly section: Section,
  ) {
    this.length = image.sizeOf(section);
  }

  subarray(from: number, to: number): Uint8Array {
    const end = Math.min(to, this.length);
    if (from >= end) return new Uint8Array(0);
    const start = from - this.windowStart;
    if (start >= 0 && end <= this.windowStart + this.window.length)
      return this.window.subarray(start, end - this.windowStart);
    const wanted = Math.max(end, Math.min(from + WINDOW_BYTES, this.length));
    const bytes = this.image.slice(this.section, from, wanted - from);
    if (bytes.length > WINDOW_BYTES) return bytes;
    this.windowStart = from;
    this.window = bytes;
    return bytes.subarray(0, end - from);
  }
}

const WINDOW_BYTES = 1 << 14;
