import type { Descriptor } from '../sys/owned';
import { PAGE_SIZE, type Mapping, type System } from '../sys/system';
import { createMap } from './map';

/** `size` bytes of a record from `offset` of `bytes`; overwritten after the call. */
export type RingSink = (bytes: DataView, offset: number, size: number) => void;

/**
 * The consumer's side of a BPF_MAP_TYPE_RINGBUF (kernel/bpf/ringbuf.c). Its memory:
 *
 *      0            4096         8192                    8192 + size          8192 + 2 size
 *     +------------+------------+-----------------------+--------------------+
 *     | consumer   | producer   | data                  | the same data again |
 *     +------------+------------+-----------------------+--------------------+
 *
 * The two positions only grow; modulo `size` they are places in the data. As the data is mapped twice, a record that
 * wraps is still in one piece. A record is a u32 of its length with two flag bits, a u32 of the kernel's, and its
 * bytes, and takes a multiple of 8.
 */
export class RingBuffer {
  private consumed = 0;
  private readonly word = new DataView(new ArrayBuffer(8));
  private readonly chunk: DataView;

  private constructor(
    private readonly map: Descriptor,
    private readonly consumer: Mapping,
    private readonly producer: Mapping,
    private readonly size: number,
  ) {
    this.chunk = new DataView(new ArrayBuffer(Math.min(size, CHUNK_SIZE)));
  }

  /** @param size of the data in bytes, a power of two of at least a page. @throws SystemError */
  static create(system: System, size: number): RingBuffer {
    const map = createMap(system, {
      type: 'RINGBUF',
      name: 'records',
      keySize: 0,
      valueSize: 0,
      entries: size,
      flags: 0,
    });
    let consumer: Mapping | undefined;
    try {
      consumer = system.map(map.number, 0, PAGE_SIZE, 'write');
      return new RingBuffer(
        map,
        consumer,
        system.map(map.number, PAGE_SIZE, PAGE_SIZE + 2 * size, 'read'),
        size,
      );
    } catch (error) {
      consumer?.unmap();
      map.close();
      throw error;
    }
  }

  get descriptor(): number {
    return this.map.number;
  }

  /**
   * Hands over the records that are complete now, oldest first, at most `limit`, and frees their space. A record that
   * is still being written ends it: never waits.
   */
  drain(sink: RingSink, limit: number): number {
    const produced = this.position(this.producer);
    let count = 0;
    while (this.consumed < produced && count < limit) {
      const complete = this.fetch(Math.min(produced - this.consumed, this.chunk.byteLength));
      if (complete === 0) break;
      count += this.deliver(complete, sink, limit - count);
    }
    return count;
  }

  close(): void {
    this.consumer.unmap();
    this.producer.unmap();
    this.map.close();
  }

  /**
   * Copies the complete records at the consumer's position into the chunk. The first copy is only for their headers:
   * a copy may read later bytes before earlier ones, so bytes next to a header that says "complete" may be older than
   * it. What is copied after such a header was seen is whole.
   * @returns length of the complete records
   */
  private fetch(available: number): number {
    const bytes = new Uint8Array(this.chunk.buffer, 0, available);
    const place = DATA_OFFSET + (this.consumed % this.size);
    this.producer.read(bytes, place);
    const complete = completeLength(this.chunk, available);
    if (complete > 0) this.producer.read(bytes.subarray(0, complete), place);
    return complete;
  }

  /** Frees what it hands over, also when the sink throws. */
  private deliver(length: number, sink: RingSink, limit: number): number {
    let count = 0;
    let at = 0;
    try {
      while (at < length && count < limit) {
        const header = this.chunk.getUint32(at, true);
        const start = at + RECORD_HEADER;
        at += spaceOf(header);
        count++;
        if (!(header & DISCARDED)) sink(this.chunk, start, lengthOf(header));
      }
    } finally {
      this.consumed += at;
      this.word.setBigUint64(0, BigInt(this.consumed), true);
      this.consumer.write(new Uint8Array(this.word.buffer), 0);
    }
    return count;
  }

  private position(page: Mapping): number {
    page.read(new Uint8Array(this.word.buffer), 0);
    return Number(this.word.getBigUint64(0, true));
  }
}

/** Length of the records at the start that are whole and no longer being written. */
function completeLength(chunk: DataView, available: number): number {
  let at = 0;
  while (at + RECORD_HEADER <= available) {
    const header = chunk.getUint32(at, true);
    if (header & BUSY || at + spaceOf(header) > available) break;
    at += spaceOf(header);
  }
  return at;
}

const lengthOf = (header: number): number => header & ~(BUSY | DISCARDED);
const spaceOf = (header: number): number => (lengthOf(header) + RECORD_HEADER + 7) & ~7;

/** Flags and header size of linux/bpf.h (BPF_RINGBUF_*). */
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;
const RECORD_HEADER = 8;
/** In the producer's mapping, which begins with the producer's page. */
const DATA_OFFSET = PAGE_SIZE;
/** Copied at a time; more than any record takes. */
const CHUNK_SIZE = 256 << 10;
