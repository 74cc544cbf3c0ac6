import { Cursor } from '../elf/cursor';
import type { ElfImage } from '../elf/image';

/** The bytes that a unit has of each section of a package, by the section's name without `.dwo`. */
export type Contribution = ReadonlyMap<string, { readonly offset: number; readonly size: number }>;

/**
 * .debug_cu_index or .debug_tu_index of a package: which bytes of each section belong to a unit (DWARF 5, 7.3.5.3;
 * version 2: GNU wiki, "DebugFissionDWP").
 *
 *     version u32 (2), or u16 (5) and 2 bytes of padding | columns u32 | rows u32 | slots u32
 *     slots x signature u64 | slots x row u32, from 1; 0 in a free slot
 *     columns x section u32
 *     rows x columns x offset u32 | rows x columns x size u32
 */
export class PackageIndex {
  private constructor(
    private readonly cursor: Cursor,
    private readonly rows: number,
    private readonly slots: number,
    /** Names of the sections, by column; undefined for those that are not read here. */
    private readonly columns: readonly (string | undefined)[],
    private readonly tables: number,
  ) {}

  /**
   * Undefined where the file has no such index.
   * @throws DecodeError `truncated`, `badVersion`, `badEncoding`
   */
  static read(image: ElfImage, name: '.debug_cu_index' | '.debug_tu_index'): PackageIndex | undefined {
    const section = image.section(name);
    if (section === undefined) return undefined;
    const cursor = new Cursor(image.body(section), name);
    const version = cursor.u32() & 0xffff;
    const names = SECTIONS[version];
    if (names === undefined) throw cursor.error('badVersion', `index of version ${version}`);
    const columnCount = cursor.u32();
    const rows = cursor.u32();
    const slots = cursor.u32();
    if ((slots & (slots - 1)) !== 0) throw cursor.error('badEncoding', `${slots} slots`);
    const size = slots * SLOT_BYTES + columnCount * 4 + rows * columnCount * 8;
    if (size > cursor.remaining) throw cursor.error('truncated', `index of ${size} bytes`);
    cursor.skip(slots * SLOT_BYTES);
    const columns = Array.from({ length: columnCount }, () => names[cursor.u32()]);
    return new PackageIndex(cursor, rows, slots, columns, cursor.offset);
  }

  /** The contribution of the unit with this dwo_id or type signature. @throws DecodeError `badEncoding` */
  find(signature: bigint): Contribution | undefined {
    const row = this.rowOf(signature);
    if (row === undefined) return undefined;
    if (row > this.rows) throw this.cursor.error('badEncoding', `row ${row} of ${this.rows}`);
    const width = this.columns.length;
    const offsets = this.numbers(this.tables + (row - 1) * width * 4, width);
    const sizes = this.numbers(this.tables + (this.rows + row - 1) * width * 4, width);
    return new Map(
      this.columns.flatMap((name, column) =>
        name === undefined ? [] : [[name, { offset: offsets[column]!, size: sizes[column]! }] as const],
      ),
    );
  }

  /** Of all units. */
  signatures(): readonly bigint[] {
    const found: bigint[] = [];
    for (let slot = 0; slot < this.slots; slot++) {
      const [row] = this.numbers(HEADER_BYTES + this.slots * 8 + slot * 4, 1);
      this.cursor.seek(HEADER_BYTES + slot * 8);
      if (row !== 0) found.push(this.cursor.u64());
    }
    return found;
  }

  /** Double hashing, as 7.3.5.3 gives it. */
  private rowOf(signature: bigint): number | undefined {
    const mask = this.slots - 1;
    const step = (Number((signature >> 32n) & 0xffff_ffffn) & mask) | 1;
    let slot = Number(signature & 0xffff_ffffn) & mask;
    for (let probes = 0; probes < this.slots; probes++) {
      const [row] = this.numbers(HEADER_BYTES + this.slots * 8 + slot * 4, 1);
      if (row === 0) return undefined;
      this.cursor.seek(HEADER_BYTES + slot * 8);
      if (this.cursor.u64() === signature) return row;
      slot = (slot + step) & mask;
    }
    return undefined;
  }

  private numbers(offset: number, count: number): number[] {
    this.cursor.seek(offset);
    return Array.from({ length: count }, () => this.cursor.u32());
  }
}

/** DW_SECT_* by version (DWARF 5, table 7.1). */
const SECTIONS: Readonly<Partial<Record<number, Readonly<Partial<Record<number, string>>>>>> = {
  2: {
    1: '.debug_info',
    2: '.debug_types',
    3: '.debug_abbrev',
    4: '.debug_line',
    5: '.debug_loc',
    6: '.debug_str_offsets',
  },
  5: {
    1: '.debug_info',
    3: '.debug_abbrev',
    4: '.debug_line',
    5: '.debug_loclists',
    6: '.debug_str_offsets',
    8: '.debug_rnglists',
  },
};
const HEADER_BYTES = 16;
/** A signature and the row it leads to. */
const SLOT_BYTES = 12;
