import type { Radix } from '../capture/captured';
import { floatFormat } from '../capture/floatFormat';
import {
  stripped,
  type BaseType,
  type BitRange,
  type EnumType,
  type MemberPointerType,
  type PointerType,
  type Type,
} from '../dwarf/type';
import { wideCharacterName } from '../expression/scalarType';
import { characterConstant } from './cString';
import { enumerationText } from './enumeration';
import { floatNumber, floatText } from './float';
import { bitFieldReader, bytesOfBits, integerReader, type IntegerReader } from './integer';
import type { HitSymbols } from './symbol';

export type ScalarType = BaseType | EnumType | PointerType | MemberPointerType;

/** Text of a scalar from its bytes. `size`: how many of them it reads. */
export interface ScalarReader {
  readonly size: number;
  readonly text: ScalarText;
}
type ScalarText = (bytes: DataView, offset: number) => string;

/** How a type's values are read; undefined if they cannot be. */
export function scalarReader(
  type: ScalarType,
  bits: BitRange | undefined,
  radix: Radix,
  symbols: HitSymbols,
): ScalarReader | undefined {
  if (type.kind === 'memberPointer') return { size: type.byteSize, text: memberPointerText(type, symbols) };
  if (type.kind === 'base' && type.byteSize === 0) return { size: 0, text: () => type.name };
  if (type.kind === 'base' && COMPLEX.has(type.encoding)) return complexReader(type);
  if (type.kind === 'base' && type.encoding === 'float') return floatReader(type);
  const text = radix === 10 ? integerText(type, symbols) : digits(radix);
  if (!text || type.byteSize === 0) return undefined;
  const { size, read } = storedInteger(type.byteSize, bits, radix === 10 && isSigned(type));
  return { size, text: (bytes, offset) => text(read(bytes, offset)) };
}

/** `size`: bytes that it reads. */
function storedInteger(
  byteSize: number,
  bits: BitRange | undefined,
  signed: boolean,
): { readonly size: number; readonly read: IntegerReader } {
  return bits
    ? { size: bytesOfBits(bits), read: bitFieldReader(bits, signed) }
    : { size: byteSize, read: integerReader(byteSize, signed) };
}

/** A scalar whose text is a decimal number and nothing else, as that number. */
export interface DecimalReader {
  /** Bytes that it reads. */
  readonly size: number;
  readonly read: IntegerReader;
  readonly text: IntegerText;
}

/** Undefined where a type's values are shown in another way. */
export function decimalReader(
  type: BaseType,
  bits: BitRange | undefined,
  radix: Radix,
): DecimalReader | undefined {
  if (type.encoding === 'float') {
    const number = floatNumber(type.byteSize);
    return number && { size: type.byteSize, read: number.read, text: (value) => number.text(Number(value)) };
  }
  if (radix !== 10 || type.byteSize === 0 || baseText(type) !== decimal) return undefined;
  return { ...storedInteger(type.byteSize, bits, isSigned(type)), text: decimal };
}

/** C's wide characters are typedefs of integers, and are shown as those of C++, which are types of their own. */
export function namedCharacter(type: Type, base: BaseType): BaseType {
  const name = wideCharacterName(type);
  if (name === undefined || name === base.name) return base;
  return { ...base, name, encoding: name === 'wchar_t' ? base.encoding : 'utf' };
}

function isSigned(type: BaseType | EnumType | PointerType): boolean {
  if (type.kind === 'base') return SIGNED.has(type.encoding);
  return type.kind === 'enum' && type.signed;
}

function floatReader(type: BaseType): ScalarReader | undefined {
  const format = floatFormat(type);
  return format && { size: type.byteSize, text: floatText(format, type.byteSize) };
}

/** The real half, then the imaginary one, as gdb prints them. */
function complexReader(type: BaseType): ScalarReader | undefined {
  const half = type.byteSize / 2;
  const format = floatFormat(type);
  const text = format ? floatText(format, half) : complexIntegerText(type);
  return (
    text && { size: type.byteSize, text: (bytes, at) => `${text(bytes, at)} + ${text(bytes, at + half)}i` }
  );
}

