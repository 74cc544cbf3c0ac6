/**
 * Expressions over the values of a hit that was taken before: C's syntax, looked up among what was captured, by the text as
 * written or by members. It computes with values as they are shown, without the program's types: integers are exact and as
 * wide as they need to be, `/` of two integers is whole.
 */
import type { BinaryOperator, Expression, Literal } from '../expression/expression';
import { quotedString } from './cString';
import type { NamedValue } from './value';

/** What a part of an expression comes to; undefined where the hit has no such value. */
type Shown = bigint | number | Text | undefined;

/** Text that is shown: a string with its quotes and escapes, or a word such as an enumerator. */
interface Text {
  readonly text: string;
  /** Written in the expression, not captured: it has a meaning beside a captured word alone. */
  readonly isName: boolean;
}

type Evaluation = (values: readonly NamedValue[]) => Shown;

/** True for hits where the expression has a value other than 0; not for those that lack what it depends on. */
export function compileTest(expression: Expression): (values: readonly NamedValue[]) => boolean {
  const evaluate = compile(expression);
  return (values) => truth(evaluate(values)) === true;
}

/** The number that the expression comes to, if it is one. */
export function compileNumber(expression: Expression): (values: readonly NamedValue[]) => number | undefined {
  const evaluate = compile(expression);
  return (values) => {
    const shown = evaluate(values);
    return typeof shown === 'object' || shown === undefined ? undefined : Number(shown);
  };
}

/** A number that is worth comparing with others of its kind: no address. */
export const isNumeric = (value: NamedValue): boolean =>
  'value' in value &&
  !(value.value.startsWith('0x') && /[*&]/.test(value.type)) &&
  typeof readShown(value.value) !== 'object';

function compile(expression: Expression): Evaluation {
  const find = compileLookup(expression);
  const compute = compileOperation(expression);
  return (values) => {
    const found = find(values);
    if (!found) return compute(values);
    return 'value' in found ? readShown(found.value) : undefined;
  };
}

type Lookup = (values: readonly NamedValue[]) => NamedValue | undefined;

/** The captured value that was written like this, or the member of one. */
function compileLookup(expression: Expression): Lookup {
  const text = unspaced(expression.text);
  const member = compileMember(expression);
  return (values) =>
    values.find(({ name }) => unspaced(name) === text) ??
    values.find(({ name }) => unspaced(withoutFormat(name)) === text) ??
    member(values);
}

function compileMember(expression: Expression): Lookup {
  if (expression.kind !== 'member' && expression.kind !== 'index') return () => undefined;
  const object = compileLookup(expression.object);
  const nameOf = childName(expression);
  return (values) => {
    const found = object(values);
    const name = nameOf(values);
    return found && 'children' in found ? found.children.find((child) => child.name === name) : undefined;
  };
}

function childName(
  expression: Extract<Expression, { kind: 'member' | 'index' }>,
): (values: readonly NamedValue[]) => string | undefined {
  if (expression.kind === 'member') return () => expression.name;
  const index = compile(expression.index);
  return (values) => {
    const shown = index(values);
    return typeof shown === 'bigint' ? `[${shown}]` : undefined;
  };
}

function compileOperation(expression: Expression): Evaluation {
  switch (expression.kind) {
    case 'literal': {
      const shown = literalShown(expression.literal);
      return () => shown;
    }
    case 'name': {
      const word = { text: expression.name, isName: true };
      return () => word;
    }
    case 'unary': {
      const operand = compile(expression.operand);
      return (values) => applyUnary(expression.operator, operand(values));
    }
    case 'binary':
      return compileBinary(expression.operator, compile(expression.left), compile(expression.right));
    case 'conditional': {
      const [condition, then, otherwise] = [expression.condition, expression.then, expression.otherwise].map(
        compile,
      ) as [Evaluation, Evaluation, Evaluation];
      return (values) => {
        const chosen = truth(condition(values));
        return chosen === undefined ? undefined : (chosen ? then : otherwise)(values);
      };
    }
    case 'startsWith': {
      const [string, prefix] = [expression.string, expression.prefix].map(compile) as [
        Evaluation,
        Evaluation,
      ];
      return (values) => startsWith(string(values), prefix(values));
    }
    default:
      // Only where it was captured as written.
      return () => undefined;
  }
}

function compileBinary(
  operator: BinaryOperator | '&&' | '||',
  left: Evaluation,
  right: Evaluation,
): Evaluation {
  if (operator !== '&&' && operator !== '||')
    return (values) => applyBinary(operator, left(values), right(values));
  const decisive = operator === '||';
  // A side that is not known matters only where the other one does not decide.
  return (values) => {
    const a = truth(left(values));
    if (a === decisive) return BigInt(decisive);
    const b = truth(right(values));
    if (b === decisive) return BigInt(decisive);
    return a === undefined || b === undefined ? undefined : BigInt(b);
  };
}

