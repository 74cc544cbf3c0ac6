import type { Cursor } from '../elf/cursor';
import type { DebugSections } from './debugSections';
import type { Contribution } from './packageIndex';
import type { Found } from './relatedFile';
import { tolerant } from './tolerance';
import { Unit, type SectionStarts, type UnitDirectory } from './unit';
import { MAX_UNIT_HEADER, readUnitLayout, readUnitLength } from './unitLayout';

/** What the units of one file need of other files. */
export interface RelatedUnits extends Pick<UnitDirectory, 'splitUnit' | 'supplement'> {
  /** A type unit that the file itself does not have. */
  typeUnit(signature: bigint): Unit | undefined;
  /** All of the package, by name. */
  typeUnits(): readonly Unit[];
}

const nothing = { ok: false, attempts: [] } as const;

/** Of a supplementary file. */
export const NO_RELATED_UNITS: RelatedUnits = {
  splitUnit: () => nothing,
  supplement: () => nothing,
  typeUnit: () => undefined,
  typeUnits: () => [],
};

/** Of a .dwo file, or of the part of a package; type units may also be in the program. */
export const unitsWithin = (
  program: UnitDirectory,
  own: Pick<RelatedUnits, 'typeUnit' | 'typeUnits'> = NO_RELATED_UNITS,
): RelatedUnits => ({
  ...NO_RELATED_UNITS,
  typeUnit: (signature) => own.typeUnit(signature) ?? program.typeUnit(signature),
  typeUnits: () => own.typeUnits(),
});

/** The units of .debug_info and .debug_types. All headers are skimmed, by their lengths, when all are asked for. */
export class UnitList implements UnitDirectory {
  /** Of .debug_info, by offset; also where a header was said to be that is none. */
  private readonly known = new Map<number, Unit>();
  private skimmed: SkimmedUnits | undefined;
  private bySignature: ReadonlyMap<bigint, Unit> | undefined;

  /** @param part of the file; otherwise all of it */
  constructor(
    readonly sections: DebugSections,
    private readonly related: RelatedUnits,
    private readonly part?: Contribution,
  ) {}

  /** Of .debug_info, in the file's order. */
  get units(): readonly Unit[] {
    return this.all.units;
  }

  /** Those that are not among `units`. */
  get typeUnits(): readonly Unit[] {
    return [...this.all.types, ...this.related.typeUnits()];
  }

  unitHolding(offset: number): Unit | undefined {
    const { units } = this;
    let low = 0;
    let high = units.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (units[middle]!.layout.end <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = units[low];
    return unit !== undefined && unit.layout.offset <= offset ? unit : undefined;
  }

  /** The unit whose header is said to be at this offset of .debug_info. Whoever says so may be wrong. */
  unitSaidToStartAt(offset: number): Unit | undefined {
    const size = this.sections.size('.debug_info');
    const known = this.known.get(offset);
    if (known !== undefined || offset >= size) return known;
    return tolerant(() => this.unitAt(this.startAt('.debug_info', offset, size), NO_STARTS));
  }

  /** A split unit of this file. */
  splitUnitWith(dwoId: bigint): Unit | undefined {
    return this.units.find((unit) => tolerant(() => unit.dwoId) === dwoId);
  }

  typeUnit(signature: bigint): Unit | undefined {
    return this.ownTypeUnit(signature) ?? this.related.typeUnit(signature);
  }

  /** A type unit of this file. */
  ownTypeUnit(signature: bigint): Unit | undefined {
    this.bySignature ??= new Map(
      [...this.all.types, ...this.units].flatMap((unit) =>
        unit.layout.signature === undefined ? [] : [[unit.layout.signature, unit] as const],
      ),
    );
    return this.bySignature.get(signature);
  }

  splitUnit(skeleton: Unit): Found<Unit> {
    return this.related.splitUnit(skeleton);
  }

  supplement(): Found<UnitDirectory> {
    return this.related.supplement();
  }

  private get all(): SkimmedUnits {
    if (this.skimmed === undefined) {
      const sections = this.skim('.debug_info');
      const units = sections.find((found) => found.some(isNoType)) ?? [];
      const others = sections.filter((found) => found !== units);
      this.skimmed = { units, types: [...others, ...this.skim('.debug_types')].flat() };
    }
    return this.skimmed;
  }

  /** A unit whose header cannot be read is left out; one whose length cannot be read ends the list. */
  private skim(name: string): Unit[][] {
    if (this.part === undefined)
      return this.sections
        .namesakes(name)
        .map((section) => this.skimRange(section, 0, this.sections.size(section)));
    const range = this.part.get(name);
    return range === undefined ? [] : [this.skimRange(name, range.offset, range.offset + range.size)];
  }

  private skimRange(section: string, from: number, to: number): Unit[] {
    const units: Unit[] = [];
    const starts = new Map(Array.from(this.part ?? [], ([name, { offset }]) => [name, offset]));
    for (let offset = from; offset < to && units.length < MAX_UNITS;) {
      const at = offset;
      const start = tolerant(() => this.startAt(section, at, to));
      if (start === undefined) break;
      const unit = tolerant(() => this.unitAt(start, starts));
      if (unit !== undefined) units.push(unit);
      offset = start.end;
    }
    return units;
  }

  private startAt(section: string, offset: number, limit: number): UnitStart {
    const cursor = this.sections.slice(section, offset, Math.min(MAX_UNIT_HEADER, limit - offset));
    const { length } = readUnitLength(cursor);
    const end = cursor.offset + length;
    if (end > limit) throw cursor.error('truncated', `unit of ${length} bytes`);
    cursor.seek(offset);
    return { section, offset, end, cursor };
  }

  private unitAt({ section, offset, end, cursor }: UnitStart, starts: SectionStarts): Unit {
    const isInfo = section === '.debug_info';
    const known = isInfo ? this.known.get(offset) : undefined;
    if (known !== undefined) return known;
    const unit = new Unit(readUnitLayout(cursor, section, offset, end), this, starts);
    if (isInfo) this.known.set(offset, unit);
    return unit;
  }
}

interface SkimmedUnits {
  readonly units: readonly Unit[];
  /** Of .debug_types, and of the further sections that a .dwo file has for type units. */
  readonly types: readonly Unit[];
}

/** Where a unit is in its section, and a cursor at its header. */
interface UnitStart {
  readonly section: string;
  readonly offset: number;
  readonly end: number;
  readonly cursor: Cursor;
}

const NO_STARTS: SectionStarts = new Map<string, number>();

const isNoType = ({ layout }: Unit): boolean => layout.signature === undefined;

const MAX_UNITS = 1 << 20;
