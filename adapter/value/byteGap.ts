import type { ValueGap } from './value';

/** Bytes of a value that are not known, and why. */
export interface ByteGap {
  /** From where the value's bytes begin. */
  readonly offset: number;
  readonly size: number;
  readonly reason: ValueGap;
}

/** Why some of the `size` bytes from `offset` are not known; undefined where all are. */
export const gapIn = (gaps: readonly ByteGap[], offset: number, size: number): ValueGap | undefined =>
  gaps.find((gap) => gap.offset < offset + size && offset < gap.offset + gap.size)?.reason;
