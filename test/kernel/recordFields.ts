/** Parts of records, to compare them. */
import { RECORD_HEADER, type RecordLayout } from '../../adapter/capture/recordLayout';

/** The bytes of a capture's field, in hex. */
export function fieldOf(view: DataView, record: number, layout: RecordLayout, capture: number): string {
  const start = layout.offsets[capture]!;
  const end = layout.offsets[capture + 1] ?? layout.size;
  return Buffer.from(view.buffer, view.byteOffset + record + start, end - start).toString('hex');
}

export const faultOf = (view: DataView, record: number, capture: number): boolean =>
  ((view.getBigUint64(record + RECORD_HEADER.faults.offset, true) >> BigInt(capture)) & 1n) === 1n;
