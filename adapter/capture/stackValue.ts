import type { BinaryOperator, ValueType } from '../dwarf/location';
import type { BinaryOp, ScalarSize, Value } from './ir';
import { SCALAR_SIZES } from './place';
import { undecodable, unsupported } from './stop';
import type { StepBuilder } from './stepBuilder';

/**
 * A value on the stack of DWARF 5, 2.5.1. An integer of a type is kept as its 64-bit extension by that type's sign, so that
 * equal values are equal words; other types are kept as bytes. Without a type it is generic: 64 bits, no sign.
 */
export interface StackValue {
  readonly value: Value;
  readonly type: ValueType | undefined;
}

export const generic = (value: Value): StackValue => ({ value, type: undefined });

/**
 * The low bytes of a word as a value of a type.
 * @param operation for the reason, where such a value fits into no word
 */
export function typed(value: Value, type: ValueType, operation: string, builder: StepBuilder): StackValue {
  if (!isScalarSize(type.size)) throw unsupported(`${operation} of ${type.name}`);
  return { value: builder.extend(value, 8 * type.size, type.kind === 'signed'), type };
}

/** DW_OP_convert (DWARF 5, 2.5.1.6): the same number in another integer type. */
export function converted(from: StackValue, type: ValueType | undefined, builder: StepBuilder): StackValue {
  requireInteger(from, 'DW_OP_convert from');
  if (type === undefined) return generic(from.value);
  if (!isInteger(type)) throw unsupported(`DW_OP_convert to ${type.name}`);
  return typed(from.value, type, 'DW_OP_convert', builder);
}

/** DW_OP_reinterpret: the same bytes in a type of the same size. */
export function reinterpreted(
  from: StackValue,
  type: ValueType | undefined,
  builder: StepBuilder,
): StackValue {
  if (sizeOf(from.type) !== sizeOf(type)) throw undecodable('DW_OP_reinterpret to another size');
  return type === undefined ? generic(from.value) : typed(from.value, type, 'DW_OP_reinterpret', builder);
}

/** As an address: an unsigned integer. */
export function addressOf(from: StackValue, builder: StepBuilder): Value {
  requireInteger(from, 'an address of type');
  return builder.extend(from.value, 8 * sizeOf(from.type));
}

/** As a condition of DW_OP_bra. */
export function conditionOf(from: StackValue, builder: StepBuilder): Value {
  requireInteger(from, 'DW_OP_bra on');
  return builder.binary('ne', from.value, builder.constant(0));
}

/** DW_OP_plus_uconst: the constant has the type of the operand. */
export function plusConstant(from: StackValue, constant: bigint, builder: StepBuilder): StackValue {
  requireInteger(from, 'DW_OP_plus_uconst of');
  return again(builder.add(from.value, constant), from.type, builder);
}

/** DW_OP_neg, not, abs. */
export function unary(operator: 'neg' | 'not' | 'abs', from: StackValue, builder: StepBuilder): StackValue {
  requireInteger(from, `DW_OP_${operator} of`);
  const { value, type } = from;
  if (operator === 'abs' && type?.kind === 'unsigned') return from;
  return again(operator === 'abs' ? absolute(value, builder) : builder.unary(operator, value), type, builder);
}

/** DWARF 5, 2.5.1.4 and 2.5.1.5. Comparisons give a generic value, the rest one of the left operand's type. */
export function binary(
  operator: BinaryOperator,
  left: StackValue,
  right: StackValue,
  builder: StepBuilder,
): StackValue {
  const name = `DW_OP_${operator}`;
  requireInteger(left, `${name} of`);
  requireInteger(right, `${name} of`);
  const { operations, swapped = false, comparison = false, leftAs, shift = false } = RULES[operator];
  if (!shift && !sameType(left.type, right.type)) throw undecodable(`${name} of different types`);
  if (DIVISIONS.has(operator) && builder.constantOf(right.value) === 0n) throw undecodable(`${name} by zero`);
  const op = operations[left.type === undefined ? 0 : left.type.kind === 'signed' ? 1 : 2];
  const first =
    leftAs === undefined
      ? left.value
      : builder.extend(left.value, 8 * sizeOf(left.type), leftAs === 'signed');
  const result = swapped ? builder.binary(op, right.value, first) : builder.binary(op, first, right.value);
  return comparison ? generic(result) : again(result, left.type, builder);
}

