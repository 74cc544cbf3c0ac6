import { RECORD_HEADER } from '../capture/recordLayout';
import { Hit, type HitSource } from './hit';

/** Consecutive hits: their records, as they came, one after another. */
interface Chunk {
  readonly first: HitId;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView;
  /** Of each hit: where its record begins. */
  readonly offsets: number[];
  readonly sources: HitSource[];
  /** Bytes that records take. */
  used: number;
}

/** The number of a hit, from 0 in the order in which hits are handed over. */
export type HitId = number;

export interface HistoryLimits {
  /** Hits that are remembered. */
  readonly hits: number;
  /** Memory that their records take, at most; at least one chunk's. */
  readonly bytes: number;
}

/** The latest hits, as the bytes of their records: nothing is decoded before it is asked for. */
export class History {
  private readonly chunks: Chunk[] = [];
  private oldest: HitId = 0;
  private next: HitId = 0;
  private allocated = 0;

  constructor(private readonly limits: HistoryLimits) {}

  /** The oldest hit that is remembered; `total` where none is. */
  get first(): HitId {
    return this.oldest;
  }

  /** Hits that have been, and the number of the next one. */
  get total(): number {
    return this.next;
  }

  add(hit: Hit): void {
    const id = this.next++;
    if (this.limits.hits === 0) return this.forgetBefore(this.next);
    const chunk = this.chunkFor(hit.size, id);
    chunk.offsets.push(chunk.used);
    chunk.sources.push(hit.source);
    hit.copyTo(chunk.bytes, chunk.used);
    chunk.used += hit.size;
    this.forgetBefore(this.next - this.limits.hits);
  }

  /** A hit that is remembered. Its bytes are good until the next one is added. */
  at(id: HitId): Hit {
    const { chunk, index } = this.placeOf(id);
    const offset = chunk.offsets[index]!;
    const end = chunk.offsets[index + 1] ?? chunk.used;
    return new Hit(chunk.sources[index]!, chunk.view, offset, end - offset);
  }

  tidOf(id: HitId): number {
    const { chunk, index } = this.placeOf(id);
    return chunk.view.getUint32(chunk.offsets[index]! + RECORD_HEADER.tid.offset, true);
  }

  sourceOf(id: HitId): HitSource {
    const { chunk, index } = this.placeOf(id);
    return chunk.sources[index]!;
  }

  /** Nanoseconds of CLOCK_MONOTONIC: exact for the first 104 days of a machine. */
  timeOf(id: HitId): number {
    const { chunk, index } = this.placeOf(id);
    const at = chunk.offsets[index]! + RECORD_HEADER.time.offset;
    return chunk.view.getUint32(at, true) + chunk.view.getUint32(at + 4, true) * 2 ** 32;
  }

  private placeOf(id: HitId): { chunk: Chunk; index: number } {
    let [low, high] = [0, this.chunks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.chunks[middle]!.first <= id) low = middle;
      else high = middle - 1;
    }
    const chunk = this.chunks[low]!;
    return { chunk, index: id - chunk.first };
  }

  private chunkFor(size: number, first: HitId): Chunk {
    const last = this.chunks.at(-1);
    if (last && last.used + size <= last.bytes.length) return last;
    const room = Math.max(size, Math.min(CHUNK_BYTES, this.limits.bytes));
    while (this.chunks.length > 0 && this.allocated + room > this.limits.bytes)
      this.forgetBefore(this.chunks[1]?.first ?? first);
    const bytes = new Uint8Array(room);
    const chunk = { first, bytes, view: new DataView(bytes.buffer), offsets: [], sources: [], used: 0 };
    this.chunks.push(chunk);
    this.allocated += room;
    return chunk;
  }

  private forgetBefore(id: HitId): void {
    this.oldest = Math.max(this.oldest, id);
    while (this.chunks[0] && this.endOf(this.chunks[0]) <= this.oldest)
      this.allocated -= this.chunks.shift()!.bytes.length;
  }

  private endOf({ first, offsets }: Chunk): HitId {
    return first + offsets.length;
  }
}

/** 256 KiB: what is forgotten at once where it is the bytes that are too many. */
const CHUNK_BYTES = 1 << 18;
/** 64 MiB */
export const HISTORY_BYTES = 1 << 26;
