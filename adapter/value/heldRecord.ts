import { capacityOf } from '../capture/recordLayout';
import { hasFaulted, type Field } from './field';
import { readUint64 } from './integer';
import type { HitSymbols } from './symbol';

/** The record that is read now, for the readers of what is in other fields than the value's own. */
export class HeldRecord {
  private record: DataView = new DataView(new ArrayBuffer(0));
  private base = 0;

  constructor(
    readonly fields: readonly Field[],
    readonly symbols: HitSymbols,
  ) {}

  hold(record: DataView, base: number): void {
    this.record = record;
    this.base = base;
  }

  /** Pointers that lead to what is read now: one that is among them leads round in a circle. */
  readonly path: (number | bigint)[] = [];

  /** The field of a capture, by its index among those of the expression. */
  field(capture: number): HeldField {
    const field = this.fields[capture]!;
    const { output } = field.capture;
    return {
      index: field.index,
      offset: field.offset,
      capacity: capacityOf(output),
    };
  }

  hasFaulted({ index }: HeldField): boolean {
    return hasFaulted(this.record, this.base, index);
  }

  get view(): DataView {
    return this.record;
  }

  /** Where a byte of a field is in `view`. */
  at({ offset }: HeldField, byte = 0): number {
    return this.base + offset + byte;
  }

  number(field: HeldField): number | bigint {
    return readUint64(this.record, this.base + field.offset);
  }

  bytes(field: HeldField, from: number, count: number): Uint8Array {
    return new Uint8Array(this.record.buffer, this.record.byteOffset + this.at(field, from), count);
  }
}

export interface HeldField {
  readonly index: number;
  readonly offset: number;
  /** Bytes of the target's memory that it has room for. */
  readonly capacity: number;
}
