import { AT } from './constants';
import type { Die } from './die';
import type { BaseEncoding, Type } from './type';
import type { TypeSource } from './typeSource';

/** DW_ATE_* (DWARF 5, 7.8), and what GCC writes from DW_ATE_lo_user on. */
const ENCODINGS: Readonly<Partial<Record<number, BaseEncoding>>> = {
  0x01: 'address',
  0x02: 'boolean',
  0x03: 'complexFloat',
  0x04: 'float',
  0x05: 'signed',
  0x06: 'signedChar',
  0x07: 'unsigned',
  0x08: 'unsignedChar',
  0x0f: 'decimalFloat',
  0x10: 'utf',
  0x11: 'utf', // DW_ATE_UCS
  0x12: 'utf', // DW_ATE_ASCII
};

/** DW_TAG_base_type (DWARF 5, 5.1). @throws DecodeError */
export function readBaseType(die: Die, types: TypeSource): Type {
  const name = types.nameOf(die) ?? '';
  return {
    kind: 'base',
    name,
    byteSize: die.size(AT.byteSize) ?? Math.ceil((die.size(AT.bitSize) ?? 0) / 8),
    encoding: encodingOf(die.number(AT.encoding) ?? 0, name),
  };
}

/** GCC has one code for complex integers of either sign, DW_ATE_lo_user, and calls a char8_t an unsigned number. */
function encodingOf(code: number, name: string): BaseEncoding {
  if (name === 'char8_t') return 'utf';
  // Clang says how wide it is in the name or not at all, and the bits above are anything.
  if (BIT_INTEGER.test(name)) return 'other';
  if (code !== GCC_COMPLEX_INTEGER || !name.startsWith('complex')) return ENCODINGS[code] ?? 'other';
  return name.includes('unsigned') ? 'complexUnsigned' : 'complexSigned';
}

const BIT_INTEGER = /\b_BitInt\b/;
const GCC_COMPLEX_INTEGER = 0x80;
