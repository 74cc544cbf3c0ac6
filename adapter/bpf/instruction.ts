import {
  ARITHMETIC,
  ATOMIC,
  CLASS,
  JUMP,
  MODE,
  PSEUDO_MAP_DESCRIPTOR,
  PSEUDO_MAP_VALUE,
  SIZE,
  SOURCE_REGISTER,
  type Arithmetic,
  type BpfRegister,
  type Condition,
  type Size,
} from './opcode';
import { HELPERS, type Helper } from './helper';

/**
 * An instruction as the kernel takes it:
 *
 *      63                    32 31             16 15   12 11    8 7        0
 *     +------------------------+-----------------+-------+-------+----------+
 *     |       immediate        |     offset      |  src  |  dst  |  opcode  |
 *     +------------------------+-----------------+-------+-------+----------+
 *
 * A 64-bit immediate takes two, the second with nothing but the upper half. Jumps and maps are by name until assembled.
 */
export interface Instruction {
  readonly opcode: number;
  readonly destination: BpfRegister;
  readonly source: number;
  readonly offset: number;
  readonly immediate: number;
  /** Upper half of a 64-bit immediate. */
  readonly upper?: number;
  /** Label to jump to, instead of `offset`. */
  readonly target?: string;
  /** Map whose descriptor is the immediate. */
  readonly map?: string;
}

/** Names the next instruction. */
export interface Label {
  readonly label: string;
}
export type Line = Instruction | Label;

const plain = (
  opcode: number,
  destination: BpfRegister,
  source: number,
  offset: number,
  immediate: number,
): Instruction => ({
  opcode,
  destination,
  source,
  offset,
  immediate,
});

export const label = (name: string): Label => ({ label: name });

/** destination = destination `operation` source, 64 bits. */
export const arithmetic = (
  operation: Arithmetic,
  destination: BpfRegister,
  source: BpfRegister,
): Instruction => plain(CLASS.ALU64 | SOURCE_REGISTER | ARITHMETIC[operation], destination, source, 0, 0);
/** The immediate is sign-extended to 64 bits. */
export const arithmeticImmediate = (
  operation: Arithmetic,
  destination: BpfRegister,
  immediate: number,
): Instruction => plain(CLASS.ALU64 | ARITHMETIC[operation], destination, 0, 0, immediate);
export const signedDivision = (
  operation: 'udiv' | 'umod',
  destination: BpfRegister,
  source: BpfRegister,
): Instruction => plain(CLASS.ALU64 | SOURCE_REGISTER | ARITHMETIC[operation], destination, source, 1, 0);
export const move = (destination: BpfRegister, source: BpfRegister): Instruction =>
  arithmetic('mov', destination, source);
export const moveImmediate = (destination: BpfRegister, immediate: number): Instruction =>
  arithmeticImmediate('mov', destination, immediate);
export const negate = (destination: BpfRegister): Instruction =>
  plain(CLASS.ALU64 | ARITHMETIC.neg, destination, 0, 0, 0);

/** destination = value, by one instruction if 32 bits hold it. */
export function loadConstant(destination: BpfRegister, value: bigint): Instruction {
  const signed = BigInt.asIntN(64, value);
  if (BigInt.asIntN(32, signed) === signed) return moveImmediate(destination, Number(signed));
  return {
    ...plain(CLASS.LD | MODE.IMM | SIZE[8], destination, 0, 0, Number(BigInt.asIntN(32, signed))),
    upper: Number(BigInt.asIntN(32, signed >> 32n)),
  };
}
/** destination = the map called `name`. */
export const loadMap = (destination: BpfRegister, name: string): Instruction => ({
  ...plain(CLASS.LD | MODE.IMM | SIZE[8], destination, PSEUDO_MAP_DESCRIPTOR, 0, 0),
  upper: 0,
  map: name,
});

/** destination = the address of the one value of the array called `name`. */
export const loadMapValue = (destination: BpfRegister, name: string): Instruction => ({
  ...loadMap(destination, name),
  source: PSEUDO_MAP_VALUE,
});

/** destination = the zero-extended bytes at base + offset. */
export const load = (size: Size, destination: BpfRegister, base: BpfRegister, offset: number): Instruction =>
  plain(CLASS.LDX | MODE.MEM | SIZE[size], destination, base, offset, 0);
export const store = (size: Size, base: BpfRegister, offset: number, source: BpfRegister): Instruction =>
  plain(CLASS.STX | MODE.MEM | SIZE[size], base, source, offset, 0);
export const storeImmediate = (
  size: Size,
  base: BpfRegister,
  offset: number,
  immediate: number,
): Instruction => plain(CLASS.ST | MODE.MEM | SIZE[size], base, 0, offset, immediate);
/** Adds the register to the 8 bytes at base + offset, atomically. */
export const atomicAdd = (base: BpfRegister, offset: number, source: BpfRegister): Instruction =>
  atomic('add', base, offset, source);
/** The same; the register becomes what was there before. */
export const fetchAdd = (base: BpfRegister, offset: number, source: BpfRegister): Instruction =>
  atomic('fetchAdd', base, offset, source);
/** Exchanges the register and the 8 bytes at base + offset. */
export const exchange = (base: BpfRegister, offset: number, source: BpfRegister): Instruction =>
  atomic('exchange', base, offset, source);
/** The 8 bytes at base + offset become the register's if they are r0's; r0 becomes what was there before. */
export const compareExchange = (base: BpfRegister, offset: number, source: BpfRegister): Instruction =>
  atomic('compareExchange', base, offset, source);

function atomic(
  operation: keyof typeof ATOMIC,
  base: BpfRegister,
  offset: number,
  source: BpfRegister,
): Instruction {
  return plain(CLASS.STX | MODE.ATOMIC | SIZE[8], base, source, offset, ATOMIC[operation]);
}

export const jump = (target: string): Instruction => ({
  ...plain(CLASS.JMP | JUMP.always, 0, 0, 0, 0),
  target,
});
export const jumpIf = (
  condition: Condition,
  left: BpfRegister,
  right: BpfRegister,
  target: string,
): Instruction => ({
  ...plain(CLASS.JMP | SOURCE_REGISTER | JUMP[condition], left, right, 0, 0),
  target,
});
/** The immediate is sign-extended to 64 bits. */
export const jumpIfImmediate = (
  condition: Condition,
  left: BpfRegister,
  right: number,
  target: string,
): Instruction => ({
  ...plain(CLASS.JMP | JUMP[condition], left, 0, 0, right),
  target,
});
/** r0 = helper(r1, r2, r3, r4, r5); r1-r5 are lost. */
export const call = (helper: Helper): Instruction => plain(CLASS.JMP | JUMP.call, 0, 0, 0, HELPERS[helper]);
export const exit = (): Instruction => plain(CLASS.JMP | JUMP.exit, 0, 0, 0, 0);
