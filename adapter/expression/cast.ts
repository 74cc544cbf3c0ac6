import { byteSize, stripped, type StructType, type Type } from '../dwarf/type';
import { converted } from './conversion';
import type { CastExpression, SizeofExpression } from './expression';
import { refusal } from './expressionError';
import { isElsewhere } from './member';
import { scalar } from './operation';
import { scalarOf, UNSIGNED_LONG } from './scalarType';
import type { TypedExpression } from './typed';

/** C11, 6.5.4; a struct may be cast to its own type. @throws ExpressionError `notScalar`, `impossibleCast`, `baseCast` */
export function typeCast(expression: CastExpression, operand: TypedExpression, type: Type): TypedExpression {
  if (stripped(type) === stripped(operand.type)) return operand;
  const value = scalar(expression.operand, operand);
  const [from, to] = [scalarOf(value.type)!, scalarOf(type)];
  const isImpossible =
    (from.kind === 'pointer' && to?.kind === 'float') || (from.kind === 'float' && to?.kind === 'pointer');
  if (to === undefined || isImpossible)
    throw refusal(expression, { code: 'impossibleCast', from: operand.type, to: type });
  if (changesPlace(value.type, type))
    throw refusal(expression, { code: 'baseCast', from: operand.type, to: type });
  return converted(value, type);
}

/** C++ moves pointers between base classes and what is derived from them. */
function changesPlace(from: Type, to: Type): boolean {
  const [a, b] = [pointedStruct(from), pointedStruct(to)];
  return a !== undefined && b !== undefined && (isElsewhere(a, b) || isElsewhere(b, a));
}

function pointedStruct(type: Type): StructType | undefined {
  const pointer = stripped(type);
  const target = pointer.kind === 'pointer' ? stripped(pointer.target) : undefined;
  return target?.kind === 'struct' ? target : undefined;
}

/** @throws ExpressionError `incompleteType` */
export function typeSizeof(expression: SizeofExpression, type: Type): TypedExpression {
  const inner = stripped(type);
  const size = inner.kind === 'void' || inner.kind === 'function' ? 1 : byteSize(type);
  if (size === undefined) throw refusal(expression, { code: 'incompleteType', type });
  return { kind: 'literal', value: BigInt(size), type: UNSIGNED_LONG };
}
