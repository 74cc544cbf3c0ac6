import type { VirtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import { AddressSpans, type AddressSpan } from './addressSpans';
import { tolerant } from './tolerance';
import { readUnitLength } from './unitLayout';

/**
 * .debug_aranges (DWARF 5, 6.1.2): which unit has an address. Where ranges overlap, as those of functions do that several
 * units have and the linker kept once, the one that starts last wins, and of those that start together the last one.
 */
export class AddressRangeTable {
  private passes = 0;
  private spans: AddressSpans<number> | undefined;

  constructor(private readonly section: Uint8Array) {}

  /** The offset of the unit in .debug_info; undefined where the table has none or is damaged. */
  unitAt(address: VirtualAddress): number | undefined {
    if (this.passes === MAX_PASSES) {
      this.spans ??= new AddressSpans(tolerant(() => this.all()) ?? []);
      return this.spans.at(address);
    }
    this.passes++;
    return tolerant(() => this.find(address));
  }

  private find(address: VirtualAddress): number | undefined {
    let start = -Infinity;
    let found: number | undefined;
    eachRange(this.section, (low, high, unit) => {
      if (low <= address && address < high && low >= start) [start, found] = [low, unit];
    });
    return found;
  }

  private all(): AddressSpan<number>[] {
    const spans: AddressSpan<number>[] = [];
    eachRange(this.section, (low, high, holder) => {
      spans.push({ low: low as VirtualAddress, high: high as VirtualAddress, holder });
    });
    return spans;
  }
}

/**
 *     unit_length | version u16 = 2 | debug_info_offset | address_size u8 | segment_selector_size u8
 *     padding to a multiple of two addresses from the start of the set | (address, length)* | (0, 0)
 *
 * @throws DecodeError `truncated`, `badVersion`, `badEncoding`
 */
function eachRange(section: Uint8Array, visit: (low: number, high: number, unit: number) => void): void {
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
      const high = low + addressAt(view, at + ADDRESS_BYTES);
      if (low !== 0 && low < high) visit(low, high, unit);
    }
    cursor.seek(end);
  }
}

/** The signed reading of 64 bits, as elf/address.ts keeps addresses. */
const addressAt = (view: DataView, at: number): number =>
  view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);

const ADDRESS_BYTES = 8;
const TUPLE_BYTES = 2 * ADDRESS_BYTES;
/** One pass over the table takes less than to sort it; from some of them on the sorted table is worth its memory. */
const MAX_PASSES = 64;
