import type { AddressContext } from '../dwarf/scope';
import { byteSize, stripped, type ArrayType, type Type } from '../dwarf/type';
import { converted } from './conversion';
import type { Expression } from './expression';
import { refusal } from './expressionError';
import type { Format } from './message';
import {
  arrayOf,
  CHAR,
  INT,
  integerType,
  isCharacterType,
  pointerTo,
  scalarOf,
  wideCharacterName,
} from './scalarType';
import { isPlace, type TypedExpression } from './typed';
import { typeExpression } from './typing';

/**
 * Types an expression that is to be shown in a format. What the letters x, o and b do to its digits is for whoever writes
 * the value; the others change its type.
 * @throws ExpressionError as `typeExpression`, and `formatMismatch`
 */
export function typeFormatted(
  expression: Expression,
  format: Format | undefined,
  context: AddressContext,
): TypedExpression {
  const typed = typeExpression(expression, context);
  if (format === undefined) return typed;
  const formatted = format.kind === 'count' ? elements(typed, format.count) : inLetter(typed, format.letter);
  if (formatted) return formatted;
  const written = format.kind === 'count' ? `[${format.count}]` : format.letter;
  throw refusal(expression, { code: 'formatMismatch', format: written, type: typed.type });
}

/** The base in which integers are written. */
export function radixOf(format: Format | undefined): 2 | 8 | 10 | 16 {
  return format?.kind === 'letter' ? (RADIXES[format.letter] ?? 10) : 10;
}

type Letter = Extract<Format, { kind: 'letter' }>['letter'];

function inLetter(typed: TypedExpression, letter: Letter): TypedExpression | undefined {
  if (letter === 's') return asString(typed);
  if (letter === 'x' || letter === 'o' || letter === 'b') return typed;
  const scalar = scalarOf(typed.type);
  if (scalar === undefined || scalar.kind === 'float') return undefined;
  if (letter === 'c') return converted(typed, CHAR);
  const signed = letter === 'd';
  const narrow = signed && scalar.size < INT.byteSize && scalar.signed;
  return converted(typed, narrow ? INT : integerType(scalar.size, signed));
}

/** Whatever is pointed to, as characters up to the NUL. */
function asString(typed: TypedExpression): TypedExpression | undefined {
  const type = stripped(typed.type);
  if (type.kind === 'pointer')
    return wideCharacterName(type.target) === undefined ? converted(typed, pointerTo(CHAR)) : typed;
  if (type.kind !== 'array' || !isPlace(typed) || !isCharacterType(type.element)) return undefined;
  const text: ArrayType = { ...type, element: CHAR, count: type.count, byteSize: byteSize(type) };
  return { kind: 'part', whole: typed, offset: 0, bits: undefined, type: text };
}

function elements(typed: TypedExpression, count: number): TypedExpression | undefined {
  const type = stripped(typed.type);
  if (type.kind === 'array' && isPlace(typed) && type.strideBits === undefined)
    return { kind: 'part', whole: typed, offset: 0, bits: undefined, type: arrayOf(type.element, count) };
  if (type.kind !== 'pointer') return undefined;
  const target = stripped(type.target);
  const element = target.kind === 'void' ? BYTE : type.target;
  return byteSize(element) === undefined
    ? undefined
    : { kind: 'target', pointer: typed, offset: 0, type: arrayOf(element, count) };
}

const BYTE: Type = { kind: 'base', name: 'unsigned char', byteSize: 1, encoding: 'unsignedChar' };
const RADIXES: Partial<Record<Letter, 2 | 8 | 16>> = { x: 16, o: 8, b: 2 };