function applyUnary(operator: '+' | '-' | '~' | '!', operand: Shown): Shown {
  if (operator === '!') {
    const value = truth(operand);
    return value === undefined ? undefined : BigInt(!value);
  }
  if (typeof operand === 'object' || operand === undefined) return undefined;
  if (operator === '+') return operand;
  if (operator === '-') return -operand;
  return typeof operand === 'bigint' ? ~operand : undefined;
}

function applyBinary(operator: BinaryOperator, left: Shown, right: Shown): Shown {
  if (left === undefined || right === undefined) return undefined;
  if (typeof left === 'object' || typeof right === 'object') return compareTexts(operator, left, right);
  if (typeof left === 'bigint' && typeof right === 'bigint') return applyIntegers(operator, left, right);
  return NUMBERS[operator]?.(Number(left), Number(right));
}

function compareTexts(operator: BinaryOperator, left: Shown, right: Shown): Shown {
  if (typeof left !== 'object' || typeof right !== 'object') return undefined;
  if (left.isName ? right.isName || isQuoted(right) : right.isName && isQuoted(left)) return undefined;
  if (operator === '==') return BigInt(left.text === right.text);
  return operator === '!=' ? BigInt(left.text !== right.text) : undefined;
}

function startsWith(string: Shown, prefix: Shown): Shown {
  if (typeof string !== 'object' || typeof prefix !== 'object') return undefined;
  if (!isQuoted(string) || !isQuoted(prefix)) return undefined;
  return BigInt(string.text.startsWith(prefix.text.slice(0, -1)));
}

function applyIntegers(operator: BinaryOperator, left: bigint, right: bigint): Shown {
  switch (operator) {
    case '/':
    case '%':
      if (right === 0n) return undefined;
      if (operator === '%') return left % right;
      return left % right === 0n ? left / right : Number(left) / Number(right);
    case '<<':
    case '>>':
      if (right < 0n || right > MAX_SHIFT) return undefined;
      return operator === '<<' ? left << right : left >> right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '*':
      return left * right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '==':
      return BigInt(left === right);
    case '!=':
      return BigInt(left !== right);
    case '<':
      return BigInt(left < right);
    case '<=':
      return BigInt(left <= right);
    case '>':
      return BigInt(left > right);
    case '>=':
      return BigInt(left >= right);
  }
}

const NUMBERS: Partial<Record<BinaryOperator, (a: number, b: number) => Shown>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '==': (a, b) => BigInt(a === b),
  '!=': (a, b) => BigInt(a !== b),
  '<': (a, b) => BigInt(a < b),
  '<=': (a, b) => BigInt(a <= b),
  '>': (a, b) => BigInt(a > b),
  '>=': (a, b) => BigInt(a >= b),
};

/** A string has the truth of its pointer: it is there. */
function truth(shown: Shown): boolean | undefined {
  if (typeof shown === 'object') return isQuoted(shown) ? true : undefined;
  return shown === undefined ? undefined : shown !== 0n && shown !== 0;
}

const isQuoted = ({ text }: Text): boolean => text.startsWith('"');

function literalShown(literal: Literal): Shown {
  switch (literal.kind) {
    case 'integer':
    case 'float':
      return literal.value;
    case 'character':
      return BigInt(literal.value);
    case 'string':
      return { text: quotedString(literal.bytes, false), isName: false };
    case 'boolean':
      return BigInt(literal.value);
    case 'null':
      return 0n;
  }
}

/** A value from its text: the inverse of `scalar.ts`. */
function readShown(text: string): Exclude<Shown, undefined> {
  const integer = /^(-?\d+)(?: (?:u8|[LuU])?'|$)/.exec(text)?.[1];
  if (integer !== undefined) return /^0\d/.test(integer) ? BigInt(`0o${integer}`) : BigInt(integer);
  const bits = /^(0(?:x[0-9a-f]+|b[01]+))(?: <not readable>)?$/.exec(text)?.[1];
  if (bits !== undefined) return BigInt(bits);
  if (/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text)) return Number(text);
  return WORDS.get(text) ?? { text: text.replace(/^(?:u8|[LuU])(?=")/, ''), isName: false };
}
const WORDS: ReadonlyMap<string, bigint | number> = new Map<string, bigint | number>([
  ['true', 1n],
  ['false', 0n],
  ['inf', Infinity],
  ['-inf', -Infinity],
]);

/** `n` of `n,x`, as a message has it. */
export const withoutFormat = (name: string): string => name.replace(FORMAT, '');

const unspaced = (text: string): string => text.replace(/\s+/g, '');

const FORMAT = /\s*,\s*(?:[xduobcs]|\[\d+\])$/;
/** Bits. */
const MAX_SHIFT = 4096n;
