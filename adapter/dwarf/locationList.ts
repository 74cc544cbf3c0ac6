import type { VirtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import { AT } from './constants';
import type { FormValue } from './form';
import {
  GNU_LOCATION_LIST_ENTRIES,
  LOCATION_LIST_ENTRIES,
  readEntries,
  readPairs,
  type ListEntry,
} from './listEntry';
import type { Unit } from './unit';

/**
 * The expression that a location list has for an address (DWARF 5, 2.6.2); undefined where no entry covers it. A list
 * is entered only at the offset that an attribute gives: between lists GCC puts pairs of view numbers.
 * @throws DecodeError
 */
export function expressionInList(unit: Unit, list: FormValue, address: VirtualAddress): Cursor | undefined {
  const old = unit.encoding.version < 5;
  const section = old ? '.debug_loc' : '.debug_loclists';
  const offset =
    list.kind === 'locationListIndex'
      ? unit.listOffset(section, AT.locationListsBase, list.value)
      : unit.sectionOffsetOf(list);
  if (offset === undefined) return undefined;
  return unit.decodeAt(section, offset, (cursor) => {
    let fallback: Cursor | undefined;
    for (const { low, high, isDefault } of entriesOf(unit, cursor)) {
      const length = old ? cursor.u16() : cursor.uleb();
      const start = cursor.offset;
      const expression = new Cursor(cursor.take(length), section, start);
      if (isDefault) fallback = expression;
      else if (low <= address && address < high) return expression;
    }
    return fallback;
  });
}

function entriesOf(unit: Unit, cursor: Cursor): Iterable<ListEntry> {
  if (unit.encoding.version >= 5) return readEntries(cursor, LOCATION_LIST_ENTRIES, unit);
  return unit.sections.isSplit
    ? readEntries(cursor, GNU_LOCATION_LIST_ENTRIES, unit)
    : readPairs(cursor, unit);
}
