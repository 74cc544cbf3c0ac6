import type { VirtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import { readUnitLength } from './unitLayout';

/**
 * The offset in .debug_info of the unit that .debug_aranges has for an address (DWARF 5, 6.1.2). Nothing is kept: one
 * pass over the table takes less than to sort it.
 *
 *     unit_length | version u16 = 2 | debug_info_offset | address_size u8 | segment_selector_size u8
 *     padding to a multiple of two addresses from the start of the set | (address, length)* | (0, 0)
 *
 * @throws DecodeError `truncated`, `badVersion`, `badEncoding`
 */
export function unitOffsetAt(section: Uint8Array, address: VirtualAddress): number | undefined {
  const cursor = new Cursor(section, '.debug_aranges');
  const view = new DataView(section.buffer, section.byteOffset, section.length);
  while (cursor.remaining > 0) {
    const start = cursor.offset;
    const { length, offsetSize } = readUnitLength(cursor);
    const end = cursor.offset + length;
    if (length > cursor.remaining) throw cursor.error('truncated');
    if (cursor.u16() !== 2) throw cursor.error('badVersion', '.debug_aranges');
    const unit = cursor.sectionOffset(offsetSize);
    const addressSize = cursor.u8();
    if (cursor.u8() !== 0) throw cursor.error('badEncoding', 'segment selectors');
    if (addressSize !== ADDRESS_BYTES) throw cursor.error('badEncoding', `address of ${addressSize} bytes`);
    cursor.skip((TUPLE_BYTES - ((cursor.offset - start) % TUPLE_BYTES)) % TUPLE_BYTES);
    for (let at = cursor.offset; at + TUPLE_BYTES <= end; at += TUPLE_BYTES) {
      const low = addressAt(view, at);
      if (low <= address && address < low + addressAt(view, at + ADDRESS_BYTES)) return unit;
    }
    cursor.seek(end);
  }
  return undefined;
}

/** The signed reading of 64 bits, as elf/address.ts keeps addresses. */
const addressAt = (view: DataView, at: number): number =>
  view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);

const ADDRESS_BYTES = 8;
const TUPLE_BYTES = 2 * ADDRESS_BYTES;
