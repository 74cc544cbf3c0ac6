import { Cursor } from '../elf/cursor';
import { AT, tagName } from './constants';
import type { Die } from './die';
import { ExpressionUnit } from './expressionUnit';
import type { Location, Operation } from './location';
import { decodeOperations } from './operation';
import { byteSize, type BitRange, type Member, type Type } from './type';
import type { TypeSource } from './typeSource';

/** DW_TAG_member (DWARF 5, 5.7.6). @throws DecodeError */
export function readMember(die: Die, types: TypeSource): Member {
  const name = die.text(AT.name);
  const type = types.typeOf(die);
  const place = placeOf(die);
  if (place.offset === undefined || !die.has(AT.bitSize))
    return { name, ...place, type, bits: undefined, inherited: false };
  const size = die.size(AT.bitSize);
  const first = size === undefined ? undefined : firstBit(die, place.offset, size, type);
  if (size === undefined || first === undefined) return unreadable(die, name);
  const offset = Math.floor(first / 8);
  return { name, ...place, offset, type, bits: bitsFrom(first, size), inherited: false };
}

/** DW_TAG_inheritance (DWARF 5, 5.7.3). @throws DecodeError */
export function readBaseClass(die: Die, types: TypeSource): Member {
  const type = types.typeOf(die);
  const name = 'name' in type ? type.name : undefined;
  return { name, ...placeOf(die), type, bits: undefined, inherited: true };
}

/** A member in whose place there is nothing that can be read. */
export const unreadable = (die: Die, name: string | undefined): Member => ({
  name,
  offset: undefined,
  computed: undefined,
  type: { kind: 'unsupported', tag: tagName(die.tag), name },
  bits: undefined,
  inherited: false,
});

/** DW_AT_data_member_location: a constant, in DWARF 2 and 3 an expression that adds one, or a proper expression. */
function placeOf(die: Die): Pick<Member, 'offset' | 'computed'> {
  const value = die.value(AT.dataMemberLocation);
  if (value === undefined) return { offset: 0, computed: undefined };
  if (value.kind === 'constant') return { offset: die.size(AT.dataMemberLocation), computed: undefined };
  if (value.kind !== 'block' && value.kind !== 'expression')
    return { offset: undefined, computed: undefined };
  const cursor = new Cursor(value.value, die.unit.layout.section, value.offset);
  const operations = decodeOperations(cursor, new ExpressionUnit(die.unit, nowhere));
  const offset = addedConstant(operations);
  return offset === undefined ? { offset, computed: operations } : { offset, computed: undefined };
}

/** No member's place depends on where variables are. */
const nowhere = (): Location => ({ kind: 'unavailable', reason: { code: 'optimisedOut' } });

function addedConstant([only, ...rest]: readonly Operation[]): number | undefined {
  if (only?.op !== 'plusConstant' || rest.length > 0) return undefined;
  const offset = Number(only.value);
  return Number.isSafeInteger(offset) ? offset : undefined;
}

const bitsFrom = (first: number, size: number): BitRange => ({ offset: first % 8, size });

/**
 * Bits from the start of the struct, counted up from the least significant bit of each byte. DW_AT_data_bit_offset
 * says so at once; DW_AT_bit_offset of DWARF 2 and 3 counts down from the most significant bit of a storage unit
 * (DWARF 3, 5.5.4).
 */
function firstBit(die: Die, offset: number, size: number, type: Type): number | undefined {
  if (die.has(AT.dataBitOffset)) {
    const bits = die.size(AT.dataBitOffset);
    return bits === undefined ? undefined : 8 * offset + bits;
  }
  if (!die.has(AT.bitOffset)) return 8 * offset;
  const fromTop = signedInteger(die.integer(AT.bitOffset));
  const storage = die.size(AT.byteSize) ?? byteSize(type);
  if (fromTop === undefined || storage === undefined) return undefined;
  const first = 8 * (offset + storage) - fromTop - size;
  return first < 0 ? undefined : first;
}

/** Negative where a field of a packed struct reaches over its storage unit; clang writes that as data8. */
const signedInteger = (value: bigint | undefined): number | undefined =>
  value === undefined ? undefined : Number(BigInt.asIntN(64, value));
