import {
  byteSize,
  stripped,
  type ArrayType,
  type BitRange,
  type PointerType,
  type StructType,
  type Type,
} from '../dwarf/type';
import type {
  AddressOfExpression,
  DereferenceExpression,
  Expression,
  IndexExpression,
  MemberExpression,
  MethodExpression,
  SliceExpression,
} from './expression';
import { ExpressionError, refusal, type ExpressionFailure } from './expressionError';
import { findMember, findStaticMember, isVariantMember, memberNames } from './member';
import { bytes } from './operation';
import { elementAt, elementsOf, heldBy, methodsOf } from './library/method';
import { partOfStruct } from './part';
import { arrayOf, pointerTo } from './scalarType';
import { similarNames } from './similar';
import { isPlace, type TypedExpression, type TypedPlace } from './typed';

/** @throws ExpressionError */
export function typeMember(expression: MemberExpression, object: TypedExpression): TypedExpression {
  const whole = expression.arrow ? arrowObject(expression, object) : dotObject(expression, object);
  const struct = structOf(expression, whole.type);
  const { name, nameColumn } = expression;
  // Rust's tuple fields, `x.0`, are `__0` in its debug information.
  const member = findMember(struct, struct.language === 'rust' && /^\d/.test(name) ? `__${name}` : name);
  if (!member && struct.language === 'rust') {
    // Rust's `.` goes through `Rc` and the like.
    const held = heldBy(whole);
    if (held) return typeMember(expression, held);
  }
  if (!member) throw new ExpressionError(missing(struct, whole.type, name), nameColumn, name.length);
  return throughReference(partOfStruct(whole, member));
}

/** `m` for `this->m`; undefined where the class has no such member. */
export function typeImplicitMember(name: string, self: TypedExpression): TypedExpression | undefined {
  const pointer = stripped(self.type);
  const struct = pointer.kind === 'pointer' ? stripped(pointer.target) : undefined;
  const member = struct?.kind === 'struct' ? findMember(struct, name) : undefined;
  return member && pointer.kind === 'pointer'
    ? throughReference(partOfStruct(pointee(self, pointer.target), member))
    : undefined;
}

/** @throws ExpressionError `noSuchMethod`, and as `typeMember` */
export function typeMethod(expression: MethodExpression, object: TypedExpression): TypedExpression {
  const whole = expression.arrow ? arrowObject(expression, object) : dotObject(expression, object);
  const methods = isPlace(whole) ? methodsOf(whole) : new Map<string, TypedExpression>();
  const { name, nameColumn } = expression;
  const found = methods.get(name);
  if (found) return found;
  const held = isRust(whole.type) ? heldBy(whole) : undefined;
  if (held) return typeMethod(expression, held);
  const similar =
    methods.size > MAX_NAMED_METHODS ? similarNames(name, [...methods.keys()]) : [...methods.keys()];
  throw new ExpressionError(
    { code: 'noSuchMethod', name, type: whole.type, similar },
    nameColumn,
    name.length,
  );
}

/** Its `.` goes through owning pointers. */
function isRust(type: Type): boolean {
  const inner = stripped(type);
  return (inner.kind === 'struct' || inner.kind === 'pointer') && inner.language === 'rust';
}

function missing(struct: StructType, type: Type, name: string): ExpressionFailure {
  const shared = findStaticMember(struct, name);
  if (shared) return { code: 'staticMember', name: `${shared.owner.name ?? ''}::${name}` };
  if (isVariantMember(struct, name)) return { code: 'variantMember', name, type };
  return { code: 'noSuchMember', name, type, similar: similarNames(name, memberNames(struct)) };
}

function dotObject(
  expression: MemberExpression | MethodExpression,
  object: TypedExpression,
): TypedExpression {
  const type = stripped(object.type);
  if (type.kind === 'pointer' && stripped(type.target).kind === 'struct') {
    if (type.language === 'rust') return firstElement(expression.object, object); // Rust's `.` follows pointers
    throw refusal(expression.object, { code: 'useArrow', name: expression.name, type: object.type });
  }
  return object;
}

