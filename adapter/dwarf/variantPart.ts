import { Cursor } from '../elf/cursor';
import { AT, TAG } from './constants';
import { readMember, unreadable } from './dataMember';
import type { Die } from './die';
import { byteSize, type Member, type Variant, type VariantPart } from './type';
import type { TypeSource } from './typeSource';
import { wideInteger } from './wideInteger';

/**
 * DW_TAG_variant_part (DWARF 5, 5.7.10). What selects is a member of the part or of the struct (DW_AT_discr); where
 * that cannot be read the part has no variants, so that none is taken for the one in force.
 * @throws DecodeError
 */
export function readVariantPart(part: Die, types: TypeSource): VariantPart {
  const selecting = part.reference(AT.discriminant);
  const discriminant = selecting && readMember(selecting, types);
  const size = discriminant && byteSize(discriminant.type);
  if (
    discriminant &&
    (discriminant.offset === undefined || size === undefined || size > MAX_DISCRIMINANT_BYTES)
  )
    return { discriminant, variants: [] };
  return { discriminant, variants: readVariants(part, types, 8 * (size ?? 0)) };
}

function readVariants(part: Die, types: TypeSource, width: number): Variant[] {
  const variants: Variant[] = [];
  for (const child of part.children()) {
    if (child.tag !== TAG.variant) continue;
    if (variants.length === MAX_VARIANTS) throw part.error('tooLarge', 'variants');
    variants.push({ values: valuesOf(child, width), members: membersOf(child, types) });
  }
  return variants;
}

function membersOf(variant: Die, types: TypeSource): Member[] {
  const members: Member[] = [];
  for (const child of variant.children()) {
    if (members.length === MAX_MEMBERS) throw variant.error('tooLarge', 'members');
    if (child.tag === TAG.member) members.push(readMember(child, types));
    else if (child.tag === TAG.variantPart) members.push(unreadable(child, undefined));
  }
  return members;
}

/** DW_AT_discr_value: one value. DW_AT_discr_list: values and ranges (DWARF 5, 5.7.10). */
function valuesOf(variant: Die, width: number): Variant['values'] {
  const list = variant.value(AT.discriminantList);
  if (list?.kind === 'block') return decodeList(new Cursor(list.value, variant.unit.layout.section, list.offset), width); // prettier-ignore
  const only = wideInteger(variant.value(AT.discriminantValue));
  return only === undefined ? [] : [{ low: BigInt.asUintN(width, only), high: BigInt.asUintN(width, only) }];
}

/** LEB128 of the discriminant's sign: read as signed, of which the low bits are right for both. */
function decodeList(cursor: Cursor, width: number): Variant['values'] {
  const values: { low: bigint; high: bigint }[] = [];
  while (cursor.remaining > 0) {
    if (values.length === MAX_VALUES) throw cursor.error('tooLarge', 'DW_AT_discr_list');
    const isRange = cursor.u8() === DW_DSC_RANGE;
    const low = BigInt.asUintN(width, cursor.slebBig());
    values.push({ low, high: isRange ? BigInt.asUintN(width, cursor.slebBig()) : low });
  }
  return values;
}

/** DWARF 5, 7.22. */
const DW_DSC_RANGE = 0x01;
const MAX_VARIANTS = 1 << 16;
const MAX_VALUES = 1 << 12;
const MAX_MEMBERS = 1 << 16;
/** `u128` */
const MAX_DISCRIMINANT_BYTES = 16;
