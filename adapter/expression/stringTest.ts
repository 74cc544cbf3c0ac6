import { byteSize, stripped, type Type } from '../dwarf/type';
import type { BinaryExpression, Expression, LiteralExpression, StartsWithExpression } from './expression';
import { refusal } from './expressionError';
import { targetOf } from './library/memberPath';
import { recognise } from './library/recognise';
import type { TextView } from './library/view';
import { lonelyString } from './literal';
import { not } from './operation';
import { INT, isCharacterType } from './scalarType';
import { isPlace, type TypedExpression } from './typed';

/**
 * `p->name == "x"` compares the characters up to the NUL, or as many as a library's string has, not the pointers as C would;
 * undefined where neither side is a string constant.
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
  const test = { kind: 'stringTest', operator, text, type: INT } as const;
  if (isString(string.type)) return { ...test, string, length: undefined };
  const view = textOf(string);
  if (!view) throw refusal(written, { code: 'notAString', type: string.type });
  return { ...test, string: view.data, length: view.length };
}

/** Of a library's string of bytes, to which a reference of Rust's may lead. */
function textOf(string: TypedExpression): TextView | undefined {
  const type = stripped(string.type);
  const isReference = type.kind === 'pointer' && type.language === 'rust';
  const object = isReference ? targetOf(string) : isPlace(string) ? string : undefined;
  const view = object && recognise(object);
  return view?.kind === 'text' && byteSize(view.character) === 1 ? view : undefined;
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
