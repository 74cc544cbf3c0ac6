import { AT, TAG } from './constants';
import { Die } from './die';
import type { Encoding } from './form';
import type { Location, Referent, ValueType } from './location';
import { once } from './once';
import type { OperationUnit } from './opcode';
import { owner } from './origin';
import { tolerant } from './tolerance';
import type { Unit } from './unit';

/** The unit that an expression stands in, as its operations refer to it. */
export class ExpressionUnit implements OperationUnit {
  readonly encoding: Encoding;

  /** @param locate where another entry is, seen from the expression's address; never throws */
  constructor(
    private readonly unit: Unit,
    private readonly locate: (die: Die) => Location,
  ) {
    this.encoding = unit.encoding;
  }

  indexedAddress(index: number): number {
    return this.unit.indexedAddress(index);
  }

  valueType(offset: number): ValueType {
    const die = Die.at(this.unit, this.unit.layout.offset + offset);
    const type = die?.tag === TAG.baseType ? baseType(die) : undefined;
    if (type !== undefined) return type;
    throw this.unit
      .at(this.unit.layout.firstDie)
      .error('badEncoding', `no base type at +0x${offset.toString(16)}`);
  }

  referent(offset: number, from: 'section' | 'unit'): Referent {
    const die = once(() => tolerant(() => this.entry(offset, from)));
    const location = once(() => (die() ? this.locate(die()!) : dangling(offset)));
    const type = once(() => tolerant(() => die() && valueTypeOf(die()!)));
    return {
      get location() {
        return location();
      },
      get type() {
        return type();
      },
    };
  }

  private entry(offset: number, from: 'section' | 'unit'): Die | undefined {
    if (from === 'unit') return Die.at(this.unit, this.unit.layout.offset + offset);
    const place = this.unit.start('.debug_info') + offset;
    const unit = this.unit.directory.unitHolding(place);
    return unit && Die.at(unit, place);
  }
}

const dangling = (offset: number): Location => ({
  kind: 'unavailable',
  reason: { code: 'undecodable', detail: `no entry at 0x${offset.toString(16)}` },
});

/** Of a variable's value, as far as it can stand on the stack. */
function valueTypeOf(variable: Die): ValueType | undefined {
  let type = owner(variable, AT.type)?.reference(AT.type);
  for (let depth = 0; type !== undefined && TRANSPARENT.has(type.tag) && depth < MAX_DEPTH; depth++)
    type = type.reference(AT.type);
  switch (type?.tag) {
    case TAG.baseType:
      return baseType(type);
    case TAG.pointerType:
      return {
        kind: 'unsigned',
        size: type.size(AT.byteSize) ?? type.unit.encoding.addressSize,
        name: 'pointer',
      };
    default:
      return undefined;
  }
}

function baseType(die: Die): ValueType | undefined {
  const size = die.size(AT.byteSize);
  if (size === undefined || size === 0) return undefined;
  return { kind: KINDS[die.number(AT.encoding) ?? 0] ?? 'other', size, name: die.text(AT.name) ?? '' };
}

/** By DW_ATE_ (DWARF 5, 7.8): address, boolean, float, signed, signed_char, unsigned, unsigned_char, UTF. */
const KINDS: Readonly<Partial<Record<number, ValueType['kind']>>> = {
  0x01: 'unsigned',
  0x02: 'unsigned',
  0x04: 'float',
  0x05: 'signed',
  0x06: 'signed',
  0x07: 'unsigned',
  0x08: 'unsigned',
  0x10: 'unsigned',
};
const TRANSPARENT: ReadonlySet<number> = new Set([
  TAG.typedef,
  TAG.constType,
  TAG.volatileType,
  TAG.restrictType,
  TAG.atomicType,
  TAG.immutableType,
]);
/** Longest chain of typedefs and qualifiers that is followed. */
const MAX_DEPTH = 64;
