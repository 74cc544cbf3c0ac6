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
  /** What was read for earlier questions: a file's lines are in few places, and go to and fro between them. */
  private readonly parts: RangePart[] = [];

  constructor(private readonly section: Uint8Array) {}

  /** The offset of the unit in .debug_info; undefined where the table has none or is damaged. */
  unitAt(address: VirtualAddress): number | undefined {
    let part = this.parts.find(({ low, high }) => low <= address && address < high);
    if (part === undefined) {
      part = this.read(address);
      this.parts.push(part);
    }
    return part.spans.at(address);
  }

  /** One pass over the table takes less than to sort it, and the next question mostly is about code nearby. */
  private read(address: VirtualAddress): RangePart {
    const isWhole = this.parts.length === MAX_PARTS;
    const low = isWhole ? -Infinity : address - PART_BYTES;
    const high = isWhole ? Infinity : address + PART_BYTES;
    const spans: AddressSpan<number>[] = [];
    const isRead = tolerant(() => {
      addRanges(this.section, low, high, spans);
      return true;
    });
    return { low, high, spans: new AddressSpans(isRead === true ? spans : []) };
  }
}

/** What the table says about addresses from `low` to below `high`. */
interface RangePart {
  readonly low: number;
  readonly high: number;
  readonly spans: AddressSpans<number>;
}

/**
 *     unit_length | version u16 = 2 | debug_info_offset | address_size u8 | segment_selector_size u8
 *     padding to a multiple of two addresses from the start of the set | (address, length)* | (0, 0)
 *
 * @param from,to adds the ranges that have any of these addresses
 * @throws DecodeError `truncated`, `badVersion`, `badEncoding`
 */
function addRanges(section: Uint8Array, from: number, to: number, spans: AddressSpan<number>[]): void {
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
      if (low !== 0 && low < high && low < to && high > from)
        spans.push({ low: low as VirtualAddress, high: high as VirtualAddress, holder: unit });
    }
    cursor.seek(end);
  }
}

/** The signed reading of 64 bits, as elf/address.ts keeps addresses. */
const addressAt = (view: DataView, at: number): number =>
  view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);

const ADDRESS_BYTES = 8;
const TUPLE_BYTES = 2 * ADDRESS_BYTES;
/** After so many the whole table is worth its memory. */
const MAX_PARTS = 64;
/** To both sides of an address. */
const PART_BYTES = 1 << 18;
