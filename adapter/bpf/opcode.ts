/**
 * The instruction set (Documentation/bpf/standardization/instruction-set.rst). The opcode is the first byte:
 *
 *      7  6  5  4   3   2  1  0           7  6  5  4  3  2  1  0
 *     +-----------+---+---------+        +--------+-----+---------+
 *     | operation | S |  class  |        |  mode  |  size |  class  |
 *     +-----------+---+---------+        +--------+-----+---------+
 *      arithmetic and jumps               loads and stores
 *
 * S: the second operand is a register (1) or the immediate (0). Size is 2 bits, mode 3.
 */
export const CLASS = { LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, JMP32: 6, ALU64: 7 } as const;
export const CLASS_MASK = 0x07;

export const SOURCE_REGISTER = 0x08;

/** Arithmetic, in bits 7-4. `sdiv` and `smod` are `udiv` and `umod` with 1 in the offset field (instruction set v4). */
export const ARITHMETIC = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  udiv: 0x30,
  or: 0x40,
  and: 0x50,
  shl: 0x60,
  shr: 0x70,
  neg: 0x80,
  umod: 0x90,
  xor: 0xa0,
  mov: 0xb0,
  sar: 0xc0,
} as const;
export type Arithmetic = keyof typeof ARITHMETIC;

/** Conditions of jumps, in bits 7-4; `always`, `call` and `exit` among them. */
export const JUMP = {
  always: 0x00,
  eq: 0x10,
  ugt: 0x20,
  uge: 0x30,
  set: 0x40,
  ne: 0x50,
  sgt: 0x60,
  sge: 0x70,
  call: 0x80,
  exit: 0x90,
  ult: 0xa0,
  ule: 0xb0,
  slt: 0xc0,
  sle: 0xd0,
} as const;
export type Condition = Exclude<keyof typeof JUMP, 'always' | 'call' | 'exit'>;
export const OPERATION_MASK = 0xf0;

/** Bytes of a memory access -> bits 4-3. */
export const SIZE = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 } as const;
export type Size = keyof typeof SIZE;
export const SIZE_MASK = 0x18;

/** Bits 7-5 of loads and stores. */
export const MODE = { IMM: 0x00, MEM: 0x60, ATOMIC: 0xc0 } as const;
export const MODE_MASK = 0xe0;
/** The immediate of an atomic operation: `add` fetches nothing, the others the value from before. */
export const ATOMIC = { add: 0x00, fetchAdd: 0x01, exchange: 0xe1, compareExchange: 0xf1 } as const;

/** Source register of a 64-bit immediate load: the immediate is the descriptor of a map. */
export const PSEUDO_MAP_DESCRIPTOR = 1;
/** The same, and what is loaded is the address of the map's only value. */
export const PSEUDO_MAP_VALUE = 2;

/** r0 results; r1-r5 arguments, lost in calls; r6-r9 kept; r10 the frame, read only. */
export type BpfRegister = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;
/** The stack of a program: bytes below r10. */
export const STACK_SIZE = 512;
export const INSTRUCTION_SIZE = 8;
