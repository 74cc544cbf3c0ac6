import type { DebugSections } from './debugSections';
import { tolerant } from './tolerance';
import { Unit, type UnitDirectory } from './unit';
import { MAX_UNIT_HEADER, readUnitLayout, readUnitLength, type UnitLayout } from './unitLayout';

/** The units of .debug_info and .debug_types: their headers, skimmed by their lengths. */
export class UnitList implements UnitDirectory {
  /** Of .debug_info, in the file's order. */
  readonly units: readonly Unit[];
  private readonly types: readonly Unit[];
  private bySignature: ReadonlyMap<bigint, Unit> | undefined;

  constructor(private readonly sections: DebugSections) {
    this.units = this.skim('.debug_info');
    this.types = this.skim('.debug_types');
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

  typeUnit(signature: bigint): Unit | undefined {
    this.bySignature ??= new Map(
      [...this.types, ...this.units].flatMap((unit) =>
        unit.layout.signature === undefined ? [] : [[unit.layout.signature, unit] as const],
      ),
    );
    return this.bySignature.get(signature);
  }

  /** A unit whose header cannot be read is left out; one whose length cannot be read ends the list. */
  private skim(section: string): Unit[] {
    const units: Unit[] = [];
    const size = this.sections.size(section);
    for (let offset = 0, count = 0; offset < size && count < MAX_UNITS; count++) {
      const end = tolerant(() => this.endOf(section, offset, size));
      if (end === undefined) break;
      const start = offset;
      const layout = tolerant(() => this.layoutAt(section, start, end));
      if (layout !== undefined) units.push(new Unit(layout, this.sections, this));
      offset = end;
    }
    return units;
  }

  private endOf(section: string, offset: number, size: number): number {
    const cursor = this.sections.slice(section, offset, Math.min(MAX_UNIT_HEADER, size - offset));
    const { length } = readUnitLength(cursor);
    const end = cursor.offset + length;
    if (end > size) throw cursor.error('truncated', `unit of ${length} bytes`);
    return end;
  }

  private layoutAt(section: string, offset: number, end: number): UnitLayout {
    const cursor = this.sections.slice(section, offset, Math.min(MAX_UNIT_HEADER, end - offset));
    return readUnitLayout(cursor, section, offset, end);
  }
}

const MAX_UNITS = 1 << 20;
