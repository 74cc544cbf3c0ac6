import type { AddressRange, VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import type { Cursor } from '../elf/cursor';
import { DecodeError } from '../elf/decodeError';
import { AT } from './constants';
import type { FormValue } from './form';
import { RANGE_LIST_ENTRIES, readEntries, readPairs, type ListUnit } from './listEntry';
import type { RangeAllowance } from './rangeAllowance';

/** A unit as far as its range lists need it. */
export interface RangeUnit extends ListUnit {
  readonly rangeAllowance: RangeAllowance;
  addressOf(value: FormValue | undefined): VirtualAddress | undefined;
  sectionOffsetOf(value: FormValue | undefined): number | undefined;
  listOffset(section: string, baseAttribute: number, index: number): number;
  decodeAt<T>(section: string, offset: number, decode: (cursor: Cursor) => T): T;
}

/**
 * The machine code of an entry: DW_AT_ranges, otherwise DW_AT_low_pc and DW_AT_high_pc (DWARF 5, 2.17). Empty ranges
 * and those of code that the linker dropped are left out.
 * @param value an attribute of the entry, by its DW_AT_ code
 * @throws DecodeError
 */
export function codeRanges(
  unit: RangeUnit,
  value: (attribute: number) => FormValue | undefined,
): AddressRange[] {
  const ranges = value(AT.ranges);
  if (ranges !== undefined) return readRangeList(unit, ranges).filter(isReal);
  const low = unit.addressOf(value(AT.lowPc));
  const high = highPc(unit, low, value(AT.highPc));
  if (low === undefined || high === undefined) return [];
  return [{ low, high }].filter(isReal);
}

/** Since DWARF 4 a constant is the length (2.17.2). */
function highPc(
  unit: RangeUnit,
  low: VirtualAddress | undefined,
  value: FormValue | undefined,
): VirtualAddress | undefined {
  if (value?.kind === 'constant') return low && virtualAddress(low + Number(value.value));
  return unit.addressOf(value);
}

function readRangeList(unit: RangeUnit, value: FormValue): AddressRange[] {
  const old = unit.encoding.version < 5;
  const section = old ? '.debug_ranges' : '.debug_rnglists';
  const offset =
    value.kind === 'rangeListIndex'
      ? unit.listOffset(section, AT.rangeListsBase, value.value)
      : unit.sectionOffsetOf(value);
  if (offset === undefined) return [];
  if (!unit.rangeAllowance.take(0)) throw new DecodeError('tooLarge', section, offset, 'ranges of the unit');
  const ranges = unit.decodeAt(section, offset, (cursor) => {
    const entries = old ? readPairs(cursor, unit) : readEntries(cursor, RANGE_LIST_ENTRIES, unit);
    return Array.from(entries, ({ low, high }) => ({ low, high }));
  });
  unit.rangeAllowance.take(ranges.length);
  return ranges;
}

/** Linkers give dropped code the address 0, 1, or one of the two highest. */
const TOMBSTONES: readonly number[] = [0, 1, -1, -2];
const isReal = ({ low, high }: AddressRange): boolean => low < high && !TOMBSTONES.includes(low);

export const covers = (ranges: readonly AddressRange[], address: VirtualAddress): boolean =>
  ranges.some(({ low, high }) => low <= address && address < high);
