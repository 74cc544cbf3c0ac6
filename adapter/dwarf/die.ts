import type { AddressRange, VirtualAddress } from '../elf/address';
import type { Cursor } from '../elf/cursor';
import { DecodeError } from '../elf/decodeError';
import type { Abbreviation } from './abbreviation';
import { AT } from './constants';
import { readForm, skipForm, type FormValue } from './form';
import { codeRanges } from './rangeList';
import type { Unit } from './unit';

/** A debugging information entry (DWARF 5, 2.1). Holds its place; every attribute is read when asked for. */
export class Die {
  private constructor(
    readonly unit: Unit,
    /** In the unit's section. */
    readonly offset: number,
    private readonly abbreviation: Abbreviation,
    /** Offset of the first value. */
    private readonly values: number,
  ) {}

  /**
   * Undefined for a null entry.
   * @param from a skeleton stands for its split unit
   * @throws DecodeError `outOfRange`, `badEncoding`
   */
  static at(from: Unit, offset: number): Die | undefined {
    const unit = from.full;
    if (offset < unit.layout.firstDie)
      throw new DecodeError('outOfRange', unit.layout.section, offset, 'entry before the first');
    const cursor = unit.at(offset);
    const abbreviation = unit.abbreviationAt(cursor);
    return abbreviation && new Die(unit, offset, abbreviation, cursor.offset);
  }

  /** DW_TAG_ */
  get tag(): number {
    return this.abbreviation.tag;
  }

  has(attribute: number): boolean {
    return this.abbreviation.places.has(attribute);
  }

  /** Does it describe machine code? */
  get hasCode(): boolean {
    return this.has(AT.lowPc) || this.has(AT.ranges);
  }

  get ranges(): AddressRange[] {
    return codeRanges(this.unit, (attribute) => this.value(attribute));
  }

  value(attribute: number): FormValue | undefined {
    const { attributes, places } = this.abbreviation;
    const index = places.get(attribute);
    if (index === undefined) return undefined;
    const found = attributes[index]!;
    const { encoding } = this.unit;
    const cursor = this.unit.at(this.values + (found.position ?? 0));
    if (found.position === undefined)
      for (let before = 0; before < index; before++) skipForm(cursor, attributes[before]!.form, encoding);
    return readForm(cursor, found.form, encoding, found.implicit);
  }

  text(attribute: number): string | undefined {
    return this.unit.stringOf(this.value(attribute));
  }

  integer(attribute: number): bigint | undefined {
    const value = this.value(attribute);
    return value?.kind === 'constant' ? value.value : undefined;
  }

  /** As `integer`, where a number holds it exactly. */
  number(attribute: number): number | undefined {
    const value = this.integer(attribute);
    if (value === undefined) return undefined;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : undefined;
  }

  /** A size or count: as `number`, but not negative. */
  size(attribute: number): number | undefined {
    const value = this.number(attribute);
    return value === undefined || value < 0 ? undefined : value;
  }

  flag(attribute: number): boolean {
    const value = this.value(attribute);
    return value?.kind === 'flag' && value.value;
  }

  address(attribute: number): VirtualAddress | undefined {
    return this.unit.addressOf(this.value(attribute));
  }

  /**
   * The entry that an attribute refers to (DWARF 5, 7.5.5, reference).
   * @throws DecodeError `outOfRange` where it leads nowhere, `missingFile`
   */
  reference(attribute: number): Die | undefined {
    const value = this.value(attribute);
    switch (value?.kind) {
      case 'unitReference':
        return this.referred(this.unit, this.unit.layout.offset + value.value);
      case 'infoReference': {
        const offset = this.unit.start('.debug_info') + value.value;
        return this.referred(this.unit.directory.unitHolding(offset), offset);
      }
      case 'signature': {
        const unit = this.unit.directory.typeUnit(value.value);
        return this.referred(unit, (unit?.layout.offset ?? 0) + (unit?.layout.typeOffset ?? 0));
      }
      case 'supplementaryReference':
        return this.referred(this.unit.supplement().unitHolding(value.value), value.value);
      default:
        return undefined;
    }
  }

  /** The direct children, in order. */
  *children(): Generator<Die> {
    if (!this.abbreviation.hasChildren) return;
    let child = Die.at(this.unit, this.end());
    while (child !== undefined) {
      yield child;
      child = Die.at(this.unit, child.next());
    }
  }

  error(code: ConstructorParameters<typeof DecodeError>[0], detail: string): DecodeError {
    return new DecodeError(code, this.unit.layout.section, this.offset, detail);
  }

  private referred(unit: Unit | undefined, offset: number): Die {
    const die = unit && Die.at(unit, offset);
    unit?.usedBy(this.unit);
    if (die === undefined) throw this.error('outOfRange', `reference to 0x${offset.toString(16)}`);
    return die;
  }

  /** Past the last value. */
  private end(): number {
    const { size } = this.abbreviation;
    if (size !== undefined) return this.values + size;
    const cursor = this.unit.at(this.values);
    this.unit.abbreviations.skipValues(cursor, this.abbreviation);
    return cursor.offset;
  }

  /** Past the entry and its descendants. */
  private next(): number {
    const end = this.end();
    if (!this.abbreviation.hasChildren) return end;
    const sibling = this.value(AT.sibling);
    if (sibling?.kind !== 'unitReference') return skipChildren(this.unit, this.unit.at(end));
    const offset = this.unit.layout.offset + sibling.value;
    if (offset <= end) throw this.error('badEncoding', 'DW_AT_sibling leads back');
    return offset;
  }
}

/** From the first child of an entry to past the null entry that ends them. */
function skipChildren(unit: Unit, cursor: Cursor): number {
  for (let depth = 1; depth > 0;) {
    const abbreviation = unit.abbreviationAt(cursor);
    if (abbreviation === undefined) {
      depth--;
      continue;
    }
    unit.abbreviations.skipValues(cursor, abbreviation);
    if (abbreviation.hasChildren) depth++;
  }
  return cursor.offset;
}
