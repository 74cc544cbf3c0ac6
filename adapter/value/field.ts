import type { Capture } from '../capture/ir';
import { RECORD_HEADER } from '../capture/recordLayout';
import type { ValueGap } from './value';

/** Where one capture's field is in the record. */
export interface Field {
  readonly index: number;
  readonly offset: number;
  readonly capture: Capture;
}

/** Bit `index` of the header's `faults`. */
export function hasFaulted(record: DataView, base: number, index: number): boolean {
  const word = record.getUint32(base + RECORD_HEADER.faults.offset + (index >= 32 ? 4 : 0), true);
  return ((word >>> (index % 32)) & 1) === 1;
}

export const PAGE_NOT_PRESENT: ValueGap = { code: 'pageNotPresent' };
