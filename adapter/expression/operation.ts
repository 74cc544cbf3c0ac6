import { byteSize, stripped, type Type } from '../dwarf/type';
import { commonType, converted, decayed, promoted } from './conversion';
import type {
  BinaryExpression,
  ComparisonOperator,
  ConditionalExpression,
  Expression,
  UnaryExpression,
} from './expression';
import { refusal } from './expressionError';
import { arithmeticOf, INT, LONG, scalarOf, UNSIGNED_LONG } from './scalarType';
import type { TypedExpression, TypedOperator } from './typed';

/** `+`, `-`, `~`, `!` before a scalar (C11, 6.5.3.3). @throws ExpressionError `notScalar`, `notArithmetic`, `notAnInteger` */
export function typeUnary(expression: UnaryExpression, operand: TypedExpression): TypedExpression {
  const { operator } = expression;
  if (operator === '!') return not(scalar(expression.operand, operand));
  const value = arithmetic(expression.operand, operand);
  if (operator === '+') return value;
  if (operator === '~') requireInteger(expression.operand, value);
  if (operator === '-' && value.kind === 'literal' && typeof value.value === 'number')
    return { ...value, value: -value.value };
  const negative: TypedExpression = { kind: 'unary', operator, operand: value, type: value.type };
  return value.kind === 'literal' && typeof value.value === 'bigint'
    ? converted({ ...value, value: operator === '-' ? -value.value : ~value.value, type: WIDE }, value.type)
    : negative;
}

export const not = (operand: TypedExpression): TypedExpression => ({
  kind: 'unary',
  operator: '!',
  operand,
  type: INT,
});

/** Two operands that are no strings. @throws ExpressionError as `typeUnary`, and `pointerOperands` */
export function typeBinary(
  expression: BinaryExpression,
  left: TypedExpression,
  right: TypedExpression,
): TypedExpression {
  const { operator } = expression;
  const [a, b] = [scalar(expression.left, left), scalar(expression.right, right)];
  if (operator === '&&' || operator === '||')
    return { kind: 'logical', operator, left: a, right: b, type: INT };
  if (isPointer(a) || isPointer(b)) return typePointers(expression, operator, a, b);
  const [x, y] = [arithmetic(expression.left, a), arithmetic(expression.right, b)];
  if (INTEGER_OPERATORS.has(operator)) {
    requireInteger(expression.left, x);
    requireInteger(expression.right, y);
  }
  if (operator === '<<' || operator === '>>')
    return { kind: 'binary', operator, left: x, right: y, type: x.type };
  const type = commonType(x.type, y.type);
  return {
    kind: 'binary',
    operator,
    left: converted(x, type),
    right: converted(y, type),
    type: isComparison(operator) ? INT : type,
  };
}

/** Additive operators and comparisons with a pointer among the operands (C11, 6.5.6, 6.5.8 and 6.5.9). */
function typePointers(
  expression: BinaryExpression,
  operator: TypedOperator,
  left: TypedExpression,
  right: TypedExpression,
): TypedExpression {
  if (isComparison(operator)) {
    const [a, b] = [left, right].map((operand, i) => {
      if (arithmeticOf(operand.type)?.kind !== 'float') return converted(operand, UNSIGNED_LONG);
      throw refusal(i === 0 ? expression.left : expression.right, {
        code: 'notAnInteger',
        type: operand.type,
      });
    });
    return { kind: 'binary', operator, left: a!, right: b!, type: INT };
  }
  if (operator === '-' && isPointer(left) && isPointer(right)) return difference(expression, left, right);
  if (operator === '+' && !isPointer(left)) return advanced(expression, operator, right, left);
  if ((operator === '+' || operator === '-') && !isPointer(right))
    return advanced(expression, operator, left, right);
  throw refusal(expression, { code: 'pointerOperands', operator });
}

function advanced(
  expression: BinaryExpression,
  operator: '+' | '-',
  pointer: TypedExpression,
  count: TypedExpression,
): TypedExpression {
  const size = targetSize(expression, pointer.type);
  const where = count.type === pointer.type ? expression : expression.right;
  return { kind: 'binary', operator, left: pointer, right: bytes(where, count, size), type: pointer.type };
}

