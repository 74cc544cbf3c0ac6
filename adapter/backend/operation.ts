import {
  arithmetic,
  arithmeticImmediate,
  jumpIfImmediate,
  label,
  loadConstant,
  move,
  moveImmediate,
  negate,
  signedDivision,
  type Line,
} from '../bpf/instruction';
import type { BinaryOp } from '../capture/ir';

/**
 * Code of r0 = r0 `op` r1. Where the machine differs from what the IR promises (division and modulus by zero,
 * long shifts), the difference is made up for. r2 and r3 are lost.
 * @param name unique in the program, for labels
 */
export const operation = (op: BinaryOp, name: string): Line[] => OPERATIONS[op](name);

const OPERATIONS: Readonly<Record<BinaryOp, (name: string) => Line[]>> = {
  add: () => [arithmetic('add', 0, 1)],
  sub: () => [arithmetic('sub', 0, 1)],
  mul: () => [arithmetic('mul', 0, 1)],
  and: () => [arithmetic('and', 0, 1)],
  or: () => [arithmetic('or', 0, 1)],
  xor: () => [arithmetic('xor', 0, 1)],
  // Division by zero gives 0 in BPF too, modulus leaves the dividend.
  udiv: () => [arithmetic('udiv', 0, 1)],
  umod: (name) => [
    jumpIfImmediate('ne', 1, 0, `${name}.divide`),
    moveImmediate(0, 0),
    label(`${name}.divide`),
    // By zero leaves the 0.
    arithmetic('umod', 0, 1),
  ],
  // By -1 the smallest number overflows, which traps in the machine code of some kernels.
  sdiv: (name) => [
    jumpIfImmediate('ne', 1, -1, `${name}.divide`),
    negate(0),
    moveImmediate(1, 1),
    label(`${name}.divide`),
    signedDivision('udiv', 0, 1),
  ],
  smod: (name) => [
    move(2, 1),
    arithmeticImmediate('add', 2, 1),
    jumpIfImmediate('ugt', 2, 1, `${name}.divide`),
    // By 0 and by -1 the remainder is 0.
    moveImmediate(0, 0),
    moveImmediate(1, 1),
    label(`${name}.divide`),
    signedDivision('umod', 0, 1),
  ],
  shl: (name) => shift('shl', name),
  shr: (name) => shift('shr', name),
  sar: (name) => [
    jumpIfImmediate('ult', 1, 64, `${name}.shift`),
    moveImmediate(1, 63),
    label(`${name}.shift`),
    arithmetic('sar', 0, 1),
  ],
  eq: () => [...differ, ...inverted],
  ne: () => [...differ],
  ult: () => [...borrow],
  ule: () => [...swapped, ...borrow, ...inverted],
  slt: () => [...asUnsigned, ...borrow],
  sle: () => [...asUnsigned, ...swapped, ...borrow, ...inverted],
};

const shift = (direction: 'shl' | 'shr', name: string): Line[] => [
  jumpIfImmediate('ult', 1, 64, `${name}.shift`),
  moveImmediate(0, 0),
  moveImmediate(1, 0),
  label(`${name}.shift`),
  arithmetic(direction, 0, 1),
];

/**
 * Comparisons have no jumps: the verifier follows each way of a jump by itself, and where the result becomes a length it would
 * follow all that comes after as often as there are ways to it.
 */
const SIGN_BIT = 63;

/** r0 ^ r1 is not 0: then it or its negative has the sign bit. */
const differ: readonly Line[] = [
  arithmetic('xor', 0, 1),
  move(2, 0),
  negate(2),
  arithmetic('or', 0, 2),
  arithmeticImmediate('shr', 0, SIGN_BIT),
];

/** The borrow of r0 - r1: (~r0 & r1) | (~(r0 ^ r1) & (r0 - r1)). r3 is lost, too. */
const borrow: readonly Line[] = [
  move(2, 0),
  arithmetic('xor', 2, 1),
  arithmeticImmediate('xor', 2, -1),
  move(3, 0),
  arithmetic('sub', 3, 1),
  arithmetic('and', 2, 3),
  arithmeticImmediate('xor', 0, -1),
  arithmetic('and', 0, 1),
  arithmetic('or', 0, 2),
  arithmeticImmediate('shr', 0, SIGN_BIT),
];

/** Signed numbers are in the order of unsigned ones when their sign bits are turned. */
const asUnsigned: readonly Line[] = [
  loadConstant(2, 1n << BigInt(SIGN_BIT)),
  arithmetic('xor', 0, 2),
  arithmetic('xor', 1, 2),
];

const swapped: readonly Line[] = [move(2, 0), move(0, 1), move(1, 2)];
const inverted: readonly Line[] = [arithmeticImmediate('xor', 0, 1)];

/** r0 = its low `bits` bits, extended to 64. */
export function extension(bits: number, signed: boolean): Line[] {
  if (bits === 64) return [];
  return [
    arithmeticImmediate('shl', 0, 64 - bits),
    arithmeticImmediate(signed ? 'sar' : 'shr', 0, 64 - bits),
  ];
}
