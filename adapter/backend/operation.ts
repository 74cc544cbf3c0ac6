import {
  arithmetic,
  arithmeticImmediate,
  jumpIf,
  jumpIfImmediate,
  label,
  move,
  moveImmediate,
  negate,
  signedDivision,
  type Line,
} from '../bpf/instruction';
import type { Condition } from '../bpf/opcode';
import type { BinaryOp } from '../capture/ir';

/**
 * Code of r0 = r0 `op` r1. Where the machine differs from what the IR promises (division and modulus by zero,
 * long shifts), the difference is made up for. r2 is lost.
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
  eq: (name) => compare('eq', name),
  ne: (name) => compare('ne', name),
  ult: (name) => compare('ult', name),
  ule: (name) => compare('ule', name),
  slt: (name) => compare('slt', name),
  sle: (name) => compare('sle', name),
};

const shift = (direction: 'shl' | 'shr', name: string): Line[] => [
  jumpIfImmediate('ult', 1, 64, `${name}.shift`),
  moveImmediate(0, 0),
  moveImmediate(1, 0),
  label(`${name}.shift`),
  arithmetic(direction, 0, 1),
];

const compare = (condition: Condition, name: string): Line[] => [
  moveImmediate(2, 1),
  jumpIf(condition, 0, 1, `${name}.true`),
  moveImmediate(2, 0),
  label(`${name}.true`),
  move(0, 2),
];

/** r0 = its low `bits` bits, extended to 64. */
export function extension(bits: number, signed: boolean): Line[] {
  if (bits === 64) return [];
  return [
    arithmeticImmediate('shl', 0, 64 - bits),
    arithmeticImmediate(signed ? 'sar' : 'shr', 0, 64 - bits),
  ];
}
