import { MappedArray } from '../bpf/map';
import type { System } from '../sys/system';
import type { SiteCounts } from './backend';

/** Where each count lies in a slot, in bytes. A slot of 8 bytes has `hits` alone. */
export const COUNTS = {
  hits: 0,
  delivered: 8,
  lost: 16,
  filtered: 24,
  throttled: 32,
  conditionErrors: 40,
} as const satisfies Record<keyof SiteCounts, number>;

/** A cache line. */
const LINE = 64;

/** Which slot belongs to a site on a processor: `cpu * stride + row`. */
export interface CounterShape {
  readonly slotSize: 8 | typeof LINE;
  /** Slots of a processor; whole cache lines, so that two processors never write to the same. */
  readonly stride: number;
}

/** @param hitsAlone no program records anything */
export const counterShape = (rows: number, hitsAlone: boolean): CounterShape =>
  hitsAlone ? { slotSize: 8, stride: Math.ceil(rows / 8) * 8 } : { slotSize: LINE, stride: rows };

/** The counts of an installation's sites. Programs add to a slot of their own processor; the sum is over all of them. */
export class Counters {
  private constructor(
    private readonly array: MappedArray,
    private readonly shape: CounterShape,
    private readonly cpus: number,
  ) {}

  /** @throws SystemError */
  static create(system: System, shape: CounterShape): Counters {
    const cpus = system.possibleCpus();
    return new Counters(
      MappedArray.create(system, 'counters', shape.slotSize, shape.stride * cpus),
      shape,
      cpus,
    );
  }

  get descriptor(): number {
    return this.array.descriptor;
  }

  /** @param hitsAlone of each row: its hits are its delivered as well */
  read(hitsAlone: readonly boolean[]): SiteCounts[] {
    const bytes = new Uint8Array(this.cpus * this.shape.stride * this.shape.slotSize);
    this.array.memory.read(bytes, 0);
    const view = new DataView(bytes.buffer);
    return hitsAlone.map((alone, row) => {
      const hits = this.sum(view, row, COUNTS.hits);
      return alone
        ? { hits, delivered: hits, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 }
        : {
            hits,
            delivered: this.sum(view, row, COUNTS.delivered),
            lost: this.sum(view, row, COUNTS.lost),
            filtered: this.sum(view, row, COUNTS.filtered),
            throttled: this.sum(view, row, COUNTS.throttled),
            conditionErrors: this.sum(view, row, COUNTS.conditionErrors),
          };
    });
  }

  /** Programs go on counting, and `read` goes on reading. */
  closeDescriptor(): void {
    this.array.closeDescriptor();
  }

  close(): void {
    this.array.close();
  }

  private sum(view: DataView, row: number, count: number): number {
    let total = 0;
    for (let cpu = 0; cpu < this.cpus; cpu++) {
      const at = (cpu * this.shape.stride + row) * this.shape.slotSize + count;
      total += view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
    }
    return total;
  }
}
