import type { VirtualAddress } from '../elf/address';
import { readAddressRanges } from './addressRangeTable';
import { AddressSpans, type AddressSpan } from './addressSpans';
import type { DebugSections } from './debugSections';
import { tolerant } from './tolerance';
import type { Unit } from './unit';
import type { UnitList } from './unitList';

/** Which unit describes an address: .debug_aranges, and the root DIEs of the units that are not in it. */
export class UnitMap {
  private listed: AddressSpans<Unit> | undefined;
  private others: AddressSpans<Unit> | undefined;

  constructor(
    private readonly sections: DebugSections,
    private readonly list: UnitList,
  ) {}

  at(address: VirtualAddress): Unit | undefined {
    this.listed ??= new AddressSpans(this.readListed());
    const listed = this.listed.at(address);
    if (listed !== undefined) return listed;
    this.others ??= new AddressSpans(this.readOthers(this.listed.holders()));
    return this.others.at(address);
  }

  private readListed(): AddressSpan<Unit>[] {
    if (this.sections.size('.debug_aranges') === 0) return [];
    const ranges = tolerant(() => readAddressRanges(this.sections.body('.debug_aranges'))) ?? [];
    return ranges.flatMap(({ low, high, unit: offset }) => {
      const unit = this.list.unitStartingAt(offset);
      return unit === undefined ? [] : [{ low, high, holder: unit }];
    });
  }

  private readOthers(listed: ReadonlySet<Unit>): AddressSpan<Unit>[] {
    return this.list.units
      .filter((unit) => !listed.has(unit))
      .flatMap((unit) =>
        (tolerant(() => unit.ranges) ?? []).map(({ low, high }) => ({ low, high, holder: unit })),
      );
  }
}