/** One of two values of the same type. */
export function selected(
  condition: Value,
  yes: StackValue,
  no: StackValue,
  builder: StepBuilder,
): StackValue {
  if (!sameType(yes.type, no.type)) throw unsupported('DW_OP_bra');
  return { value: select(condition, yes.value, no.value, builder), type: yes.type };
}

/** `condition`, which is 0 or 1, chooses: no ^ ((yes ^ no) & -condition). */
export function select(condition: Value, yes: Value, no: Value, builder: StepBuilder): Value {
  if (yes === no) return yes;
  const mask = builder.unary('neg', condition);
  const difference = builder.binary('xor', yes, no);
  return builder.binary('xor', builder.binary('and', difference, mask), no);
}

export const isScalarSize = (size: number): size is ScalarSize =>
  (SCALAR_SIZES as readonly number[]).includes(size);

export const sizeOf = (type: ValueType | undefined): number => type?.size ?? GENERIC_SIZE;

/** A result of 64 bits, cut down to the type it belongs to. */
const again = (value: Value, type: ValueType | undefined, builder: StepBuilder): StackValue => ({
  value: type ? builder.extend(value, 8 * type.size, type.kind === 'signed') : value,
  type,
});

/** |x| = (x ^ s) - s, where s is the sign spread over all bits. */
function absolute(value: Value, builder: StepBuilder): Value {
  const sign = builder.binary('sar', value, builder.constant(63));
  return builder.binary('sub', builder.binary('xor', value, sign), sign);
}

const isInteger = (type: ValueType): boolean => type.kind === 'signed' || type.kind === 'unsigned';

function requireInteger({ type }: StackValue, use: string): void {
  if (type !== undefined && !isInteger(type)) throw unsupported(`${use} ${type.name}`);
}

const sameType = (a: ValueType | undefined, b: ValueType | undefined): boolean =>
  a === b || (a?.kind === b?.kind && a?.size === b?.size);

interface Rule {
  /** For generic, signed and unsigned operands. */
  readonly operations: readonly [generic: BinaryOp, signed: BinaryOp, unsigned: BinaryOp];
  readonly swapped?: boolean;
  readonly comparison?: boolean;
  /** The sign that the operation itself gives its left operand. */
  readonly leftAs?: 'signed' | 'unsigned';
  /** The right operand is a count. */
  readonly shift?: boolean;
}

/** Generic operands: division, `shra` and comparisons are signed, the rest is not. */
const RULES: Readonly<Record<BinaryOperator, Rule>> = {
  and: { operations: ['and', 'and', 'and'] },
  or: { operations: ['or', 'or', 'or'] },
  xor: { operations: ['xor', 'xor', 'xor'] },
  plus: { operations: ['add', 'add', 'add'] },
  minus: { operations: ['sub', 'sub', 'sub'] },
  mul: { operations: ['mul', 'mul', 'mul'] },
  div: { operations: ['sdiv', 'sdiv', 'udiv'] },
  mod: { operations: ['umod', 'smod', 'umod'] },
  shl: { operations: ['shl', 'shl', 'shl'], shift: true },
  shr: { operations: ['shr', 'shr', 'shr'], leftAs: 'unsigned', shift: true },
  shra: { operations: ['sar', 'sar', 'sar'], leftAs: 'signed', shift: true },
  eq: { operations: ['eq', 'eq', 'eq'], comparison: true },
  ne: { operations: ['ne', 'ne', 'ne'], comparison: true },
  lt: { operations: ['slt', 'slt', 'ult'], comparison: true },
  le: { operations: ['sle', 'sle', 'ule'], comparison: true },
  gt: { operations: ['slt', 'slt', 'ult'], comparison: true, swapped: true },
  ge: { operations: ['sle', 'sle', 'ule'], comparison: true, swapped: true },
};
/** Of these the right operand must not be zero. */
export const DIVISIONS: ReadonlySet<BinaryOperator> = new Set(['div', 'mod']);
/** Bytes of an address. */
const GENERIC_SIZE = 8;
