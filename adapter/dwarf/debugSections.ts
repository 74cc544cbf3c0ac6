import { Cursor } from '../elf/cursor';
import { DecodeError } from '../elf/decodeError';
import type { ElfImage, Section } from '../elf/image';
import { AbbreviationTable } from './abbreviation';
import type { Encoding } from './form';
import { RangeAllowance } from './rangeAllowance';
import { StringTable } from './stringTable';
import type { UnitLayout } from './unitLayout';

/** The .debug_ sections of a file: read when first touched, then remembered. */
export class DebugSections {
  private readonly bodies = new Map<string, Uint8Array>();
  private readonly windows = new Map<string, Window>();
  private readonly strings = new Map<string, StringTable>();
  private readonly tables = new Map<string, AbbreviationTable>();
  private readonly units = new Map<UnitLayout, UnitContents>();
  private latest: UnitContents | undefined;
  private unitBytes = 0;

  private readonly known = new Map<string, Section | undefined>();
  /** Of all units: one bad unit shall not cost the others theirs. */
  private readonly ranges = new RangeAllowance(() => this.rangeBytes());

  /** @param isSplit of a .dwo or .dwp file: `.debug_x` stands for `.debug_x.dwo` */
  constructor(
    private readonly image: ElfImage,
    readonly isSplit = false,
  ) {}

  find(name: string): Section | undefined {
    if (!this.known.has(name)) this.known.set(name, this.named(name));
    return this.known.get(name);
  }

  /** A .dwo file may have each type unit in a section of its own; from the second on they are known by these names. */
  namesakes(name: string): readonly string[] {
    if (!this.isSplit || this.find(name) === undefined) return [name];
    const all = this.image.sections.filter((section) => this.nameOf(section) === name);
    for (const section of all.slice(1)) this.known.set(`${name}[${section.index}]`, section);
    return all.map((section, place) => (place === 0 ? name : `${name}[${section.index}]`));
  }

  /** Bytes when inflated; 0 where the file has no such section. */
  size(name: string): number {
    const section = this.find(name);
    if (section === undefined) return 0;
    return section.compressed || section.name.startsWith('.z') ? this.body(name).length : section.size;
  }

  /** @throws DecodeError `outOfRange` where the file has no such section */
  body(name: string): Uint8Array {
    let body = this.bodies.get(name);
    if (body === undefined) {
      body = this.image.body(this.existing(name));
      this.bodies.set(name, body);
    }
    return body;
  }

  /**
   * Decodes what is at an offset of a section without reading all of it: first from a window, and again from a wider
   * one where that ends too early.
   * @param decode leaves nothing behind when it throws, and decodes nothing else of the section meanwhile
   * @throws DecodeError `outOfRange`, and what `decode` throws
   */
  decode<T>(name: string, offset: number, decode: (cursor: Cursor) => T): T {
    return this.through(name, offset, ({ cursor }) => {
      cursor.seek(offset);
      return decode(cursor);
    });
  }

  /** A string of .debug_str or .debug_line_str. @throws DecodeError `outOfRange`, `badEncoding` */
  string(name: string, offset: number): string {
    let strings = this.strings.get(name);
    if (strings === undefined) {
      strings = new StringTable({
        size: this.size(name),
        slice: (at, length) => this.bytes(name, at, length),
        whole: () => new Cursor(this.body(name), name),
      });
      this.strings.set(name, strings);
    }
    return strings.at(offset);
  }

  /** A part of a section, which may be large; not remembered. */
  slice(name: string, offset: number, length: number): Cursor {
    return new Cursor(this.bytes(name, offset, length), name, offset);
  }

  /** As `slice`. */
  bytes(name: string, offset: number, length: number): Uint8Array {
    return this.image.slice(this.existing(name), offset, length);
  }

  /** A unit from its header to its end; remembered while there is room. */
  unit(layout: UnitLayout): UnitContents {
    if (this.latest?.layout === layout) return this.latest;
    const known = this.units.get(layout);
    const contents = known ?? this.readUnit(layout);
    if (known !== undefined) this.units.delete(layout);
    else this.unitBytes += contents.bytes.length;
    this.units.set(layout, contents);
    this.latest = contents;
    this.forgetUnits();
    return contents;
  }

