import type { BaseType } from '../dwarf/type';

/** A binary floating point format, little endian: sign, exponent and fraction from the top of its low `bits` bits. */
export interface FloatFormat {
  readonly exponentBits: number;
  readonly fractionBits: number;
  /** The bit before the point is stored, as in x87's extended format (Intel SDM 1, 4.2.2). */
  readonly hasIntegerBit: boolean;
}

const HALF: FloatFormat = { exponentBits: 5, fractionBits: 10, hasIntegerBit: false };
const BRAIN: FloatFormat = { exponentBits: 8, fractionBits: 7, hasIntegerBit: false };
const SINGLE: FloatFormat = { exponentBits: 8, fractionBits: 23, hasIntegerBit: false };
const DOUBLE: FloatFormat = { exponentBits: 11, fractionBits: 52, hasIntegerBit: false };
const EXTENDED: FloatFormat = { exponentBits: 15, fractionBits: 63, hasIntegerBit: true };
const QUADRUPLE: FloatFormat = { exponentBits: 15, fractionBits: 112, hasIntegerBit: false };

/** By the bytes of the value; those that say no more are told apart by name (psABI for x86-64, table 3.1). */
const FORMATS: ReadonlyMap<number, (name: string) => FloatFormat> = new Map([
  [2, (name: string) => (/bf(loat)?16/i.test(name) ? BRAIN : HALF)],
  [4, () => SINGLE],
  [8, () => DOUBLE],
  [10, () => EXTENDED],
  [12, () => EXTENDED],
  [16, (name: string) => (/float128|f128|quad/i.test(name) ? QUADRUPLE : EXTENDED)],
]);

/** The format of a floating point type, or of the halves of a complex one; undefined where there is none such. */
export function floatFormat({ encoding, byteSize, name }: BaseType): FloatFormat | undefined {
  if (encoding === 'float') return FORMATS.get(byteSize)?.(name);
  return encoding === 'complexFloat' ? FORMATS.get(byteSize / 2)?.(name) : undefined;
}
