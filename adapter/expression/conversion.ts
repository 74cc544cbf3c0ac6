import { stripped, type Type } from '../dwarf/type';
import {
  arithmeticOf,
  INT,
  integerType,
  isSameScalar,
  pointerTo,
  scalarOf,
  UNSIGNED_INT,
  type Scalar,
} from './scalarType';
import { isPlace, type TypedExpression } from './typed';

/** Converts a scalar to a scalar type; constants are converted now. The same expression where nothing changes. */
export function converted(operand: TypedExpression, type: Type): TypedExpression {
  if (isSameType(operand.type, type) && !isBitField(operand)) return operand;
  const to = scalarOf(type);
  if (operand.kind === 'literal' && to !== undefined) {
    const value = literalValue(operand.value, to);
    if (value !== undefined) return { kind: 'literal', value, type };
  }
  return { kind: 'convert', operand, type };
}

/** But for typedefs and qualifiers. Base types are what their names and bytes are, in each unit again. */
function isSameType(left: Type, right: Type): boolean {
  const [a, b] = [stripped(left), stripped(right)];
  if (a === b) return true;
  if (a.kind !== 'base' || b.kind !== 'base' || a.name !== b.name) return false;
  const [x, y] = [scalarOf(a), scalarOf(b)];
  return x !== undefined && y !== undefined && isSameScalar(x, y);
}

/** A constant as a value of another type; undefined where that is for the evaluation to say. */
function literalValue(value: bigint | number, { kind, size, signed }: Scalar): bigint | number | undefined {
  if (kind === 'boolean') return value === 0 || value === 0n ? 0n : 1n;
  if (kind === 'float') {
    if (typeof value === 'bigint' && BigInt(Number(value)) !== value) return undefined;
    return size === 4 ? Math.fround(Number(value)) : Number(value);
  }
  if (typeof value === 'number') return undefined;
  return signed ? BigInt.asIntN(8 * size, value) : BigInt.asUintN(8 * size, value);
}

/** An array stands for a pointer to its first element (C11, 6.3.2.1). */
export function decayed(typed: TypedExpression): TypedExpression {
  const type = stripped(typed.type);
  if (type.kind !== 'array' || type.flavour === 'vector' || !isPlace(typed)) return typed;
  return { kind: 'addressOf', place: typed, type: pointerTo(type.element) };
}

/** The integer promotions (C11, 6.3.1.1); undefined for what is no arithmetic type. */
export function promoted(typed: TypedExpression): TypedExpression | undefined {
  const type = promotedType(typed);
  return type && converted(typed, type);
}

function promotedType(typed: TypedExpression): Type | undefined {
  const scalar = arithmeticOf(typed.type);
  if (scalar === undefined) return undefined;
  const inner = stripped(typed.type);
  if (scalar.kind === 'float') return inner;
  if (scalar.size < INT.byteSize || scalar.kind === 'boolean') return INT;
  const bits = bitsOf(typed);
  if (bits !== undefined && bits <= 32) return bits < 32 || scalar.signed ? INT : UNSIGNED_INT;
  if (inner.kind !== 'enum') return inner;
  return inner.language === 'cplus' && scalar.size === INT.byteSize && fitsInt(inner.enumerators)
    ? INT
    : integerType(scalar.size, scalar.signed);
}

/** C++'s unscoped enums become int where that holds all their values (C++17, 7.6). */
const fitsInt = (enumerators: readonly { readonly value: bigint }[]): boolean =>
  enumerators.every(({ value }) => BigInt.asIntN(32, value) === value);

const isBitField = (typed: TypedExpression): boolean => bitsOf(typed) !== undefined;
const bitsOf = (typed: TypedExpression): number | undefined =>
  typed.kind === 'part' ? typed.bits?.size : undefined;

/** The usual arithmetic conversions of two promoted types (C11, 6.3.1.8). */
export function commonType(left: Type, right: Type): Type {
  const [a, b] = [scalarOf(left)!, scalarOf(right)!];
  if (a.kind !== b.kind) return a.kind === 'float' ? left : right;
  if (a.size !== b.size) return a.size > b.size ? left : right;
  return b.signed || !a.signed ? left : right;
}
