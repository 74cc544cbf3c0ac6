import type { Scalar } from '../expression/scalarType';
import type { TypedOperator } from '../expression/typed';
import type { ValueGap } from './value';

/** A value of the program: a bigint within the range of its type, or a number for floating point. */
export type ScalarValue = bigint | number;

/** C's operations on operands of one scalar type; a shift's right operand has its own (C11, 6.5.5 to 6.5.12). */
export function applyBinary(
  operator: TypedOperator,
  left: ScalarValue,
  right: ScalarValue,
  operand: Scalar,
): ScalarValue | ValueGap {
  if (typeof left === 'number' || typeof right === 'number')
    return applyFloat(operator, Number(left), Number(right), operand);
  const comparison = COMPARISONS[operator];
  if (comparison) return comparison(left, right) ? 1n : 0n;
  const value = applyInteger(operator, left, right, operand);
  return typeof value === 'bigint' ? wrapped(value, operand) : value;
}

function applyInteger(
  operator: TypedOperator,
  left: bigint,
  right: bigint,
  { size, signed }: Scalar,
): bigint | ValueGap {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '/':
    case '%':
      if (right === 0n) return undefinedBy('division by zero');
      if (signed && right === -1n && left === -(2n ** BigInt(8 * size - 1)))
        return undefinedBy('division overflow');
      return operator === '/' ? left / right : left % right;
    default:
      if (right < 0n || right >= BigInt(8 * size))
        return undefinedBy(`shift of ${8 * size} bits by ${right}`);
      return operator === '<<' ? left << right : left >> right;
  }
}

/** In double, then rounded to float: the same as in float, for one operation (Figueroa, 1995). */
function applyFloat(
  operator: TypedOperator,
  left: number,
  right: number,
  { size }: Scalar,
): ScalarValue | ValueGap {
  const comparison = COMPARISONS[operator];
  if (comparison) return comparison(left, right) ? 1n : 0n;
  const operation = FLOAT_OPERATIONS[operator];
  if (!operation) return undefinedBy(`${operator} of floating point`);
  return rounded(operation(left, right), size);
}

export function negated(value: ScalarValue, scalar: Scalar): ScalarValue {
  return typeof value === 'number' ? -value : wrapped(-value, scalar);
}

/** C's conversion to a scalar type (C11, 6.3.1.2 to 6.3.1.5). */
export function convertedTo(value: ScalarValue, { kind, size, signed }: Scalar): ScalarValue | ValueGap {
  if (kind === 'boolean') return isTrue(value) ? 1n : 0n;
  if (kind === 'float') return typeof value === 'bigint' ? nearest(value, size) : rounded(value, size);
  if (typeof value === 'bigint') return wrapped(value, { size, signed });
  if (!Number.isFinite(value)) return undefinedBy(`${value} as an integer`);
  const integer = BigInt(Math.trunc(value));
  return wrapped(integer, { size, signed }) === integer
    ? integer
    : undefinedBy(`${value} is out of the range of its type`);
}

export const isTrue = (value: ScalarValue): boolean => value !== 0 && value !== 0n;

/** Modulo 2^N, as machines do it for signed types, too. */
export const wrapped = (value: bigint, { size, signed }: Pick<Scalar, 'size' | 'signed'>): bigint =>
  signed ? BigInt.asIntN(8 * size, value) : BigInt.asUintN(8 * size, value);

/** The float or double nearest to an integer; bits below a double's are kept as one, so that it is rounded once. */
function nearest(value: bigint, size: number): number {
  if (size !== FLOAT_BYTES) return Number(value);
  const magnitude = value < 0n ? -value : value;
  const excess = BigInt(Math.max(0, magnitude.toString(2).length - DOUBLE_PRECISION));
  const top = magnitude >> excess;
  const sticky = top << excess === magnitude ? top : top | 1n;
  const single = Math.fround(Number(sticky) * 2 ** Number(excess));
  return value < 0n ? -single : single;
}

const rounded = (value: number, size: number): number => (size === FLOAT_BYTES ? Math.fround(value) : value);

const undefinedBy = (operation: string): ValueGap => ({ code: 'undefined', operation });

const COMPARISONS: Partial<Record<TypedOperator, (a: ScalarValue, b: ScalarValue) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const FLOAT_OPERATIONS: Partial<Record<TypedOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

const FLOAT_BYTES = 4;
const DOUBLE_PRECISION = 53;
