/** Arithmetic on the unsigned 64-bit numbers that containers count with. */
import { converted } from '../conversion';
import { INT, UNSIGNED_LONG } from '../scalarType';
import type { TypedExpression, TypedOperator } from '../typed';

export const number = (value: number): TypedExpression => ({
  kind: 'literal',
  value: BigInt(value),
  type: UNSIGNED_LONG,
});

/** A number or a pointer as one of 64 bits. */
export const asNumber = (typed: TypedExpression): TypedExpression => converted(typed, UNSIGNED_LONG);

export const plus = (left: TypedExpression, right: TypedExpression): TypedExpression =>
  binary('+', left, right);
export const minus = (left: TypedExpression, right: TypedExpression): TypedExpression =>
  binary('-', left, right);
export const times = (left: TypedExpression, right: TypedExpression): TypedExpression =>
  binary('*', left, right);

export const dividedBy = (left: TypedExpression, right: number): TypedExpression =>
  right === 1 ? asNumber(left) : binary('/', left, number(right));
export const remainder = (left: TypedExpression, right: number): TypedExpression =>
  binary('%', left, number(right));
export const scaledBy = (left: TypedExpression, right: number): TypedExpression =>
  right === 1 ? asNumber(left) : binary('*', left, number(right));

/** `condition` is 0 or 1. Both are worked out: neither may be what cannot be read. */
export const either = (
  condition: TypedExpression,
  yes: TypedExpression,
  no: TypedExpression,
): TypedExpression => plus(no, times(condition, minus(yes, no)));

export function lesser(left: TypedExpression, right: TypedExpression): TypedExpression {
  const isLess: TypedExpression = {
    kind: 'binary',
    operator: '<',
    left: asNumber(left),
    right: asNumber(right),
    type: INT,
  };
  return either(isLess, left, right);
}

export const lowestBit = (typed: TypedExpression): TypedExpression => binary('&', typed, number(1));

function binary(operator: TypedOperator, left: TypedExpression, right: TypedExpression): TypedExpression {
  return { kind: 'binary', operator, left: asNumber(left), right: asNumber(right), type: UNSIGNED_LONG };
}
