import { Cursor } from '../elf/cursor';
import { AT, TAG, tagName } from './constants';
import type { Die } from './die';
import { ExpressionUnit } from './expressionUnit';
import type { Location } from './location';
import { decodeOperations } from './operation';
import type { Member, Type } from './type';
import type { TypeSource } from './typeSource';
import { sizeOf } from './typeSize';

/** Members and base classes (DWARF 5, 5.7.3, 5.7.6), in the file's order. @throws DecodeError */
export function readMembers(struct: Die, types: TypeSource): Member[] {
  const members: Member[] = [];
  for (const child of struct.children()) {
    if (members.length === MAX_MEMBERS) throw struct.error('tooLarge', 'members');
    switch (child.tag) {
      case TAG.member:
        if (!isStatic(child)) members.push(readMember(child, types));
        break;
      case TAG.inheritance:
        members.push(readBase(child, types));
        break;
      case TAG.variantPart:
        members.push(unreadable(child, undefined, false));
        break;
      default: // nested types, functions, static members of DWARF 5
    }
  }
  return members;
}

/** Before DWARF 5 a static member is a DW_TAG_member declaration (DWARF 4, 5.5.7). */
const isStatic = (member: Die): boolean => member.flag(AT.external) || member.flag(AT.declaration);

function readMember(die: Die, types: TypeSource): Member {
  const name = die.text(AT.name);
  const type = types.typeOf(die);
  const offset = offsetOf(die);
  if (offset === undefined) return unreadable(die, name, false);
  if (!die.has(AT.bitSize)) return { name, offset, type, bits: undefined, inherited: false };
  const size = die.size(AT.bitSize);
  const first = size === undefined ? undefined : firstBit(die, offset, size, type);
  if (size === undefined || first === undefined) return unreadable(die, name, false);
  const byte = Math.floor(first / 8);
  return { name, offset: byte, type, bits: { offset: first - 8 * byte, size }, inherited: false };
}

/** A virtual base is somewhere else in each object: its place is not read. */
function readBase(die: Die, types: TypeSource): Member {
  const type = types.typeOf(die);
  const name = 'name' in type ? type.name : undefined;
  const offset = die.has(AT.virtuality) && die.number(AT.virtuality) !== 0 ? undefined : offsetOf(die);
  if (offset === undefined) return unreadable(die, name, true);
  return { name, offset, type, bits: undefined, inherited: true };
}

const unreadable = (die: Die, name: string | undefined, inherited: boolean): Member => ({
  name,
  offset: 0,
  type: { kind: 'unsupported', tag: tagName(die.tag), name },
  bits: undefined,
  inherited,
});

/** DW_AT_data_member_location: a constant, or in DWARF 2 and 3 an expression that adds one. */
function offsetOf(die: Die): number | undefined {
  const value = die.value(AT.dataMemberLocation);
  if (value === undefined) return 0;
  if (value.kind === 'constant') return die.size(AT.dataMemberLocation);
  if (value.kind !== 'block' && value.kind !== 'expression') return undefined;
  const cursor = new Cursor(value.value, die.unit.layout.section, value.offset);
  const [only, ...rest] = decodeOperations(cursor, new ExpressionUnit(die.unit, nowhere));
  return only?.op === 'plusConstant' && rest.length === 0 ? Number(only.value) : undefined;
}

/** No member's place depends on where variables are. */
const nowhere = (): Location => ({ kind: 'unavailable', reason: { code: 'optimisedOut' } });

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
  const storage = die.size(AT.byteSize) ?? sizeOf(type);
  if (fromTop === undefined || storage === undefined) return undefined;
  const first = 8 * (offset + storage) - fromTop - size;
  return first < 0 ? undefined : first;
}

/** Negative where a field of a packed struct reaches over its storage unit; clang writes that as data8. */
const signedInteger = (value: bigint | undefined): number | undefined =>
  value === undefined ? undefined : Number(BigInt.asIntN(64, value));

const MAX_MEMBERS = 1 << 16;
