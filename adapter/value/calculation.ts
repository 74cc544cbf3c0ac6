import type { Type } from '../dwarf/type';
import { typeName } from '../dwarf/typeName';
import { RECORD_HEADER } from '../capture/recordLayout';
import { CHAR, scalarOf, type Scalar } from '../expression/scalarType';
import { isPlace, type SpecialName, type TypedExpression, type TypedValue } from '../expression/typed';
import { applyBinary, convertedTo, isTrue, negated, wrapped, type ScalarValue } from './arithmetic';
import type { ValueGap } from './value';

/** Works a value out from one record, which begins at `offset`. */
export type Calculation = (record: DataView, offset: number) => ScalarValue | ValueGap;

/**
 * Compiles a value's tree to closures over those of its leaves. Only what C would evaluate is looked at, so that `p && p->n`
 * has a value where p is null.
 */
export function compileCalculation(
  tree: TypedExpression,
  leaves: ReadonlyMap<TypedExpression, Calculation>,
): Calculation {
  const leaf = leaves.get(tree);
  if (leaf) return leaf;
  const scalar = scalarOf(tree.type);
  if (isPlace(tree) || scalar === undefined || isExtended(tree.type)) return constant(unsupported(tree.type));
  const compile = (operand: TypedExpression): Calculation => compileCalculation(operand, leaves);
  switch (tree.kind) {
    case 'literal':
      return constant(tree.value);
    case 'convert': {
      if (isExtended(tree.operand.type)) return constant(unsupported(tree.operand.type));
      return mapped(compile(tree.operand), (value) => convertedTo(value, scalar));
    }
    case 'unary':
      return unary(tree, compile(tree.operand), scalar);
    case 'binary':
      return binary(tree, compile(tree.left), compile(tree.right));
    case 'logical':
      return logical(tree.operator, compile(tree.left), compile(tree.right));
    case 'conditional': {
      const [condition, then, otherwise] = [tree.condition, tree.then, tree.otherwise].map(compile);
      return (record, offset) => {
        const chosen = condition!(record, offset);
        return isGapValue(chosen) ? chosen : (isTrue(chosen) ? then! : otherwise!)(record, offset);
      };
    }
    case 'special':
      return special(tree.name);
    case 'addressOf':
    case 'register':
    case 'stringTest':
      return constant(unsupported(tree.type)); // These are leaves.
  }
}

export const isGapValue = (value: ScalarValue | ValueGap): value is ValueGap => typeof value === 'object';

function unary(
  { operator }: Extract<TypedValue, { kind: 'unary' }>,
  operand: Calculation,
  scalar: Scalar,
): Calculation {
  switch (operator) {
    case '!':
      return mapped(operand, (value) => (isTrue(value) ? 0n : 1n));
    case '-':
      return mapped(operand, (value) => negated(value, scalar));
    case '~':
      return mapped(operand, (value) => wrapped(~BigInt(value), scalar));
  }
}

function binary(
  { operator, left: { type } }: Extract<TypedValue, { kind: 'binary' }>,
  left: Calculation,
  right: Calculation,
): Calculation {
  const scalar = scalarOf(type);
  if (scalar === undefined || isExtended(type)) return constant(unsupported(type));
  return (record, offset) => {
    const a = left(record, offset);
    if (isGapValue(a)) return a;
    const b = right(record, offset);
    return isGapValue(b) ? b : applyBinary(operator, a, b, scalar);
  };
}

/** The right operand counts only where the left one does not decide. */
const logical =
  (operator: '&&' | '||', left: Calculation, right: Calculation): Calculation =>
  (record, offset) => {
    const a = left(record, offset);
    if (isGapValue(a)) return a;
    if (isTrue(a) === (operator === '||')) return isTrue(a) ? 1n : 0n;
    const b = right(record, offset);
    return isGapValue(b) ? b : isTrue(b) ? 1n : 0n;
  };

function special(name: SpecialName): Calculation {
  switch (name) {
    case 'pid':
    case 'tid':
    case 'cpu': {
      const field = RECORD_HEADER[name].offset;
      return (record, offset) => BigInt(record.getUint32(offset + field, true));
    }
    case 'time':
      return (record, offset) => record.getBigUint64(offset + RECORD_HEADER.time.offset, true);
    case 'comm':
    case 'function':
    case 'hits':
      return constant(unsupported(CHAR)); // These are leaves.
  }
}

const mapped =
  (operand: Calculation, apply: (value: ScalarValue) => ScalarValue | ValueGap): Calculation =>
  (record, offset) => {
    const value = operand(record, offset);
    return isGapValue(value) ? value : apply(value);
  };

export const constant =
  (value: ScalarValue | ValueGap): Calculation =>
  () =>
    value;

/** Wider than a double, which is what there is to compute with. */
export function isExtended(type: Type): boolean {
  const scalar = scalarOf(type);
  return scalar?.kind === 'float' && scalar.size > 8;
}

export const unsupported = (type: Type): ValueGap => ({
  code: 'unsupportedType',
  tag: `${typeName(type)} in arithmetic`,
});
