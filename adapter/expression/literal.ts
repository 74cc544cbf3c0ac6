import type { Literal, LiteralExpression } from './expression';
import { refusal, type ExpressionError } from './expressionError';
import {
  BOOL,
  CHAR,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  LONG_DOUBLE,
  pointerTo,
  scalarOf,
  UNSIGNED_INT,
  UNSIGNED_LONG,
} from './scalarType';
import type { TypedExpression } from './typed';
import type { Type } from '../dwarf/type';

/** The value of a constant. @throws ExpressionError `constantTooLarge`, `lonelyString` */
export function typeLiteral(expression: LiteralExpression, isCplus: boolean): TypedExpression {
  const { literal } = expression;
  switch (literal.kind) {
    case 'integer':
      return { kind: 'literal', value: literal.value, type: integerType(expression, literal) };
    case 'float':
      return floating(literal);
    case 'character':
      return character(literal, isCplus);
    case 'boolean':
      return { kind: 'literal', value: literal.value ? 1n : 0n, type: BOOL };
    case 'null':
      return { kind: 'literal', value: 0n, type: pointerTo({ kind: 'void' }) };
    case 'string':
      throw lonelyString(expression);
  }
}

/** A string is compared with another, and nothing else. */
export const lonelyString = (expression: LiteralExpression): ExpressionError =>
  refusal(expression, { code: 'lonelyString' });

/** The first of its kind's types that holds it (C11, 6.4.4.1). */
function integerType(
  expression: LiteralExpression,
  { value, isDecimal, suffix }: Extract<Literal, { kind: 'integer' }>,
): Type {
  const type = INTEGERS.filter((candidate) => {
    if (/[lz]/.test(suffix) && candidate.byteSize < LONG.byteSize) return false;
    const { signed } = scalarOf(candidate)!;
    return suffix.includes('u') ? !signed : signed || !isDecimal;
  }).find(
    (candidate) => value < 2n ** BigInt(8 * candidate.byteSize - (scalarOf(candidate)!.signed ? 1 : 0)),
  );
  if (type === undefined) throw refusal(expression, { code: 'constantTooLarge' });
  return type;
}

function floating({ value, suffix }: Extract<Literal, { kind: 'float' }>): TypedExpression {
  if (suffix === 'f') return { kind: 'literal', value: Math.fround(value), type: FLOAT };
  return { kind: 'literal', value, type: suffix === 'l' ? LONG_DOUBLE : DOUBLE };
}

/** An int in C, a char in C++ (C11, 6.4.4.4; C++17, 5.13.3); a byte over 127 is negative, as `char` is signed. */
function character(
  { value, prefix }: Extract<Literal, { kind: 'character' }>,
  isCplus: boolean,
): TypedExpression {
  if (prefix !== '') return { kind: 'literal', value: BigInt(value), type: WIDE_CHARACTERS[prefix] ?? INT };
  return { kind: 'literal', value: BigInt.asIntN(8, BigInt(value)), type: isCplus ? CHAR : INT };
}

const INTEGERS = [INT, UNSIGNED_INT, LONG, UNSIGNED_LONG] as const;
const WIDE_CHARACTERS: Readonly<Record<string, Type>> = {
  L: { kind: 'base', name: 'wchar_t', byteSize: 4, encoding: 'signed' },
  u8: { kind: 'base', name: 'char8_t', byteSize: 1, encoding: 'utf' },
  u: { kind: 'base', name: 'char16_t', byteSize: 2, encoding: 'utf' },
  U: { kind: 'base', name: 'char32_t', byteSize: 4, encoding: 'utf' },
};
