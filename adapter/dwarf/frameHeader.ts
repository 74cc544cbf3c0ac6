import type { VirtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import type { ElfImage } from '../elf/image';
import { readPointer } from './frameEncoding';

/**
 * The sorted table of .eh_frame_hdr (LSB 5.0, Core, 10.6.2), which finds frame descriptions without reading them all.
 *
 *     version u8 = 1 | eh_frame_ptr_enc u8 | fde_count_enc u8 | table_enc u8 | eh_frame_ptr | fde_count
 *     (initial_location, address of the FDE)*
 */
export class FrameHeader {
  private constructor(
    private readonly cursor: Cursor,
    private readonly address: number,
    private readonly table: number,
    private readonly count: number,
  ) {}

  /** Undefined where the file has none, or one without a table in the form that all linkers write. */
  static read(image: ElfImage): FrameHeader | undefined {
    const section = image.section('.eh_frame_hdr');
    if (section === undefined || section.type === 'nobits') return undefined;
    const cursor = new Cursor(image.body(section), section.name);
    const version = cursor.u8();
    const frameEncoding = cursor.u8();
    const countEncoding = cursor.u8();
    if (version !== 1 || cursor.u8() !== TABLE_ENCODING) return undefined;
    readPointer(cursor, frameEncoding, section.address);
    const count = readPointer(cursor, countEncoding, section.address);
    const table = cursor.offset;
    cursor.skip(count * ENTRY_SIZE);
    return new FrameHeader(cursor, section.address, table, count);
  }

  /** Address of the description that starts last at or before an address. */
  descriptionBefore(address: VirtualAddress): number | undefined {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entry(middle, 0) <= address) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? undefined : this.entry(low - 1, 4);
  }

  /** Fields count from the start of the header's section. */
  private entry(index: number, field: 0 | 4): number {
    this.cursor.seek(this.table + index * ENTRY_SIZE + field);
    return this.address + this.cursor.i32();
  }
}

/** DW_EH_PE_datarel | DW_EH_PE_sdata4 */
const TABLE_ENCODING = 0x3b;
const ENTRY_SIZE = 8;