function complexIntegerText({ encoding, byteSize }: BaseType): ScalarText | undefined {
  if (encoding === 'complexFloat') return undefined;
  const read = integerReader(byteSize / 2, encoding === 'complexSigned');
  return (bytes, offset) => String(read(bytes, offset));
}

/**
 * As the Itanium C++ ABI has them (2.3): the offset of a member, -1 for none; the address of a function, 0 for none, or
 * one more than the place in the vtable, and what to add to `this`.
 */
function memberPointerText(type: MemberPointerType, symbols: HitSymbols): ScalarText {
  const readWord = integerReader(8, true);
  const isFunction = stripped(type.target).kind === 'function';
  if (!isFunction)
    return (bytes, offset) => (readWord(bytes, offset) === -1 ? 'null' : String(readWord(bytes, offset)));
  const readAddress = integerReader(8, false);
  return (bytes, offset) => {
    const function_ = readAddress(bytes, offset);
    const adjustment = readWord(bytes, offset + 8);
    if (function_ === 0) return 'null';
    const isVirtual = BigInt(function_) % 2n === 1n;
    const text = isVirtual
      ? `&virtual table offset ${BigInt(function_) - 1n}`
      : hexadecimal(function_) + symbols.behind(function_);
    return adjustment === 0 ? text : `${text}, this adjustment ${adjustment}`;
  };
}

type IntegerText = (value: number | bigint) => string;

function integerText(type: BaseType | EnumType | PointerType, symbols: HitSymbols): IntegerText | undefined {
  if (type.kind === 'enum') return enumerationText(type);
  if (type.kind === 'pointer') return (value) => hexadecimal(value) + symbols.behind(value);
  return baseText(type);
}

function baseText(type: BaseType): IntegerText | undefined {
  switch (type.encoding) {
    case 'boolean':
      return truth;
    case 'signedChar':
    case 'unsignedChar':
      return type.name === 'char' ? character : decimal;
    case 'utf':
      return type.name === 'char' ? codePointNumber('') : (UTF[type.byteSize] ?? decimal);
    case 'signed':
    case 'unsigned':
      return type.name === 'wchar_t' ? codePointNumber('L') : decimal;
    case 'address':
      return hexadecimal;
    default:
      return undefined;
  }
}

/** As C writes them; of a negative number its bits. */
const digits =
  (radix: 2 | 8 | 16): IntegerText =>
  (value) =>
    radix === 8 && value === 0 ? '0' : `${PREFIXES[radix]}${value.toString(radix)}`;
const PREFIXES = { 2: '0b', 8: '0', 16: '0x' } as const;

const decimal: IntegerText = (value) => String(value);
export const hexadecimal: IntegerText = (value) => `0x${value.toString(16)}`;
const truth: IntegerText = (value) => (value === 0 ? 'false' : value === 1 ? 'true' : String(value));
/** As gdb prints it. `signed char` and `unsigned char` are small integers: int8_t, uint8_t. */
const character: IntegerText = (value) => `${value} ${characterConstant(Number(value))}`;

/** `97 L'a'` */
const codePointNumber =
  (prefix: string): IntegerText =>
  (value) =>
    `${value} ${prefix}${codePoint(Number(value))}`;

/** C's char8_t, char16_t and char32_t. */
const UTF: Readonly<Record<number, IntegerText>> = {
  1: character,
  2: codePointNumber('u'),
  4: codePointNumber('U'),
};

/** A code point that shows, as a character constant; another as its number in C's form. */
function codePoint(value: number): string {
  const text = value >= 0 && value <= 0x10ffff ? String.fromCodePoint(value) : '\u{fffd}';
  if (/^['\\\p{C}\p{Zl}\p{Zp}\ufffd]$/u.test(text))
    return `'\\U${(value >>> 0).toString(16).padStart(8, '0')}'`;
  return `'${text}'`;
}

const SIGNED: ReadonlySet<string> = new Set(['signed', 'signedChar']);
const COMPLEX: ReadonlySet<string> = new Set(['complexFloat', 'complexSigned', 'complexUnsigned']);
