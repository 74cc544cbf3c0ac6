import { AT } from './constants';
import type { DebugSections } from './debugSections';
import { tolerant } from './tolerance';
import type { Unit, UnitDirectory } from './unit';
import { readUnitLength } from './unitLayout';
import { WordSearch } from './wordSearch';

/**
 * Finds the units that may have an entry of a given name by comparing bytes, so that the entries of all others need not
 * be read. It may name too many (a number that looks like a string's offset), never too few: the indices that
 * producers write for this (.debug_names, .gdb_index, .debug_pubnames) leave out much, and may be stale.
 */
export class NameSearch {
  private readonly known = new Map<string, Found>();

  constructor(private readonly list: UnitDirectory) {}

  /**
   * Units whose DIEs may have this DW_AT_name, or this with template arguments, in the file's order; then type units of
   * other sections and files, and units of the supplementary file.
   */
  units(name: string): readonly Unit[] {
    return this.found(name).units;
  }

  /** Does `units` look for the string at this offset of the unit's .debug_str? */
  isAt(name: string, unit: Unit, offset: number): boolean {
    return this.found(name).strings.of(unit.full.sections).offsets.has(offset);
  }

  /** Units whose functions may have their origins at these offsets, in their own file or in the supplementary one. */
  unitsReferringTo(offsets: Iterable<number>): readonly Unit[] {
    const search = new WordSearch(offsets);
    return this.list.units.filter((unit) => hasForeignOrigins(unit) && search.isIn(bytesOf(unit)));
  }

  private found(name: string): Found {
    let found = this.known.get(name);
    if (found === undefined) {
      found = this.search(name);
      if (this.known.size === MAX_KNOWN) this.known.clear();
      this.known.set(name, found);
    }
    return found;
  }

  private search(name: string): Found {
    const strings = new Strings(Buffer.from(name));
    const supplement = this.list.supplement();
    const shared = supplement.ok ? strings.of(supplement.value.sections).words : NO_WORDS;
    const units = this.list.units.filter((unit) => {
      const bytes = bytesOf(unit);
      return strings.areIn(unit.full, bytes) || shared.isIn(bytes);
    });
    const others = [...this.typeUnits(), ...(supplement.ok ? supplement.value.units : [])].filter((unit) =>
      strings.areIn(unit, bytesOf(unit)),
    );
    return { units: [...new Set([...units, ...others])], strings };
  }

  /** Also those that came with split units. */
  private typeUnits(): readonly Unit[] {
    const directories = new Set([this.list, ...this.list.units.map(({ full }) => full.directory)]);
    const all = [...directories].flatMap(({ units, typeUnits }) => [...units, ...typeUnits]);
    return all.filter(({ layout }) => layout.signature !== undefined);
  }
}

interface Found {
  readonly units: readonly Unit[];
  readonly strings: Strings;
}

/** Where a name is among the strings of the files that hold debug information of a program. */
class Strings {
  private readonly known = new Map<DebugSections, StringPlaces>();

  constructor(private readonly name: Buffer) {}

  of(sections: DebugSections): StringPlaces {
    let places = this.known.get(sections);
    if (places === undefined) {
      const offsets = new Set(placesOf(this.name, bodyOf(sections, '.debug_str')));
      const words = new WordSearch(offsets);
      const indices = [...words.places(bodyOf(sections, '.debug_str_offsets'))];
      places = { offsets, words, indices };
      this.known.set(sections, places);
    }
    return places;
  }

  /** @param bytes of the unit */
  areIn(unit: Unit, bytes: Buffer): boolean {
    const { words, indices } = this.of(unit.sections);
    return (
      words.isIn(bytes) ||
      !placesOf(this.name, bytes).next().done ||
      (indices.length > 0 && usesIndex(unit, indices))
    );
  }
}

interface StringPlaces {
  /** In .debug_str. */
  readonly offsets: ReadonlySet<number>;
  readonly words: WordSearch;
  /** Where .debug_str_offsets has one of them. */
  readonly indices: readonly number[];
}

/** Is one of these places in .debug_str_offsets in the unit's own part of it (DWARF 5, 7.26)? */
function usesIndex(unit: Unit, places: readonly number[]): boolean {
  const base = tolerant(() => unit.sectionOffsetOf(unit.root(AT.stringOffsetsBase)));
  if (base === undefined) return true;
  const header = base - STRING_OFFSETS_HEADER[unit.encoding.offsetSize];
  const end = tolerant(() =>
    unit.sections.decode('.debug_str_offsets', header, (cursor) => {
      const { length } = readUnitLength(cursor);
      return cursor.offset + length;
    }),
  );
  return places.some((place) => place >= base && place < (end ?? Infinity));
}

/** A unit whose abbreviations cannot be read has nothing to say. */
const hasForeignOrigins = (unit: Unit): boolean =>
  tolerant(() => unit.full.abbreviations.hasForeignOrigins) === true;

/** Where a name is that ends there, or that template arguments follow. Strings may share their tails. */
function* placesOf(name: Buffer, bytes: Buffer): Generator<number> {
  if (name.length === 0) return;
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) {
    const next = bytes[at + name.length];
    if (next === 0 || next === LESS_THAN) yield at;
  }
}

function bytesOf({ full: { sections, layout } }: Unit): Buffer {
  const { section, offset, end } = layout;
  return asBuffer(tolerant(() => sections.bytes(section, offset, end - offset)) ?? NOTHING);
}

function bodyOf(sections: DebugSections, name: string): Buffer {
  if (sections.size(name) === 0) return asBuffer(NOTHING);
  return asBuffer(tolerant(() => sections.body(name)) ?? NOTHING);
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

const NOTHING = new Uint8Array(0);
const NO_WORDS = new WordSearch([]);
const LESS_THAN = 0x3c;
/** Bytes before a unit's offsets (DWARF 5, 7.26), by offset size. */
const STRING_OFFSETS_HEADER = { 4: 8, 8: 16 } as const;
/** Names whose units are remembered. */
const MAX_KNOWN = 1024;
