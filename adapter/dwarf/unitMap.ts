import type { VirtualAddress } from '../elf/address';
import { unitOffsetAt } from './addressRangeTable';
import { AddressSpans } from './addressSpans';
import { covers } from './rangeList';
import { tolerant } from './tolerance';
import type { Unit } from './unit';
import type { UnitList } from './unitList';

/**
 * Which unit describes an address. .debug_aranges is asked first, for as long as few questions come, and not believed:
 * what the units' root DIEs say holds.
 */
export class UnitMap {
  private hintsTaken = 0;
  private latest: Unit | undefined;
  private spans: AddressSpans<Unit> | undefined;

  constructor(private readonly list: UnitList) {}

  at(address: VirtualAddress): Unit | undefined {
    if (this.latest && covers(rangesOf(this.latest), address)) return this.latest;
    this.latest = this.hinted(address) ?? this.spanning(address);
    return this.latest;
  }

  private hinted(address: VirtualAddress): Unit | undefined {
    const { sections } = this.list;
    if (this.hintsTaken === MAX_HINTS || sections.size('.debug_aranges') === 0) return undefined;
    this.hintsTaken++;
    const offset = tolerant(() => unitOffsetAt(sections.body('.debug_aranges'), address));
    const unit = offset === undefined ? undefined : this.list.unitSaidToStartAt(offset);
    return unit && covers(rangesOf(unit), address) ? unit : undefined;
  }

  private spanning(address: VirtualAddress): Unit | undefined {
    this.spans ??= new AddressSpans(
      this.list.units.flatMap((unit) => rangesOf(unit).map(({ low, high }) => ({ low, high, holder: unit }))),
    );
    return this.spans.at(address);
  }
}

const rangesOf = (unit: Unit): Unit['ranges'] => tolerant(() => unit.ranges) ?? [];

/** A hint costs a pass over the table; from some of them on, the ranges of all units are cheaper. */
const MAX_HINTS = 64;
