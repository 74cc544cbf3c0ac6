import type { BaseType, EnumType, Member, PointerType } from '../dwarf/type';
import { characterConstant } from './cString';
import { enumerationText } from './enumeration';
import { float32Text, float64Text } from './float';
import { bitFieldReader, bytesOfBits, integerReader } from './integer';

export type ScalarType = BaseType | EnumType | PointerType;

/** Text of a scalar from its bytes. `size`: how many of them it reads. */
export interface ScalarReader {
  readonly size: number;
  readonly text: (bytes: DataView, offset: number) => string;
}

/** How a type's values are read; undefined if they cannot be. */
export function scalarReader(type: ScalarType, bits: Member['bits']): ScalarReader | undefined {
  if (type.kind === 'base' && type.encoding === 'float') return floatReader(type);
  const text = integerText(type);
  if (!text) return undefined;
  const signed = type.kind === 'enum' ? type.signed : type.kind === 'base' && SIGNED.has(type.encoding);
  const read = bits ? bitFieldReader(bits, signed) : integerReader(type.byteSize, signed);
  return {
    size: bits ? bytesOfBits(bits) : type.byteSize,
    text: (bytes, offset) => text(read(bytes, offset)),
  };
}

function floatReader({ byteSize: size }: BaseType): ScalarReader | undefined {
  if (size === 8) return { size, text: float64Text };
  return size === 4 ? { size, text: float32Text } : undefined;
}

type IntegerText = (value: number | bigint) => string;

function integerText(type: ScalarType): IntegerText | undefined {
  if (type.kind === 'enum') return enumerationText(type);
  if (type.kind === 'pointer') return hexadecimal;
  switch (type.encoding) {
    case 'boolean':
      return truth;
    case 'signedChar':
    case 'unsignedChar':
      return type.name === 'char' ? character : decimal;
    case 'utf':
      return UTF[type.byteSize] ?? decimal;
    case 'signed':
    case 'unsigned':
      return decimal;
    case 'address':
      return hexadecimal;
    case 'float':
    case 'complexFloat':
    case 'other':
      return undefined;
  }
}

const decimal: IntegerText = (value) => String(value);
export const hexadecimal: IntegerText = (value) => `0x${value.toString(16)}`;
const truth: IntegerText = (value) => (value === 0 ? 'false' : value === 1 ? 'true' : String(value));
/** As gdb prints it. `signed char` and `unsigned char` are small integers: int8_t, uint8_t. */
const character: IntegerText = (value) => `${value} ${characterConstant(Number(value))}`;

/** C's char8_t, char16_t and char32_t. */
const UTF: Readonly<Record<number, IntegerText>> = {
  1: character,
  2: (value) => `${value} u${codePoint(Number(value))}`,
  4: (value) => `${value} U${codePoint(Number(value))}`,
};

/** A code point that shows, as a character constant; another as its number in C's form. */
function codePoint(value: number): string {
  const text = value <= 0x10ffff ? String.fromCodePoint(value) : '\u{fffd}';
  if (/^['\\\p{C}\p{Zl}\p{Zp}\ufffd]$/u.test(text)) return `'\\U${value.toString(16).padStart(8, '0')}'`;
  return `'${text}'`;
}

const SIGNED: ReadonlySet<string> = new Set(['signed', 'signedChar']);
