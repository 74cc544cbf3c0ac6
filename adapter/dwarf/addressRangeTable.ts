import type { VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import { readUnitLength } from './unitLayout';

/** A piece of machine code and the unit that describes it. */
interface UnitRange {
  readonly low: VirtualAddress;
  readonly high: VirtualAddress;
  /** Offset of the unit in .debug_info. */
  readonly unit: number;
}

/**
 * Reads .debug_aranges (DWARF 5, 6.1.2).
 *
 *     unit_length | version u16 = 2 | debug_info_offset | address_size u8 | segment_selector_size u8
 *     padding to a multiple of two addresses from the start of the set | (address, length)* | (0, 0)
 *
 * @throws DecodeError `truncated`, `badVersion`, `badEncoding`
 */
export function readAddressRanges(section: Uint8Array): UnitRange[] {
  const cursor = new Cursor(section, '.debug_aranges');
  const ranges: UnitRange[] = [];
  while (cursor.remaining > 0) {
    const start = cursor.offset;
    const { length, offsetSize } = readUnitLength(cursor);
    const end = cursor.offset + length;
    if (length > cursor.remaining) throw cursor.error('truncated');
    if (cursor.u16() !== 2) throw cursor.error('badVersion', '.debug_aranges');
    const unit = cursor.sectionOffset(offsetSize);
    const addressSize = cursor.u8();
    if (cursor.u8() !== 0) throw cursor.error('badEncoding', 'segment selectors');
    const tuple = 2 * addressSize;
    cursor.skip((tuple - ((cursor.offset - start) % tuple)) % tuple);
    while (cursor.offset + tuple <= end) {
      const low = cursor.address(addressSize);
      const high = low + cursor.address(addressSize);
      if (low !== 0 && low < high)
        ranges.push({ low: virtualAddress(low), high: virtualAddress(high), unit });
    }
    cursor.seek(end);
  }
  return ranges;
}
