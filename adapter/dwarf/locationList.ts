import type { VirtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import { DecodeError } from '../elf/decodeError';
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
  const found = foundIn(unit, section, offset, address);
  if (found instanceof DecodeError) throw found;
  return found && new Cursor(found.bytes, section, found.start);
}

/** As it is in the section, or why the list cannot be read. */
type Found = { readonly bytes: Uint8Array; readonly start: number } | DecodeError | undefined;

/** What a unit's lists have for the address that was asked last, by their offsets: variables may share a long one. */
interface Answers {
  readonly address: VirtualAddress;
  readonly found: Map<number, Found>;
}
const ANSWERS = new WeakMap<Unit, Answers>();

function foundIn(unit: Unit, section: string, offset: number, address: VirtualAddress): Found {
  let answers = ANSWERS.get(unit);
  if (answers?.address !== address) {
    answers = { address, found: new Map<number, Found>() };
    ANSWERS.set(unit, answers);
  }
  const { found } = answers;
  if (!found.has(offset)) found.set(offset, searched(unit, section, offset, address));
  return found.get(offset);
}

function searched(unit: Unit, section: string, offset: number, address: VirtualAddress): Found {
  try {
    return unit.decodeAt(section, offset, (cursor) => search(unit, cursor, address));
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
}

function search(unit: Unit, cursor: Cursor, address: VirtualAddress): Found {
  let fallback: Found;
  for (const { low, high, isDefault } of entriesOf(unit, cursor)) {
    const length = unit.encoding.version < 5 ? cursor.u16() : cursor.uleb();
    const start = cursor.offset;
    const bytes = cursor.take(length);
    // A copy: nobody shall keep what it was read from.
    if (isDefault) fallback = { start, bytes: bytes.slice() };
    else if (low <= address && address < high) return { start, bytes: bytes.slice() };
  }
  return fallback;
}

function entriesOf(unit: Unit, cursor: Cursor): Iterable<ListEntry> {
  if (unit.encoding.version >= 5) return readEntries(cursor, LOCATION_LIST_ENTRIES, unit);
  return unit.sections.isSplit
    ? readEntries(cursor, GNU_LOCATION_LIST_ENTRIES, unit)
    : readPairs(cursor, unit);
}
