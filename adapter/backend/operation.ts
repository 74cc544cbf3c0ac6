import { arithmetic, arithmeticImmediate, move, negate, signedDivision, type Line } from '../bpf/instruction';
import type { Arithmetic, BpfRegister } from '../bpf/opcode';
import type { BinaryOp } from '../capture/ir';

/**
 * Code of r0 = r0 `op` r1. Where the machine differs from what the IR promises (division and modulus by zero,
 * long shifts), the difference is made up for. r1 to r5 are lost.
 *
 * There is no jump in it: the verifier follows both ways of each, and of programs with many only some million.
 */
export const operation = (op: BinaryOp): readonly Line[] => OPERATIONS[op];

/** Code of r0 = r0 `op` constant in one instruction; undefined where there is none. */
export function operationWith(op: BinaryOp, right: bigint): Line | undefined {
  const isShift = op === 'shl' || op === 'shr' || op === 'sar';
  if (!(isShift ? right >= 0n && right < 64n : BigInt.asIntN(32, right) === right)) return undefined;
  return IMMEDIATE.has(op) ? arithmeticImmediate(op as Arithmetic, 0, Number(right)) : undefined;
}
const IMMEDIATE: ReadonlySet<BinaryOp> = new Set([
  'add',
  'sub',
  'mul',
  'and',
  'or',
  'xor',
  'shl',
  'shr',
  'sar',
]);

/** register = -1 where it is not 0; r5 is lost. */
const spreadNonZero = (register: BpfRegister): Line[] => [
  move(5, register),
  negate(5),
  arithmetic('or', register, 5),
  arithmeticImmediate('sar', register, 63),
];
const complement = (register: BpfRegister): Line => arithmeticImmediate('xor', register, -1);
const not = arithmeticImmediate('xor', 0, 1);
const swap = [move(2, 1), move(1, 0), move(0, 2)];
const topBit = arithmeticImmediate('shr', 0, 63);

/** r0 = 1 where it is not 0. */
const isNonZero: readonly Line[] = [move(5, 0), negate(5), arithmetic('or', 0, 5), topBit];

/** The borrow of r0 - r1 (Warren, Hacker's Delight, 2-12). */
const unsignedLess: readonly Line[] = [
  move(2, 0),
  arithmetic('sub', 2, 1),
  complement(0),
  move(3, 0),
  arithmetic('or', 3, 1),
  arithmetic('and', 3, 2),
  arithmetic('and', 0, 1),
  arithmetic('or', 0, 3),
  topBit,
];
/** The same of signed numbers. */
const signedLess: readonly Line[] = [
  move(2, 0),
  arithmetic('sub', 2, 1),
  move(3, 0),
  arithmetic('xor', 3, 1),
  complement(3),
  arithmetic('and', 3, 2),
  complement(1),
  arithmetic('and', 0, 1),
  arithmetic('or', 0, 3),
  topBit,
];

/** r2 = -1 where r1 is 64 or more. */
const isLongShift: readonly Line[] = [move(2, 1), arithmeticImmediate('shr', 2, 6), ...spreadNonZero(2)];
const shift = (direction: 'shl' | 'shr'): Line[] => [
  ...isLongShift,
  complement(2),
  arithmeticImmediate('and', 1, 63),
  arithmetic(direction, 0, 1),
  arithmetic('and', 0, 2),
];

/**
 * r2 = -1 where r1 is -1, which then becomes 1: divided by -1 the smallest number overflows, which traps in the machine
 * code of some kernels.
 */
const withoutMinusOne: readonly Line[] = [
  move(2, 1),
  complement(2),
  ...spreadNonZero(2),
  complement(2),
  move(3, 2),
  arithmeticImmediate('and', 3, -2),
  arithmetic('xor', 1, 3),
];
/** By zero BPF leaves the dividend. */
const modulus = (instruction: Line): Line[] => [
  move(4, 1),
  ...spreadNonZero(4),
  instruction,
  arithmetic('and', 0, 4),
];

const OPERATIONS: Readonly<Record<BinaryOp, readonly Line[]>> = {
  add: [arithmetic('add', 0, 1)],
  sub: [arithmetic('sub', 0, 1)],
  mul: [arithmetic('mul', 0, 1)],
  and: [arithmetic('and', 0, 1)],
  or: [arithmetic('or', 0, 1)],
  xor: [arithmetic('xor', 0, 1)],
  // Division by zero gives 0 in BPF too.
  udiv: [arithmetic('udiv', 0, 1)],
  umod: modulus(arithmetic('umod', 0, 1)),
  sdiv: [
    ...withoutMinusOne,
    signedDivision('udiv', 0, 1),
    // Negated where r2 is -1.
    arithmetic('xor', 0, 2),
    arithmetic('sub', 0, 2),
  ],
  smod: [...withoutMinusOne, ...modulus(signedDivision('umod', 0, 1))],
  shl: shift('shl'),
  shr: shift('shr'),
  sar: [...isLongShift, arithmetic('or', 1, 2), arithmeticImmediate('and', 1, 63), arithmetic('sar', 0, 1)],
  eq: [arithmetic('xor', 0, 1), ...isNonZero, not],
  ne: [arithmetic('xor', 0, 1), ...isNonZero],
  ult: unsignedLess,
  ule: [...swap, ...unsignedLess, not],
  slt: signedLess,
  sle: [...swap, ...signedLess, not],
};

/** r0 = r0 where r2 is not 0, otherwise r1. */
export const SELECT: readonly Line[] = [
  ...spreadNonZero(2),
  arithmetic('xor', 0, 1),
  arithmetic('and', 0, 2),
  arithmetic('xor', 0, 1),
];

/** r0 = its low `bits` bits, extended to 64. */
export function extension(bits: number, signed: boolean): Line[] {
  if (bits === 64) return [];
  return [
    arithmeticImmediate('shl', 0, 64 - bits),
    arithmeticImmediate(signed ? 'sar' : 'shr', 0, 64 - bits),
  ];
}
