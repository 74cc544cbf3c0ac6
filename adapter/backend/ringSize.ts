import { PAGE_SIZE } from '../sys/system';

/** What the kernel takes for the data of a BPF_MAP_TYPE_RINGBUF: a power of two of at least a page. Beyond a gigabyte is a mistake. */
export const isRingSize = (bytes: number): boolean =>
  Number.isInteger(bytes) && bytes >= PAGE_SIZE && bytes <= MAX_RING && Number.isInteger(Math.log2(bytes));

/**
 * Some 50 000 records of usual size a processor, as each may fill it: more than comes between two drains at a million hits
 * a second. At most 64 MiB.
 */
export function ringSizeFor(processors: number): number {
  const wanted = 2 ** Math.ceil(Math.log2(processors)) * BYTES_A_PROCESSOR;
  return Math.min(wanted, MOST_BY_ITSELF);
}

const MAX_RING = 2 ** 30;
const BYTES_A_PROCESSOR = 4 << 20;
const MOST_BY_ITSELF = 64 << 20;