function arrowObject(
  expression: MemberExpression | MethodExpression,
  object: TypedExpression,
): TypedExpression {
  const type = stripped(object.type);
  const held = heldBy(object);
  if (held) return throughReference(held);
  if (type.kind === 'struct') {
    throw refusal(expression.object, { code: 'useDot', name: expression.name, type: object.type });
  }
  return firstElement(expression.object, object);
}

/** @throws ExpressionError */
export const typeDereference = (
  expression: DereferenceExpression,
  operand: TypedExpression,
): TypedExpression => throughReference(firstElement(expression.operand, operand));

/** `*pointer`, `*array` */
function firstElement(expression: Expression, object: TypedExpression): TypedExpression {
  const held = heldBy(object);
  if (held) return held;
  const type = stripped(object.type);
  if (type.kind === 'array')
    return { kind: 'part', whole: object, offset: 0, bits: undefined, type: type.element };
  if (type.kind === 'pointer') return pointee(object, pointedAt(expression, type, object.type));
  throw refusal(expression, { code: 'notAPointer', type: object.type });
}

/** @throws ExpressionError */
export function typeIndex(
  expression: IndexExpression,
  object: TypedExpression,
  index: TypedExpression,
): TypedExpression {
  const scattered = elementAt(object, bytes(expression.index, index, 1));
  return scattered
    ? throughReference(scattered)
    : elementInRow(expression, elementsOf(object, index) ?? object, index);
}

/** Where the index is a constant, a part of the array or of what the pointer points to. */
function elementInRow(
  expression: IndexExpression,
  object: TypedExpression,
  index: TypedExpression,
): TypedExpression {
  const type = stripped(object.type);
  if (type.kind !== 'array' && type.kind !== 'pointer')
    throw refusal(expression.object, { code: 'notAnArray', type: object.type });
  const element = type.kind === 'array' ? type.element : pointedAt(expression.object, type, object.type);
  const size = elementSize(expression, element);
  const wide = bytes(expression.index, index, 1);
  if (wide.kind !== 'literal') {
    if (type.kind === 'array' && isPacked(type, size))
      throw refusal(expression.index, { code: 'bitElements', type: object.type });
    return throughReference({ kind: 'element', base: object, index: wide, type: element });
  }
  const constant = exact(expression, Number(wide.value));
  if (type.kind === 'array') {
    const place = elementPlace(expression, type, constant, size);
    return throughReference({ kind: 'part', whole: object, ...place, type: element });
  }
  const offset = exact(expression, constant * size);
  return throughReference({ kind: 'target', pointer: object, offset, type: element });
}

/** The elements as an array of their own. @throws ExpressionError as `typeIndex`, and `sliceBounds` */
export function typeSlice(
  { column, text, object: written, first, limit }: SliceExpression,
  object: TypedExpression,
  from: TypedExpression,
  to: TypedExpression,
): TypedExpression {
  const [low, high] = [bytes(first, from, 1), bytes(limit, to, 1)];
  const count =
    low.kind === 'literal' && high.kind === 'literal' ? Number(high.value) - Number(low.value) : 0;
  if (count < 1 || count > MAX_SLICE)
    throw refusal({ column, text }, { code: 'sliceBounds', limit: MAX_SLICE });
  const last: TypedExpression = high.kind === 'literal' ? { ...high, value: BigInt(high.value) - 1n } : high;
  const whole = elementsOf(object, last) ?? object;
  const start = elementInRow({ kind: 'index', column, text, object: written, index: first }, whole, low);
  if ((start.kind !== 'part' && start.kind !== 'target') || (start.kind === 'part' && start.bits))
    throw refusal(written, { code: 'notAnArray', type: object.type });
  return { ...start, type: arrayOf(start.type, count) };
}

