import { THREAD_NAME_SIZE, type Capture, type Output } from './ir';

/**
 * Layout of a record in the ring buffer, little endian, stated once: the BPF emitter writes by it, `value/` reads by it.
 *
 *      0        8       12      16      20      24           32         40
 *     +--------+-------+-------+-------+-------+------------+----------+----------- ...
 *     | time   | site  | pid   | tid   | cpu   | faults     | sequence | fields
 *     +--------+-------+-------+-------+-------+------------+----------+----------- ...
 *
 * time: nanoseconds of CLOCK_MONOTONIC. site: SiteId. pid: thread group. cpu: the processor at the hit, which the thread
 * may have left since. faults: bit i is set when a read of capture i failed; its field then holds zeros. sequence: counts the
 * records of this site and cpu from 0, with no gap: what is missing has been lost on the way here. Every field starts at a multiple of 8. A string field is an i32 count of the
 * bytes with the NUL, 4 bytes of padding, then the bytes; count == capacity with no NUL at the end never happens:
 * the kernel always ends it with a NUL, so count == capacity means truncated (or exactly fitting). A field of bytes is
 * their u64 count, which may be more than its capacity, then the first of them, then zeros; one of readable bytes is the
 * u64 count of those that were read, then they, then zeros.
 */
export const RECORD_HEADER = {
  time: { offset: 0, size: 8 },
  site: { offset: 8, size: 4 },
  pid: { offset: 12, size: 4 },
  tid: { offset: 16, size: 4 },
  cpu: { offset: 20, size: 4 },
  faults: { offset: 24, size: 8 },
  sequence: { offset: 32, size: 8 },
} as const;
export const RECORD_HEADER_SIZE = 40;
export const STRING_HEADER_SIZE = 8;
export const BYTES_HEADER_SIZE = 8;

/** Bits of `faults`, and stack slots of the emitted program. */
export const MAX_CAPTURES = 48;

export interface RecordLayout {
  /** Byte offset of each capture's field, in order. */
  readonly offsets: readonly number[];
  /** Whole record, header included; a multiple of 8. */
  readonly size: number;
}

export function layoutRecord(captures: readonly Capture[]): RecordLayout {
  const offsets: number[] = [];
  let size = RECORD_HEADER_SIZE;
  for (const { output } of captures) {
    offsets.push(size);
    size += Math.ceil(fieldSize(output) / 8) * 8;
  }
  return { offsets, size };
}

/** Most bytes of a value that an output can hold. */
export function capacityOf(output: Output): number {
  if ('capacity' in output) return output.capacity;
  return 'size' in output ? output.size : THREAD_NAME_SIZE;
}

export function fieldSize(output: Output): number {
  switch (output.kind) {
    case 'scalar':
      return 8;
    case 'memory':
      return output.size;
    case 'string':
      return STRING_HEADER_SIZE + output.capacity;
    case 'bytes':
    case 'readable':
      return BYTES_HEADER_SIZE + output.capacity;
    case 'threadName':
      return THREAD_NAME_SIZE;
  }
}
