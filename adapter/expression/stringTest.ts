import { stripped, type Type } from '../dwarf/type';
import type { BinaryExpression, Expression, LiteralExpression, StartsWithExpression } from './expression';
import { refusal } from './expressionError';
import { lonelyString } from './literal';
import { not } from './operation';
import { INT, isCharacterType } from './scalarType';
import type { TypedExpression } from './typed';

/**
 * `p->name == "x"` compares the characters up to the NUL, not the pointers as C would; undefined where neither side is a
 * string constant.
 * @throws ExpressionError `lonelyString`, `notAString`
 */
export function typeStringComparison(
  expression: BinaryExpression,
  type: (operand: Expression) => TypedExpression,
): TypedExpression | undefined {
  const { left, right, operator } = expression;
  const constant = stringConstant(right) ?? stringConstant(left);
  if (constant === undefined) return undefined;
  const other = constant.expression === right ? left : right;
  if ((operator !== '==' && operator !== '!=') || stringConstant(other))
    throw lonelyString(constant.expression);
  const test = stringTest('equals', constant.bytes, other, type(other));
  return operator === '==' ? test : not(test);
}

/** @throws ExpressionError `notAString`, `notAStringConstant` */
export function typeStartsWith(
  { string, prefix }: StartsWithExpression,
  typed: TypedExpression,
): TypedExpression {
  const constant = stringConstant(prefix);
  if (constant === undefined) throw refusal(prefix, { code: 'notAStringConstant' });
  return stringTest('startsWith', constant.bytes, string, typed);
}

function stringTest(
  operator: 'equals' | 'startsWith',
  text: Uint8Array,
  written: Expression,
  string: TypedExpression,
): TypedExpression {
  if (!isString(string.type)) throw refusal(written, { code: 'notAString', type: string.type });
  return { kind: 'stringTest', operator, text, string, type: INT };
}

function stringConstant(
  expression: Expression,
): { expression: LiteralExpression; bytes: Uint8Array } | undefined {
  return expression.kind === 'literal' && expression.literal.kind === 'string'
    ? { expression, bytes: expression.literal.bytes }
    : undefined;
}

/** A pointer to characters of one byte, or an array of them. */
function isString(type: Type): boolean {
  const inner = stripped(type);
  if (inner.kind !== 'pointer' && inner.kind !== 'array') return false;
  return isCharacterType(inner.kind === 'pointer' ? inner.target : inner.element);
}