  /** Each entry takes three bytes at least, mostly five and more (DWARF 5, 7.25), and is read twice at most. */
  rangesOfUnit(): RangeAllowance {
    return new RangeAllowance(() => this.rangeBytes() / 2, this.ranges);
  }

  abbreviations(offset: number, encoding: Encoding): AbbreviationTable {
    const key = `${offset}/${encoding.version}/${encoding.addressSize}/${encoding.offsetSize}`;
    let table = this.tables.get(key);
    if (table === undefined) {
      table = this.through('.debug_abbrev', offset, ({ bytes, start }) =>
        AbbreviationTable.skim(new Cursor(bytes, '.debug_abbrev', start, offset - start), encoding),
      );
      this.tables.set(key, table);
    }
    return table;
  }

  private through<T>(name: string, offset: number, decode: (window: Window) => T): T {
    for (let length = WINDOW_BYTES; ; length *= 16) {
      const window = this.window(name, offset, length);
      try {
        return decode(window);
      } catch (error) {
        const isWhole = window.start + window.bytes.length === this.size(name);
        if (isWhole || !(error instanceof DecodeError) || error.code !== 'truncated') throw error;
      }
    }
  }

  /** A part of a section from `offset`, or from before it, of at least `length` bytes or to the section's end. */
  private window(name: string, offset: number, length: number): Window {
    const size = this.size(name);
    const known = this.windows.get(name);
    if (known !== undefined && known.start <= offset) {
      const end = known.start + known.bytes.length;
      if (end === size || end >= offset + length / 2) return known;
    }
    if (offset > size) throw new DecodeError('outOfRange', name, offset);
    const bytes = this.image.slice(this.existing(name), offset, Math.min(length, size - offset));
    const window = { start: offset, bytes, cursor: new Cursor(bytes, name, offset) };
    this.windows.set(name, window);
    return window;
  }

  private rangeBytes(): number {
    return MIN_RANGE_BYTES + this.size('.debug_ranges') + this.size('.debug_rnglists');
  }

  private named(name: string): Section | undefined {
    const section = this.image.section(this.isSplit ? name + SPLIT_SUFFIX : name);
    return section === undefined || section.type === 'nobits' ? undefined : section;
  }

  private nameOf(section: Section): string {
    return section.name.replace(/^\.zdebug_/, '.debug_').replace(/\.dwo$/, '');
  }

  private existing(name: string): Section {
    const section = this.find(name);
    if (section === undefined) throw new DecodeError('outOfRange', name, 0, 'no such section');
    return section;
  }

  private readUnit(layout: UnitLayout): UnitContents {
    const { section, offset, end } = layout;
    const bytes = this.image.slice(this.existing(section), offset, end - offset);
    return { layout, bytes, cursor: new Cursor(bytes, section, offset) };
  }

  /** Least recently used first: a Map keeps the order of insertion. */
  private forgetUnits(): void {
    for (const [layout, { bytes }] of this.units) {
      if (this.unitBytes <= MAX_UNIT_BYTES || this.units.size === 1) return;
      this.units.delete(layout);
      this.unitBytes -= bytes.length;
    }
  }
}

/** A part of a section. */
interface Window {
  /** In the section. */
  readonly start: number;
  readonly bytes: Uint8Array;
  /** Over the bytes; whoever reads with it seeks first. */
  readonly cursor: Cursor;
}

/** A unit's bytes and the one cursor over them; whoever reads with it seeks first and is done before others seek. */
export interface UnitContents {
  readonly layout: UnitLayout;
  readonly bytes: Uint8Array;
  readonly cursor: Cursor;
}

/** A split unit of DWARF 4 has its ranges with its skeleton. */
const MIN_RANGE_BYTES = 1 << 16;
/** DWARF 5, 7.3.2.2. */
const SPLIT_SUFFIX = '.dwo';
/** Of a section that is read in parts. */
const WINDOW_BYTES = 1 << 16;
/** Bytes of units' DIEs that are kept in memory. */
const MAX_UNIT_BYTES = 64 << 20;