/** Elements that follow one another more closely than their type is wide are bit fields. */
function elementPlace(
  expression: IndexExpression,
  array: ArrayType,
  index: number,
  size: number,
): { offset: number; bits: BitRange | undefined } {
  const stride = array.strideBits ?? 8 * size;
  const bit = index * stride;
  const offset = exact(expression, Math.floor(bit / 8));
  if (!isPacked(array, size)) return { offset, bits: undefined };
  return { offset, bits: { offset: bit - 8 * offset, size: Math.min(stride, 8 * size) } };
}

const isPacked = ({ strideBits }: ArrayType, size: number): boolean =>
  strideBits !== undefined && (strideBits % 8 !== 0 || strideBits < 8 * size);

function elementSize(expression: IndexExpression, element: Type): number {
  const size = byteSize(element);
  if (size !== undefined) return size;
  const inner = stripped(element);
  const code = inner.kind === 'array' ? 'unknownLength' : 'incompleteType';
  throw refusal(expression.object, { code, type: element });
}

function exact(expression: IndexExpression, offset: number): number {
  if (Number.isSafeInteger(offset)) return offset;
  throw refusal(expression, { code: 'indexOutOfRange', index: expression.index.text });
}

function pointedAt(expression: Expression, pointer: PointerType, written: Type): Type {
  const target = stripped(pointer.target);
  if (target.kind === 'void') throw refusal(expression, { code: 'voidPointer', type: written });
  if (target.kind === 'function') throw refusal(expression, { code: 'functionPointer', type: written });
  if (target.kind === 'unspecified') throw refusal(expression, { code: 'voidPointer', type: written });
  if (target.kind === 'unsupported') throw refusal(expression, { code: 'unsupportedType', tag: target.tag });
  return pointer.target;
}

/** What a pointer value points to: `*&x` is x, and `*(p + 1)` is `p[1]`. */
function pointee(pointer: TypedExpression, type: Type): TypedPlace {
  if (pointer.kind === 'addressOf') return partAt(pointer.place, 0, type);
  if (pointer.kind === 'binary' && pointer.right.kind === 'literal') {
    const bytes = Number(pointer.right.value);
    const offset = pointer.operator === '-' ? -bytes : bytes;
    if (Number.isSafeInteger(offset)) {
      const { left } = pointer;
      return left.kind === 'addressOf'
        ? partAt(left.place, offset, type)
        : { kind: 'target', pointer: left, offset, type };
    }
  }
  return { kind: 'target', pointer, offset: 0, type };
}

const partAt = (whole: TypedPlace, offset: number, type: Type): TypedPlace =>
  offset === 0 && stripped(whole.type) === stripped(type)
    ? whole
    : { kind: 'part', whole, offset, bits: undefined, type };

/** @throws ExpressionError `notAPlace`, `bitFieldAddress` */
export function typeAddressOf(expression: AddressOfExpression, operand: TypedExpression): TypedExpression {
  if (!isPlace(operand)) throw refusal(expression.operand, { code: 'notAPlace' });
  if (operand.kind === 'part' && operand.bits) throw refusal(expression.operand, { code: 'bitFieldAddress' });
  return { kind: 'addressOf', place: operand, type: pointerTo(operand.type) };
}

function structOf(expression: MemberExpression, written: Type): StructType {
  const type = stripped(written);
  if (type.kind === 'unsupported')
    throw refusal(expression.object, { code: 'unsupportedType', tag: type.tag });
  if (type.kind !== 'struct') throw refusal(expression.object, { code: 'notAStruct', type: written });
  if (type.byteSize === undefined)
    throw refusal(expression.object, { code: 'incompleteType', type: written });
  return type;
}

/** A reference stands for what it refers to. */
export function throughReference(typed: TypedExpression): TypedExpression {
  const type = stripped(typed.type);
  if (type.kind !== 'pointer' || type.flavour === 'pointer') return typed;
  return { kind: 'target', pointer: typed, offset: 0, type: type.target };
}

/** So many methods are named, where none is meant. */
const MAX_NAMED_METHODS = 6;
/** Elements of a slice. */
const MAX_SLICE = 100_000;
