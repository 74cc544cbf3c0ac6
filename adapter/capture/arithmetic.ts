import type { BinaryOp } from './ir';

/** What a binary operation of the IR gives for two constants; values are the signed reading of 64 bits. */
export const evaluateBinary = (op: BinaryOp, left: bigint, right: bigint): bigint =>
  signed(BINARY[op](left, right));

/** The signed reading of the low 64 bits. */
export const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Keeps the low `bits` bits and extends them. */
export const evaluateExtend = (value: bigint, bits: number, isSigned: boolean): bigint =>
  signed(isSigned ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));

const BINARY = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  udiv: (a, b) => (b === 0n ? 0n : unsigned(a) / unsigned(b)),
  umod: (a, b) => (b === 0n ? 0n : unsigned(a) % unsigned(b)),
  sdiv: (a, b) => (b === 0n ? 0n : a / b),
  smod: (a, b) => (b === 0n ? 0n : a % b),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => (unsigned(b) > 63n ? 0n : a << b),
  shr: (a, b) => (unsigned(b) > 63n ? 0n : unsigned(a) >> b),
  sar: (a, b) => a >> (unsigned(b) > 63n ? 63n : b),
  eq: (a, b) => truth(a === b),
  ne: (a, b) => truth(a !== b),
  ult: (a, b) => truth(unsigned(a) < unsigned(b)),
  ule: (a, b) => truth(unsigned(a) <= unsigned(b)),
  slt: (a, b) => truth(a < b),
  sle: (a, b) => truth(a <= b),
} as const satisfies Record<BinaryOp, (left: bigint, right: bigint) => bigint>;

const truth = (condition: boolean): bigint => (condition ? 1n : 0n);
