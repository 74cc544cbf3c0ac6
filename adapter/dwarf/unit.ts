import type { AddressRange, VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import { DecodeError } from '../elf/decodeError';
import type { Abbreviation, AbbreviationTable } from './abbreviation';
import { AT } from './constants';
import type { DebugSections } from './debugSections';
import { readForm, type Encoding, type FormValue } from './form';
import type { RangeAllowance } from './rangeAllowance';
import { codeRanges } from './rangeList';
import type { Found } from './relatedFile';
import { tolerant } from './tolerance';
import type { UnitLayout } from './unitLayout';

/** Finds the other units of a unit's file, and those of the files that belong to it. */
export interface UnitDirectory {
  readonly sections: DebugSections;
  /** Of .debug_info, in the file's order. */
  readonly units: readonly Unit[];
  /** The unit of .debug_info that has this offset. */
  unitHolding(offset: number): Unit | undefined;
  typeUnit(signature: bigint): Unit | undefined;
  /** Those that are not among `units`: of further sections, and of the package that the file is part of. */
  readonly typeUnits: readonly Unit[];
  /** Where the entries are that a skeleton stands for (DWARF 5, 3.1.2). */
  splitUnit(skeleton: Unit): Found<Unit>;
  /** The file that DW_FORM_*_sup and DW_FORM_GNU_*_alt lead to. */
  supplement(): Found<UnitDirectory>;
}

/** Where the contribution of a unit starts in each section that a package has in parts (DWARF 5, 7.3.5.3). */
export type SectionStarts = ReadonlyMap<string, number>;

/** One contribution to .debug_info or .debug_types: its encoding, its root DIE's attributes, and what they resolve. */
export class Unit {
  readonly encoding: Encoding;
  private readonly ownRanges: RangeAllowance;
  private rootValues: ReadonlyMap<number, FormValue> | undefined;
  private rootTag = 0;
  private table: AbbreviationTable | undefined;
  private code: readonly AddressRange[] | undefined;
  private base: VirtualAddress | undefined;
  private entries: Unit | undefined;
  private skeleton: Unit | undefined;
  private user: Unit | undefined;

  constructor(
    readonly layout: UnitLayout,
    readonly directory: UnitDirectory,
    private readonly starts: SectionStarts = new Map<string, number>(),
  ) {
    this.encoding = layout.encoding;
    this.ownRanges = directory.sections.rangesOfUnit();
  }

  /** Of the section that has the ranges: until DWARF 5 the skeleton's. */
  get rangeAllowance(): RangeAllowance {
    return this.skeleton !== undefined && this.encoding.version < 5
      ? this.skeleton.rangeAllowance
      : this.ownRanges;
  }

  get sections(): DebugSections {
    return this.directory.sections;
  }

  /** The unit that has the entries: for a skeleton its split unit where there is one, otherwise the unit itself. */
  get full(): Unit {
    this.entries ??= this.readFull();
    return this.entries;
  }

  /** Are the entries in another file? @throws DecodeError */
  get isSkeleton(): boolean {
    if (this.encoding.version >= 5) return this.layout.type === 'skeleton';
    return !this.sections.isSplit && this.root(AT.gnuDwoName) !== undefined;
  }

  /** What a skeleton and its split unit have in common. @throws DecodeError */
  get dwoId(): bigint | undefined {
    if (this.encoding.version >= 5) return this.layout.dwoId;
    const id = this.root(AT.gnuDwoId);
    return id?.kind === 'constant' ? id.value : undefined;
  }

  /**
   * DW_LANG_ number; of a partial unit, which dwz gives none, that of the unit that first referred to it.
   * @throws DecodeError
   */
  get language(): number | undefined {
    return this.languageWithin(MAX_USERS);
  }

  /** Tells a unit which other one refers to it. */
  usedBy(unit: Unit): void {
    if (unit !== this) this.user ??= unit;
  }

  /** Tells a split unit where its addresses are: with its skeleton (DWARF 5, 3.1.3). */
  belongTo(skeleton: Unit): void {
    this.skeleton = skeleton;
  }

  /** @throws DecodeError `missingFile` */
  supplement(): UnitDirectory {
    const found = this.directory.supplement();
    if (found.ok) return found.value;
    const detail = `supplementary file ${found.attempts.map(({ path }) => path).join(', ')}`;
    throw new DecodeError('missingFile', this.layout.section, this.layout.offset, detail);
  }

  get abbreviations(): AbbreviationTable {
    const offset = this.start('.debug_abbrev') + this.layout.abbreviations;
    this.table ??= this.sections.abbreviations(offset, this.encoding);
    return this.table;
  }

  /** Where the offsets that the unit has into a section count from. */
  start(section: string): number {
    return this.starts.get(section) ?? 0;
  }

  /** Decodes what an offset of the unit into another section leads to. @throws DecodeError */
  decodeAt<T>(section: string, offset: number, decode: (cursor: Cursor) => T): T {
    const { skeleton } = this;
    if (skeleton === undefined || section !== '.debug_ranges')
      return this.sections.decode(section, this.start(section) + offset, decode);
    return skeleton.decodeAt(section, (skeleton.rootOffset(AT.gnuRangesBase) ?? 0) + offset, decode);
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
    this.base ??= this.skeleton?.baseAddress ?? this.addressOf(this.root(AT.lowPc)) ?? virtualAddress(0);
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

  /** @throws DecodeError `outOfRange`, `badEncoding`, `missingFile` */
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
      case 'supplementaryString':
        return this.supplement().sections.string('.debug_str', value.value);
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

  /** Entry of .debug_addr (DWARF 5, 7.27). @throws DecodeError `badEncoding` where the unit does not say which part is its own */
  indexedAddress(index: number): VirtualAddress {
    if (this.skeleton !== undefined) return this.skeleton.indexedAddress(index);
    const { addressSize } = this.encoding;
    const base = this.rootOffset(AT.addressBase) ?? this.rootOffset(AT.gnuAddressBase);
    if (base === undefined)
      throw new DecodeError('badEncoding', this.layout.section, this.layout.offset, 'no DW_AT_addr_base');
    return this.sections.decode('.debug_addr', base + index * addressSize, (cursor) =>
      virtualAddress(cursor.address(addressSize)),
    );
  }

  /** Where the list with this index starts in .debug_rnglists or .debug_loclists (DWARF 5, 7.28, 7.29). */
  listOffset(section: string, baseAttribute: number, index: number): number {
    const { offsetSize } = this.encoding;
    const base = this.rootOffset(baseAttribute) ?? LIST_HEADER[offsetSize];
    const entry = base + index * offsetSize;
    return base + this.decodeAt(section, entry, (cursor) => cursor.sectionOffset(offsetSize));
  }

  /** Entry of .debug_str_offsets (DWARF 5, 7.26). */
  private indexedString(index: number): number {
    const { offsetSize } = this.encoding;
    const header = this.encoding.version < 5 ? 0 : STRING_OFFSETS_HEADER[offsetSize];
    const base = this.rootOffset(AT.stringOffsetsBase) ?? header;
    return this.decodeAt('.debug_str_offsets', base + index * offsetSize, (cursor) =>
      cursor.sectionOffset(offsetSize),
    );
  }

  private languageWithin(steps: number): number | undefined {
    const value = this.root(AT.language);
    if (value?.kind === 'constant') return Number(value.value);
    return steps === 0 ? undefined : this.user?.languageWithin(steps - 1);
  }

  private readFull(): Unit {
    const found = tolerant(() => (this.isSkeleton ? this.directory.splitUnit(this) : undefined));
    return found?.ok === true ? found.value : this;
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

/** Partial units that refer to one another. */
const MAX_USERS = 16;
const ROOT_BYTES = 1024;
/** Bytes of the header before the first entry, by offset size; the base where the root DIE gives none. */
const LIST_HEADER = { 4: 12, 8: 20 } as const;
const STRING_OFFSETS_HEADER = { 4: 8, 8: 16 } as const;
