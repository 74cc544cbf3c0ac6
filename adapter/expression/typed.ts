import type { AddressContext, Variable } from '../dwarf/scope';
import type { Operation } from '../dwarf/location';
import {
  byteSize,
  stripped,
  type ArrayType,
  type BitRange,
  type PointerType,
  type StructType,
  type Type,
} from '../dwarf/type';
import type { DereferenceExpression, Expression, IndexExpression, MemberExpression } from './expression';
import { ExpressionError, type ExpressionFailure } from './expressionError';
import { findMember, findStaticMember, isVariantMember, memberNames, type FoundMember } from './member';
import { similarNames } from './similar';

/** An expression with its types: what to read, in terms of one variable, offsets in bytes, and pointers followed. */
export type TypedExpression =
  | { readonly kind: 'variable'; readonly variable: Variable; readonly type: Type }
  /** Bytes (or bits) of `whole`, a struct or array; the offset may lie outside it, as C lets an index do. */
  | {
      readonly kind: 'part';
      readonly whole: TypedExpression;
      readonly offset: number;
      readonly bits: BitRange | undefined;
      readonly type: Type;
    }
  /** A virtual base of `whole`: the operations make its address of that of `whole`, which is on the stack. */
  | {
      readonly kind: 'computed';
      readonly whole: TypedExpression;
      readonly operations: readonly Operation[];
      readonly type: Type;
    }
  /** What is `offset` bytes from where `pointer` points. */
  | {
      readonly kind: 'target';
      readonly pointer: TypedExpression;
      readonly offset: number;
      readonly type: Type;
    };

/**
 * Types an expression as C does at this address. `->` is for pointers and arrays, `.` for structs and unions;
 * references are followed.
 * @throws ExpressionError, any code but those of the parser
 */
export function typeExpression(expression: Expression, context: AddressContext): TypedExpression {
  switch (expression.kind) {
    case 'name':
      return typeVariable(named(expression, expression.name, context));
    case 'member':
      return typeMember(expression, typeExpression(expression.object, context));
    case 'dereference':
      return typeDereference(expression, typeExpression(expression.operand, context));
    case 'index':
      return typeIndex(expression, typeExpression(expression.object, context));
  }
}

/** A variable by itself; what it refers to if it is a reference. */
export const typeVariable = (variable: Variable): TypedExpression =>
  throughReference({ kind: 'variable', variable, type: variable.type });

function named(expression: Expression, name: string, context: AddressContext): Variable {
  const variable = context.lookup(name);
  if (variable) return variable;
  const names = [...context.locals(), ...context.globals()].map((known) => known.name);
  throw refusal(expression, { code: 'noSuchName', name, similar: similarNames(name, names) });
}

function typeMember(expression: MemberExpression, object: TypedExpression): TypedExpression {
  const whole = expression.arrow ? arrowObject(expression, object) : dotObject(expression, object);
  const struct = structOf(expression, whole.type);
  const { name, nameColumn } = expression;
  const member = findMember(struct, name);
  if (!member) throw new ExpressionError(missing(struct, whole.type, name), nameColumn, name.length);
  return throughReference(part(whole, member));
}

function part(struct: TypedExpression, { bases, offset, type, bits }: FoundMember): TypedExpression {
  let whole = struct;
  for (const base of bases) {
    const around: TypedExpression = {
      kind: 'part',
      whole,
      offset: base.offset,
      bits: undefined,
      type: whole.type,
    };
    whole = { kind: 'computed', whole: around, operations: base.operations, type: base.type };
  }
  return { kind: 'part', whole, offset, bits, type };
}

function missing(struct: StructType, type: Type, name: string): ExpressionFailure {
  const shared = findStaticMember(struct, name);
  if (shared) return { code: 'staticMember', name: `${shared.owner.name ?? ''}::${name}` };
  if (isVariantMember(struct, name)) return { code: 'variantMember', name, type };
  return { code: 'noSuchMember', name, type, similar: similarNames(name, memberNames(struct)) };
}

