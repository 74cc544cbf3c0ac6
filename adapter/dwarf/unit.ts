import type { AddressRange, VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import { DecodeError } from '../elf/decodeError';
import type { Abbreviation, AbbreviationTable } from './abbreviation';
import { AT } from './constants';
import type { DebugSections } from './debugSections';
import { readForm, type Encoding, type FormValue } from './form';
import { codeRanges } from './rangeList';
import type { UnitLayout } from './unitLayout';

/** Finds other units of the file. */
export interface UnitDirectory {
  /** The unit of .debug_info that has this offset. */
  unitHolding(offset: number): Unit | undefined;
  typeUnit(signature: bigint): Unit | undefined;
}

/** One contribution to .debug_info or .debug_types: its encoding, its root DIE's attributes, and what they resolve. */
export class Unit {
  readonly encoding: Encoding;
  private rootValues: ReadonlyMap<number, FormValue> | undefined;
  private rootTag = 0;
  private table: AbbreviationTable | undefined;
  private code: readonly AddressRange[] | undefined;
  private base: VirtualAddress | undefined;

  constructor(
    readonly layout: UnitLayout,
    readonly sections: DebugSections,
    readonly directory: UnitDirectory,
  ) {
    this.encoding = layout.encoding;
  }

  get abbreviations(): AbbreviationTable {
    this.table ??= this.sections.abbreviations(this.layout.abbreviations, this.encoding);
    return this.table;
  }

  /** An attribute of the root DIE, by its DW_AT_ code. @throws DecodeError */
  root(attribute: number): FormValue | undefined {
    this.rootValues ??= this.readRoot();
    return this.rootValues.get(attribute);
  }

  /** DW_TAG_ of the root DIE. @throws DecodeError */
  get tag(): number {
    this.rootValues ??= this.readRoot();
    return this.rootTag;
  }

  /** Of the root DIE; empty where it has none. @throws DecodeError */
  get ranges(): readonly AddressRange[] {
    this.code ??= codeRanges(this, (attribute) => this.root(attribute));
    return this.code;
  }

  /** What offsets in range and location lists count from: DW_AT_low_pc of the root (DWARF 5, 3.1.1). */
  get baseAddress(): VirtualAddress {
    this.base ??= this.addressOf(this.root(AT.lowPc)) ?? virtualAddress(0);
    return this.base;
  }

  /** The unit's cursor, at a place in the unit. @throws DecodeError `outOfRange` */
  at(offset: number): Cursor {
    const { cursor } = this.sections.unit(this.layout);
    cursor.seek(offset);
    return cursor;
  }

  /** A cursor of its own over the DIEs, at the first. */
  dies(): Cursor {
    const { offset, firstDie, section } = this.layout;
    return new Cursor(this.sections.unit(this.layout).bytes, section, offset, firstDie - offset);
  }

  /** The abbreviation of the DIE at the cursor, which is left at its values; undefined for a null entry. */
  abbreviationAt(cursor: Cursor): Abbreviation | undefined {
    const code = cursor.uleb();
    if (code === 0) return undefined;
    const abbreviation = this.abbreviations.get(code);
    if (abbreviation === undefined) throw cursor.error('badEncoding', `no abbreviation ${code}`);
    return abbreviation;
  }

  /** @throws DecodeError `outOfRange`, `badEncoding`, `badForm` for strings of a supplementary file */
  stringOf(value: FormValue | undefined): string | undefined {
    switch (value?.kind) {
      case 'text':
        return value.value;
      case 'stringOffset':
        return this.sections.string('.debug_str', value.value);
      case 'lineStringOffset':
        return this.sections.string('.debug_line_str', value.value);
      case 'stringIndex':
        return this.sections.string('.debug_str', this.indexedString(value.value));
      case 'supplementary':
        throw new DecodeError('badForm', this.layout.section, this.layout.offset, 'supplementary file');
      default:
        return undefined;
    }
  }

  addressOf(value: FormValue | undefined): VirtualAddress | undefined {
    if (value?.kind === 'address') return value.value;
    return value?.kind === 'addressIndex' ? this.indexedAddress(value.value) : undefined;
  }

  /** An offset into another section: DW_FORM_sec_offset, and DW_FORM_data4 or data8 before DWARF 4. */
  sectionOffsetOf(value: FormValue | undefined): number | undefined {
    if (value?.kind === 'sectionOffset') return value.value;
    if (value?.kind !== 'constant' || this.encoding.version >= 4) return undefined;
    return value.width === 4 || value.width === 8 ? Number(value.value) : undefined;
  }

  /** Entry of .debug_addr (DWARF 5, 7.27). */
  indexedAddress(index: number): VirtualAddress {
    const { addressSize } = this.encoding;
    const base = this.rootOffset(AT.addressBase) ?? this.rootOffset(AT.gnuAddressBase) ?? 0;
    return this.sections.decode('.debug_addr', base + index * addressSize, (cursor) =>
      virtualAddress(cursor.address(addressSize)),
    );
  }

  /** Where the list with this index starts in .debug_rnglists or .debug_loclists (DWARF 5, 7.28, 7.29). */
  listOffset(section: string, baseAttribute: number, index: number): number {
    const { offsetSize } = this.encoding;
    const base = this.rootOffset(baseAttribute) ?? LIST_HEADER[offsetSize];
    const entry = base + index * offsetSize;
    return base + this.sections.decode(section, entry, (cursor) => cursor.sectionOffset(offsetSize));
  }

  /** Entry of .debug_str_offsets (DWARF 5, 7.26). */
  private indexedString(index: number): number {
    const { offsetSize } = this.encoding;
    const base = this.rootOffset(AT.stringOffsetsBase) ?? STRING_OFFSETS_HEADER[offsetSize];
    return this.sections.decode('.debug_str_offsets', base + index * offsetSize, (cursor) =>
      cursor.sectionOffset(offsetSize),
    );
  }

  private rootOffset(attribute: number): number | undefined {
    return this.sectionOffsetOf(this.root(attribute));
  }

  /** Without the rest of the unit where the root is as small as it always is. */
  private readRoot(): ReadonlyMap<number, FormValue> {
    const { section, firstDie, end } = this.layout;
    const head = Math.min(ROOT_BYTES, end - firstDie);
    try {
      return this.readRootFrom(this.sections.slice(section, firstDie, head));
    } catch (error) {
      if (!(error instanceof DecodeError) || head === end - firstDie) throw error;
      return this.readRootFrom(this.dies());
    }
  }

  private readRootFrom(cursor: Cursor): ReadonlyMap<number, FormValue> {
    const values = new Map<number, FormValue>();
    const abbreviation = this.abbreviationAt(cursor);
    this.rootTag = abbreviation?.tag ?? 0;
    for (const { name, form, implicit } of abbreviation?.attributes ?? [])
      values.set(name, readForm(cursor, form, this.encoding, implicit));
    return values;
  }
}

const ROOT_BYTES = 1024;
/** Bytes of the header before the first entry, by offset size; the base where the root DIE gives none. */
const LIST_HEADER = { 4: 12, 8: 20 } as const;
const STRING_OFFSETS_HEADER = { 4: 8, 8: 16 } as const;
