import type { VirtualAddress } from '../elf/address';
import { readAddressRanges } from './addressRangeTable';
import { AddressSpans } from './addressSpans';
import type { DebugSections } from './debugSections';
import { covers } from './rangeList';
import { tolerant } from './tolerance';
import type { Unit } from './unit';
import type { UnitList } from './unitList';

/**
 * Which unit describes an address. .debug_aranges is asked first and not believed: what the units' root DIEs say
 * holds.
 */
export class UnitMap {
  private hints: AddressSpans<number> | undefined;
  private spans: AddressSpans<Unit> | undefined;

  constructor(
    private readonly sections: DebugSections,
    private readonly list: UnitList,
  ) {}

  at(address: VirtualAddress): Unit | undefined {
    this.hints ??= this.readHints();
    const offset = this.hints.at(address);
    const hinted = offset === undefined ? undefined : this.list.unitSaidToStartAt(offset);
    if (hinted !== undefined && covers(rangesOf(hinted), address)) return hinted;
    this.spans ??= this.readSpans();
    return this.spans.at(address);
  }

  /** Units' offsets. */
  private readHints(): AddressSpans<number> {
    const body = this.sections.size('.debug_aranges') > 0 ? this.sections.body('.debug_aranges') : undefined;
    const ranges = (body && tolerant(() => readAddressRanges(body))) ?? [];
    return new AddressSpans(ranges.map(({ low, high, unit }) => ({ low, high, holder: unit })));
  }

  private readSpans(): AddressSpans<Unit> {
    return new AddressSpans(
      this.list.units.flatMap((unit) => rangesOf(unit).map(({ low, high }) => ({ low, high, holder: unit }))),
    );
  }
}

const rangesOf = (unit: Unit): Unit['ranges'] => tolerant(() => unit.ranges) ?? [];
