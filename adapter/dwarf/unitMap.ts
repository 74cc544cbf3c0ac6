import type { VirtualAddress } from '../elf/address';
import { AddressRangeTable } from './addressRangeTable';
import { AddressSpans, type AddressSpan } from './addressSpans';
import { once } from './once';
import { tolerant } from './tolerance';
import type { Unit } from './unit';
import type { UnitList } from './unitList';

/**
 * Which unit describes an address: always the same one, also where several do. .debug_aranges is asked first and not
 * believed: what the units' root DIEs say holds.
 */
export class UnitMap {
  /** Undefined where the file has none. */
  private readonly table = once(() => this.readTable());
  private spans: AddressSpans<Unit> | undefined;
  private readonly byUnit = new Map<Unit, AddressSpans<Unit>>();

  constructor(private readonly list: UnitList) {}

  at(address: VirtualAddress): Unit | undefined {
    return this.hinted(address) ?? this.spanning(address);
  }

  private hinted(address: VirtualAddress): Unit | undefined {
    const offset = this.table()?.unitAt(address);
    const unit = offset === undefined ? undefined : this.list.unitSaidToStartAt(offset);
    return unit && this.ownSpans(unit).at(address);
  }

  private readTable(): AddressRangeTable | undefined {
    const { sections } = this.list;
    const bytes = tolerant(() => sections.find(RANGES) && sections.body(RANGES));
    return bytes && new AddressRangeTable(bytes);
  }

  /** A unit whose functions have sections of their own has as many ranges. */
  private ownSpans(unit: Unit): AddressSpans<Unit> {
    let spans = this.byUnit.get(unit);
    if (spans === undefined) {
      spans = new AddressSpans(spansOf(unit));
      this.byUnit.set(unit, spans);
    }
    return spans;
  }

  private spanning(address: VirtualAddress): Unit | undefined {
    this.spans ??= new AddressSpans(this.list.units.flatMap(spansOf));
    return this.spans.at(address);
  }
}

const RANGES = '.debug_aranges';

const spansOf = (unit: Unit): AddressSpan<Unit>[] =>
  (tolerant(() => unit.ranges) ?? []).map(({ low, high }) => ({ low, high, holder: unit }));
