import type { DebugSections } from './debugSections';
import type { Contribution } from './packageIndex';
import type { Found } from './relatedFile';
import { tolerant } from './tolerance';
import { Unit, type UnitDirectory } from './unit';
import { MAX_UNIT_HEADER, readUnitLayout, readUnitLength, type UnitLayout } from './unitLayout';

/** What the units of one file need of other files. */
export interface RelatedUnits extends Pick<UnitDirectory, 'splitUnit' | 'supplement'> {
  /** A type unit that the file itself does not have. */
  typeUnit(signature: bigint): Unit | undefined;
}

const nothing = { ok: false, attempts: [] } as const;

/** Of a supplementary file. */
export const NO_RELATED_UNITS: RelatedUnits = {
  splitUnit: () => nothing,
  supplement: () => nothing,
  typeUnit: () => undefined,
};

/** Of a .dwo file or package, whose type units may be elsewhere: where `typeUnit` finds them, or in the program. */
export const unitsWithin = (
  program: UnitDirectory,
  typeUnit: RelatedUnits['typeUnit'] = () => undefined,
): RelatedUnits => ({
  ...NO_RELATED_UNITS,
  typeUnit: (signature) => typeUnit(signature) ?? program.typeUnit(signature),
});

/** The units of .debug_info and .debug_types: their headers, skimmed by their lengths. */
export class UnitList implements UnitDirectory {
  /** Of .debug_info, in the file's order. */
  readonly units: readonly Unit[];
  /** Of .debug_types, and of the further sections that a .dwo file has for type units. */
  private readonly types: readonly Unit[];
  private bySignature: ReadonlyMap<bigint, Unit> | undefined;

  /** @param part of the file; otherwise all of it */
  constructor(
    readonly sections: DebugSections,
    private readonly related: RelatedUnits,
    private readonly part?: Contribution,
  ) {
    const sectionsOfUnits = this.skim('.debug_info');
    this.units = sectionsOfUnits.find((units) => units.some(isNoType)) ?? [];
    this.types = [
      ...sectionsOfUnits.filter((units) => units !== this.units),
      ...this.skim('.debug_types'),
    ].flat();
  }

  unitHolding(offset: number): Unit | undefined {
    let low = 0;
    let high = this.units.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.units[middle]!.layout.end <= offset) low = middle + 1;
      else high = middle;
    }
    const unit = this.units[low];
    return unit !== undefined && unit.layout.offset <= offset ? unit : undefined;
  }

  /** The unit whose header is at this offset. */
  unitStartingAt(offset: number): Unit | undefined {
    const unit = this.unitHolding(offset);
    return unit?.layout.offset === offset ? unit : undefined;
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
      [...this.types, ...this.units].flatMap((unit) =>
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
      const end = tolerant(() => this.endOf(section, offset, to));
      if (end === undefined) break;
      const start = offset;
      const layout = tolerant(() => this.layoutAt(section, start, end));
      if (layout !== undefined) units.push(new Unit(layout, this, starts));
      offset = end;
    }
    return units;
  }

  private endOf(section: string, offset: number, limit: number): number {
    const cursor = this.sections.slice(section, offset, Math.min(MAX_UNIT_HEADER, limit - offset));
    const { length } = readUnitLength(cursor);
    const end = cursor.offset + length;
    if (end > limit) throw cursor.error('truncated', `unit of ${length} bytes`);
    return end;
  }

  private layoutAt(section: string, offset: number, end: number): UnitLayout {
    const cursor = this.sections.slice(section, offset, Math.min(MAX_UNIT_HEADER, end - offset));
    return readUnitLayout(cursor, section, offset, end);
  }
}

const isNoType = ({ layout }: Unit): boolean => layout.signature === undefined;

const MAX_UNITS = 1 << 20;
