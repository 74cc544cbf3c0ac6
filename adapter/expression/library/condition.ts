import { converted } from '../conversion';
import { BOOL, INT, pointerTo, UNSIGNED_LONG } from '../scalarType';
import type { TypedExpression, TypedPlace } from '../typed';
import { asNumber, either, number, times } from './measure';
import { addressOf } from './memberPath';

/** Comparisons of numbers and pointers; 1 where they hold, otherwise 0. */
export const isSame = (left: TypedExpression, right: TypedExpression): TypedExpression =>
  compare('==', left, right);
export const isOther = (left: TypedExpression, right: TypedExpression): TypedExpression =>
  compare('!=', left, right);
export const isLess = (left: TypedExpression, right: TypedExpression): TypedExpression =>
  compare('<', left, right);

export const isEqual = (left: TypedExpression, right: bigint): TypedExpression =>
  isSame(left, { kind: 'literal', value: right, type: UNSIGNED_LONG });

const compare = (
  operator: '==' | '!=' | '<',
  left: TypedExpression,
  right: TypedExpression,
): TypedExpression => ({
  kind: 'binary',
  operator,
  left: asNumber(left),
  right: asNumber(right),
  type: INT,
});

/** 1 where all are 1. */
export const product = (conditions: readonly TypedExpression[]): TypedExpression =>
  conditions.reduce(times, number(1));

/** The same place where a condition holds, otherwise one that cannot be read. */
export const whereOnly = (condition: TypedExpression, place: TypedPlace): TypedPlace => ({
  kind: 'target',
  pointer: pointerWhere(condition, addressOf(place)),
  offset: 0,
  type: place.type,
});

/** The same pointer where a condition holds, otherwise one through which nothing can be read. */
export const pointerWhere = (condition: TypedExpression, pointer: TypedExpression): TypedExpression => ({
  kind: 'convert',
  operand: either(converted(condition, BOOL), pointer, NOWHERE),
  type: pointer.type,
});

/** In the middle of what no address of x86-64 is. */
const NOWHERE: TypedExpression = { kind: 'literal', value: 1n << 63n, type: pointerTo(INT) };