/** A count of elements as a count of bytes. @throws ExpressionError `notAnInteger` */
export function bytes(written: Expression, count: TypedExpression, size: number): TypedExpression {
  const integer = promoted(count);
  if (integer === undefined) throw refusal(written, { code: 'notAnInteger', type: count.type });
  requireInteger(written, integer);
  const wide = converted(integer, LONG);
  if (wide.kind === 'literal' && typeof wide.value === 'bigint')
    return converted({ ...wide, value: wide.value * BigInt(size), type: WIDE }, LONG);
  if (size === 1) return wide;
  const factor: TypedExpression = { kind: 'literal', value: BigInt(size), type: LONG };
  return { kind: 'binary', operator: '*', left: wide, right: factor, type: LONG };
}

function difference(
  expression: BinaryExpression,
  left: TypedExpression,
  right: TypedExpression,
): TypedExpression {
  const size = targetSize(expression, left.type);
  if (size !== targetSize(expression, right.type) || size === 0)
    throw refusal(expression, { code: 'pointerOperands', operator: '-' });
  const between: TypedExpression = {
    kind: 'binary',
    operator: '-',
    left: converted(left, LONG),
    right: converted(right, LONG),
    type: LONG,
  };
  if (size === 1) return between;
  const divisor: TypedExpression = { kind: 'literal', value: BigInt(size), type: LONG };
  return { kind: 'binary', operator: '/', left: between, right: divisor, type: LONG };
}

/** Bytes of what a pointer points to; 1 for void and functions, as GCC has it. */
function targetSize(written: Expression, pointer: Type): number {
  const inner = stripped(pointer);
  if (inner.kind !== 'pointer') throw refusal(written, { code: 'notAPointer', type: pointer });
  const target = stripped(inner.target);
  if (target.kind === 'void' || target.kind === 'function') return 1;
  const size = byteSize(target);
  if (size === undefined) throw refusal(written, { code: 'incompleteType', type: inner.target });
  return size;
}

/** C11, 6.5.15. @throws ExpressionError `notScalar`, `differentTypes` */
export function typeConditional(
  expression: ConditionalExpression,
  condition: TypedExpression,
  then: TypedExpression,
  otherwise: TypedExpression,
): TypedExpression {
  const test = scalar(expression.condition, condition);
  const [a, b] = [scalar(expression.then, then), scalar(expression.otherwise, otherwise)];
  const type = branchType(a, b);
  if (type === undefined) throw refusal(expression, { code: 'differentTypes', left: a.type, right: b.type });
  return {
    kind: 'conditional',
    condition: test,
    then: converted(a, type),
    otherwise: converted(b, type),
    type,
  };
}

function branchType(a: TypedExpression, b: TypedExpression): Type | undefined {
  const [x, y] = [promoted(a), promoted(b)];
  if (x !== undefined && y !== undefined) {
    const [left, right] = [stripped(a.type), stripped(b.type)];
    return left.kind === 'enum' && left === right ? left : commonType(x.type, y.type);
  }
  if (isPointer(a) && (isPointer(b) || isNull(b))) return isNull(a) && isPointer(b) ? b.type : a.type;
  return isPointer(b) && isNull(a) ? b.type : undefined;
}

const isNull = (typed: TypedExpression): boolean => typed.kind === 'literal' && typed.value === 0n;

/** Any scalar; an array is a pointer. @throws ExpressionError `notScalar` */
export function scalar(written: Expression, operand: TypedExpression): TypedExpression {
  const value = decayed(operand);
  if (scalarOf(value.type) === undefined) throw refusal(written, { code: 'notScalar', type: operand.type });
  return value;
}

function arithmetic(written: Expression, operand: TypedExpression): TypedExpression {
  const value = promoted(operand);
  if (value === undefined) throw refusal(written, { code: 'notArithmetic', type: operand.type });
  return value;
}

/** @throws ExpressionError `notAnInteger` */
export function requireInteger(written: Expression, operand: TypedExpression): void {
  const kind = arithmeticOf(operand.type)?.kind;
  if (kind !== 'integer' && kind !== 'boolean')
    throw refusal(written, { code: 'notAnInteger', type: operand.type });
}

const isPointer = (typed: TypedExpression): boolean => scalarOf(typed.type)?.kind === 'pointer';

const isComparison = (operator: TypedOperator): operator is ComparisonOperator => COMPARISONS.has(operator);

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const INTEGER_OPERATORS: ReadonlySet<string> = new Set(['%', '&', '|', '^', '<<', '>>']);
/** Holds every constant before it is cut to its type. */
const WIDE: Type = { kind: 'base', name: '__int128', byteSize: 16, encoding: 'signed' };
