import type { BinaryOp, Capture, Step } from '../../adapter/capture/ir';
import type { Register } from '../../adapter/x86/register';

/** What a capture sees of a process. */
export interface Machine {
  readonly registers: Readonly<Partial<Record<Register, bigint>>>;
  readonly loadBias: bigint;
  /** Undefined where not all of the bytes are mapped. */
  readonly read: (address: bigint, size: number) => Buffer | undefined;
}

/** What the IR's description says a capture's output is, as unsigned 64 bits; undefined after a fault. */
export function interpret({ steps, output }: Capture, machine: Machine): bigint | undefined {
  const values: bigint[] = [];
  for (const step of steps) {
    const value = evaluate(step, values, machine);
    if (value === undefined) return undefined;
    values.push(BigInt.asUintN(64, value));
  }
  return output.kind === 'scalar'
    ? BigInt.asUintN(output.size * 8, values[output.value]!)
    : values[output.address]!;
}

function evaluate(step: Step, values: readonly bigint[], machine: Machine): bigint | undefined {
  switch (step.op) {
    case 'constant':
      return step.value;
    case 'register':
      return machine.registers[step.register];
    case 'loadBias':
      return machine.loadBias;
    case 'neg':
      return -values[step.operand]!;
    case 'not':
      return ~values[step.operand]!;
    case 'extend':
      return step.signed
        ? BigInt.asIntN(step.bits, values[step.operand]!)
        : BigInt.asUintN(step.bits, values[step.operand]!);
    case 'load': {
      const bytes = machine.read(values[step.address]!, step.size);
      if (!bytes) return undefined;
      const value = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
      return step.signed ? BigInt.asIntN(step.size * 8, value) : value;
    }
    default:
      return BINARY[step.op](values[step.left]!, values[step.right]!);
  }
}

const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
const BINARY: Record<BinaryOp, (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  udiv: (a, b) => (b === 0n ? 0n : a / b),
  umod: (a, b) => (b === 0n ? 0n : a % b),
  sdiv: (a, b) => (b === 0n ? 0n : signed(a) / signed(b)),
  smod: (a, b) => (b === 0n ? 0n : signed(a) % signed(b)),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => (b > 63n ? 0n : a << b),
  shr: (a, b) => (b > 63n ? 0n : a >> b),
  sar: (a, b) => signed(a) >> (b > 63n ? 63n : b),
  eq: (a, b) => BigInt(a === b),
  ne: (a, b) => BigInt(a !== b),
  ult: (a, b) => BigInt(a < b),
  ule: (a, b) => BigInt(a <= b),
  slt: (a, b) => BigInt(signed(a) < signed(b)),
  sle: (a, b) => BigInt(signed(a) <= signed(b)),
};
export const BINARY_OPS = Object.keys(BINARY) as BinaryOp[];
