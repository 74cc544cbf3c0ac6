import type { AddressContext, Variable } from '../dwarf/scope';
import { byteSize, stripped, type Member, type PointerType, type StructType, type Type } from '../dwarf/type';
import type { DereferenceExpression, Expression, IndexExpression, MemberExpression } from './expression';
import { ExpressionError, type ExpressionFailure } from './expressionError';
import { findMember, memberNames } from './member';
import { similarNames } from './similar';

/** An expression with its types: what to read, in terms of one variable, offsets in bytes, and pointers followed. */
export type TypedExpression =
  | { readonly kind: 'variable'; readonly variable: Variable; readonly type: Type }
  /** Bytes (or bits) of `whole`, a struct or array; the offset may lie outside it, as C lets an index do. */
  | {
      readonly kind: 'part';
      readonly whole: TypedExpression;
      readonly offset: number;
      readonly bits: Member['bits'];
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
  if (!member) {
    const similar = similarNames(name, memberNames(struct));
    throw new ExpressionError(
      { code: 'noSuchMember', name, type: whole.type, similar },
      nameColumn,
      name.length,
    );
  }
  return throughReference({ kind: 'part', whole, ...member });
}

function dotObject(expression: MemberExpression, object: TypedExpression): TypedExpression {
  const type = stripped(object.type);
  if (type.kind === 'pointer' && stripped(type.target).kind === 'struct') {
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
    const offset = elementOffset(expression, type.element);
    return throughReference({ kind: 'part', whole: object, offset, bits: undefined, type: type.element });
  }
  if (type.kind === 'pointer') {
    const target = pointedAt(expression.object, type, object.type);
    const offset = elementOffset(expression, target);
    return throughReference({ kind: 'target', pointer: object, offset, type: target });
  }
  throw refusal(expression.object, { code: 'notAnArray', type: object.type });
}

function elementOffset(expression: IndexExpression, element: Type): number {
  const size = byteSize(element);
  if (size === undefined) throw refusal(expression.object, { code: 'incompleteType', type: element });
  const offset = expression.index * size;
  if (Number.isSafeInteger(offset)) return offset;
  throw refusal(expression, { code: 'indexOutOfRange', index: expression.index });
}

function pointedAt(expression: Expression, pointer: PointerType, written: Type): Type {
  const target = stripped(pointer.target);
  if (target.kind === 'void') throw refusal(expression, { code: 'voidPointer', type: written });
  if (target.kind === 'function') throw refusal(expression, { code: 'functionPointer', type: written });
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
