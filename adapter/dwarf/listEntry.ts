import type { VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import type { Cursor } from '../elf/cursor';
import type { Encoding } from './form';

/** What the lists of a unit refer to. */
export interface ListUnit {
  readonly encoding: Encoding;
  readonly baseAddress: VirtualAddress;
  indexedAddress(index: number): VirtualAddress;
}

/** One entry of a range list or location list with its base applied; `default` has no bounds. */
export interface ListEntry {
  readonly low: VirtualAddress;
  readonly high: VirtualAddress;
  readonly isDefault: boolean;
}

type EntryKind =
  | 'end'
  | 'baseIndex'
  | 'indexPair'
  | 'indexLength'
  | 'offsetPair'
  | 'default'
  | 'base'
  | 'pair'
  | 'length'
  | 'viewPair'
  | 'indexLength4'
  | 'offsetPair4';

/** DW_RLE_* by code (DWARF 5, 7.25). */
export const RANGE_LIST_ENTRIES = [
  'end', 'baseIndex', 'indexPair', 'indexLength', 'offsetPair', 'base', 'pair', 'length',
] as const satisfies readonly EntryKind[]; // prettier-ignore

/** DW_LLE_* by code (DWARF 5, 7.7.3), and GCC's DW_LLE_view_pair. */
export const LOCATION_LIST_ENTRIES = [
  'end', 'baseIndex', 'indexPair', 'indexLength', 'offsetPair', 'default', 'base', 'pair', 'length', 'viewPair',
] as const satisfies readonly EntryKind[]; // prettier-ignore

/** DW_LLE_GNU_* by code: .debug_loc.dwo of DWARF 4 (GNU wiki, "DebugFission"). */
export const GNU_LOCATION_LIST_ENTRIES = [
  'end', 'baseIndex', 'indexPair', 'indexLength4', 'offsetPair4',
] as const satisfies readonly EntryKind[]; // prettier-ignore

/**
 * Walks a list of DWARF 5 (2.17.3, 2.6.2). After each entry the caller reads what belongs to it (the location's
 * expression) from the same cursor before it asks for the next.
 * @throws DecodeError `truncated`, `badEncoding`, `outOfRange`, `tooLarge`
 */
export function* readEntries(
  cursor: Cursor,
  kinds: readonly EntryKind[],
  unit: ListUnit,
): Generator<ListEntry> {
  const { addressSize } = unit.encoding;
  let base: number = unit.baseAddress;
  for (let count = 0; count < MAX_LIST_ENTRIES; count++) {
    const code = cursor.u8();
    switch (kinds[code]) {
      case undefined:
        throw cursor.error('badEncoding', `list entry of kind ${code}`);
      case 'end':
        return;
      case 'baseIndex':
        base = unit.indexedAddress(cursor.uleb());
        break;
      case 'base':
        base = cursor.address(addressSize);
        break;
      case 'viewPair':
        cursor.uleb();
        cursor.uleb();
        break;
      case 'indexPair':
        yield bounded(unit.indexedAddress(cursor.uleb()), unit.indexedAddress(cursor.uleb()));
        break;
      case 'indexLength': {
        const low = unit.indexedAddress(cursor.uleb());
        yield bounded(low, low + cursor.uleb());
        break;
      }
      // GCC lets a range end before it starts: signed, and so empty.
      case 'indexLength4': {
        const low = unit.indexedAddress(cursor.uleb());
        yield bounded(low, low + cursor.i32());
        break;
      }
      case 'offsetPair4':
        yield bounded(base + cursor.u32(), base + cursor.u32());
        break;
      case 'offsetPair':
        yield bounded(base + cursor.uleb(), base + cursor.uleb());
        break;
      case 'pair':
        yield bounded(cursor.address(addressSize), cursor.address(addressSize));
        break;
      case 'length': {
        const low = cursor.address(addressSize);
        yield bounded(low, low + cursor.uleb());
        break;
      }
      case 'default':
        yield { ...bounded(0, 0), isDefault: true };
    }
  }
  throw cursor.error('tooLarge', 'list');
}

/**
 * As `readEntries`, for .debug_ranges and .debug_loc of DWARF 2 to 4 (DWARF 4, 2.17.3): pairs of offsets from a base;
 * (0, 0) ends the list, and a low of all ones makes the high the new base.
 */
export function* readPairs(cursor: Cursor, unit: ListUnit): Generator<ListEntry> {
  const { addressSize } = unit.encoding;
  const selectsBase = addressSize === 8 ? -1 : 0xffff_ffff;
  let base: number = unit.baseAddress;
  for (let count = 0; count < MAX_LIST_ENTRIES; count++) {
    const low = cursor.address(addressSize);
    const high = cursor.address(addressSize);
    if (low === 0 && high === 0) return;
    if (low === selectsBase) base = high;
    else yield bounded(base + low, base + high);
  }
  throw cursor.error('tooLarge', 'list');
}

const bounded = (low: number, high: number): ListEntry => ({
  low: virtualAddress(low),
  high: virtualAddress(high),
  isDefault: false,
});

const MAX_LIST_ENTRIES = 1 << 18;