function dotObject(expression: MemberExpression, object: TypedExpression): TypedExpression {
  const type = stripped(object.type);
  if (type.kind === 'pointer' && stripped(type.target).kind === 'struct') {
    if (type.language === 'rust') return firstElement(expression.object, object); // Rust's `.` follows pointers
    throw refusal(expression.object, { code: 'useArrow', name: expression.name, type: object.type });
  }
  return object;
}

function arrowObject(expression: MemberExpression, object: TypedExpression): TypedExpression {
  const type = stripped(object.type);
  if (type.kind === 'struct') {
    throw refusal(expression.object, { code: 'useDot', name: expression.name, type: object.type });
  }
  return firstElement(expression.object, object);
}

const typeDereference = (expression: DereferenceExpression, operand: TypedExpression): TypedExpression =>
  throughReference(firstElement(expression.operand, operand));

/** `*pointer`, `*array` */
function firstElement(expression: Expression, object: TypedExpression): TypedExpression {
  const type = stripped(object.type);
  if (type.kind === 'array')
    return { kind: 'part', whole: object, offset: 0, bits: undefined, type: type.element };
  if (type.kind === 'pointer') {
    return { kind: 'target', pointer: object, offset: 0, type: pointedAt(expression, type, object.type) };
  }
  throw refusal(expression, { code: 'notAPointer', type: object.type });
}

function typeIndex(expression: IndexExpression, object: TypedExpression): TypedExpression {
  const type = stripped(object.type);
  if (type.kind === 'array') {
    const place = elementPlace(expression, type);
    return throughReference({ kind: 'part', whole: object, ...place, type: type.element });
  }
  if (type.kind === 'pointer') {
    const target = pointedAt(expression.object, type, object.type);
    const offset = exactOffset(expression, expression.index * elementSize(expression, target));
    return throughReference({ kind: 'target', pointer: object, offset, type: target });
  }
  throw refusal(expression.object, { code: 'notAnArray', type: object.type });
}

/** Elements that follow one another more closely than their type is wide are bit fields. */
function elementPlace(
  expression: IndexExpression,
  array: ArrayType,
): { offset: number; bits: BitRange | undefined } {
  const size = elementSize(expression, array.element);
  const bit = expression.index * (array.strideBits ?? 8 * size);
  const offset = exactOffset(expression, Math.floor(bit / 8));
  if (array.strideBits === undefined || (array.strideBits % 8 === 0 && array.strideBits >= 8 * size))
    return { offset, bits: undefined };
  return { offset, bits: { offset: bit - 8 * offset, size: Math.min(array.strideBits, 8 * size) } };
}

function elementSize(expression: IndexExpression, element: Type): number {
  const size = byteSize(element);
  if (size !== undefined) return size;
  const inner = stripped(element);
  const code = inner.kind === 'array' ? 'unknownLength' : 'incompleteType';
  throw refusal(expression.object, { code, type: element });
}

function exactOffset(expression: IndexExpression, offset: number): number {
  if (Number.isSafeInteger(offset)) return offset;
  throw refusal(expression, { code: 'indexOutOfRange', index: expression.index });
}

function pointedAt(expression: Expression, pointer: PointerType, written: Type): Type {
  const target = stripped(pointer.target);
  if (target.kind === 'void') throw refusal(expression, { code: 'voidPointer', type: written });
  if (target.kind === 'function') throw refusal(expression, { code: 'functionPointer', type: written });
  if (target.kind === 'unspecified') throw refusal(expression, { code: 'voidPointer', type: written });
  if (target.kind === 'unsupported') throw refusal(expression, { code: 'unsupportedType', tag: target.tag });
  return pointer.target;
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
function throughReference(typed: TypedExpression): TypedExpression {
  const type = stripped(typed.type);
  if (type.kind !== 'pointer' || type.flavour === 'pointer') return typed;
  return { kind: 'target', pointer: typed, offset: 0, type: type.target };
}

const refusal = ({ column, text }: Expression, failure: ExpressionFailure): ExpressionError =>
  new ExpressionError(failure, column, text.length);
