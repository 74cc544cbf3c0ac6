import type { Operation, Referent } from '../dwarf/location';
import { isVectorRegister, registerOfDwarf, systemRegisterName, type Register } from '../x86/register';
import type { CaptureGap } from './captured';
import type { Value } from './ir';
import { bitsOf, gap, valueAt } from './place';
import {
  addressOf,
  binary,
  converted,
  DIVISIONS,
  isScalarSize,
  plusConstant,
  reinterpreted,
  sizeOf,
  typed,
  unary,
} from './stackValue';
import type { StackMachine } from './stackMachine';
import { Stop, undecodable, unsupported } from './stop';

/** Performs any operation but a branch (DWARF 5, 2.5.1 and 2.6.1). @throws Stop */
export function perform(machine: StackMachine, operation: Exclude<Operation, { op: 'branch' }>): void {
  const handler = HANDLERS[operation.op] as (m: StackMachine, operation: Operation) => void;
  handler(machine, operation);
}

type Handlers = {
  readonly [Op in Exclude<Operation['op'], 'branch'>]: (
    m: StackMachine,
    operation: Extract<Operation, { op: Op }>,
  ) => void;
};

const HANDLERS: Handlers = {
  address: (m, { address }) => {
    m.push(m.builder.add(m.builder.loadBias(), address));
  },
  constant: (m, { value }) => {
    m.push(m.builder.constant(value));
  },
  typedConstant: (m, { bytes, type }) => {
    if (bytes.length !== type.size) throw undecodable('DW_OP_const_type of another size');
    const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    m.pushTyped(typed(m.builder.constant(value), type, 'DW_OP_const_type', m.builder));
  },
  register: (m, { register }) => {
    const general = registerOfDwarf(register);
    m.locate(
      general
        ? { kind: 'value', value: content(m, general), size: 8 }
        : gap(registerGap(register, 'DW_OP_reg')),
    );
  },
  typedRegister: (m, { register, type }) => {
    const value = content(m, generalRegister(register, 'DW_OP_regval_type'));
    m.pushTyped(typed(value, type, 'DW_OP_regval_type', m.builder));
  },
  registerOffset: (m, { register, offset }) => {
    registerPlus(m, register, offset);
  },
  frameBaseOffset: (m, { offset }) => {
    m.push(m.builder.add(frameBase(m), offset));
  },
  callFrameCfa: (m) => {
    m.push(canonicalFrameAddress(m));
  },
  plusConstant: (m, { value }) => {
    m.pushTyped(plusConstant(m.pop(), value, m.builder));
  },
  dereference: (m, { size }) => {
    if (!isScalarSize(size)) throw unsupported('DW_OP_deref_size');
    m.push(m.builder.load(m.guarded(addressOf(m.pop(), m.builder)), size));
  },
  typedDereference: (m, { size, type }) => {
    if (size !== type.size || !isScalarSize(size)) throw unsupported('DW_OP_deref_type');
    const value = m.builder.load(m.guarded(addressOf(m.pop(), m.builder)), size, type.kind === 'signed');
    m.pushTyped({ value, type });
  },
  convert: (m, { type }) => {
    m.pushTyped(converted(m.pop(), type, m.builder));
  },
  reinterpret: (m, { type }) => {
    m.pushTyped(reinterpreted(m.pop(), type, m.builder));
  },
  stackValue: (m) => {
    const { value, type } = m.pop();
    m.locate({ kind: 'value', value, size: sizeOf(type) });
  },
  implicitValue: (m, { bytes }) => {
    m.locate({ kind: 'bytes', bytes });
  },
  implicitPointer: (m, { referent, offset }) => {
    m.locate({ kind: 'implicitPointer', referent, offset });
  },
  piece: (m, { bitSize, bitOffset }) => {
    m.piece(bitSize, (whole) => bitsOf(whole, bitOffset, bitSize, m.builder));
  },
  binary: (m, { operator }) => {
    const [right, left] = [m.pop(), m.pop()];
    const divisor = DIVISIONS.has(operator) ? { ...right, value: m.nonZero(right.value) } : right;
    m.pushTyped(binary(operator, left, divisor, m.builder));
  },
  unary: (m, { operator }) => {
    m.pushTyped(unary(operator, m.pop(), m.builder));
  },
  stack: (m, { operator }) => {
    STACK[operator](m);
  },
  pick: (m, { index }) => {
    m.pushTyped(m.peek(index));
  },
  call: (m, { referent: { location } }) => {
    // An entry without a location has no effect (DWARF 5, 2.5.1.5).
    if (location.kind === 'expression') m.execute(location.operations);
    else if (location.kind === 'unavailable' && location.reason.code !== 'optimisedOut')
      throw new Stop(location.reason);
  },
  variableValue: (m, { referent }) => {
    m.push(variableValue(m, referent));
  },
  callerValue: (_, { name }) => {
    throw new Stop({ code: 'callerValue', operation: name });
  },
  threadLocal: (m) => {
    const { threadStorage } = m.frame;
    if (threadStorage === undefined) throw new Stop({ code: 'threadLocal' });
    const offset = addressOf(m.pop(), m.builder);
    const start = m.builder.add(m.builder.threadPointer(), -threadStorage);
    m.push(m.builder.binary('add', start, offset));
  },
  nop: () => undefined,
  unsupported: (_, { name }) => {
    throw unsupported(name);
  },
};

/** DWARF 5, 2.5.1.3. */
const STACK: Record<Extract<Operation, { op: 'stack' }>['operator'], (m: StackMachine) => void> = {
  dup: (m) => {
    m.pushTyped(m.peek(0));
  },
  drop: (m) => {
    m.pop();
  },
  over: (m) => {
    m.pushTyped(m.peek(1));
  },
  swap: (m) => {
    const [top, second] = [m.pop(), m.pop()];
    m.pushTyped(top);
    m.pushTyped(second);
  },
  rot: (m) => {
    const [top, second, third] = [m.pop(), m.pop(), m.pop()];
    for (const value of [top, third, second]) m.pushTyped(value);
  },
};

function registerPlus(m: StackMachine, number: number, offset: number): void {
  m.push(m.builder.add(content(m, generalRegister(number, 'DW_OP_breg')), offset));
}

/** The instruction pointer is that of the address, also where the probe is a few instructions on. */
const content = (m: StackMachine, register: Register): Value =>
  register === 'ip' ? m.builder.add(m.builder.loadBias(), m.frame.address) : m.builder.register(register);

/** DW_AT_frame_base: an address, or the content of a register (DWARF 5, 3.3.5). */
function frameBase(m: StackMachine): Value {
  const noFrameBase = {
    kind: 'unavailable',
    reason: { code: 'undecodable', detail: 'frame base refers to itself' },
  } as const;
  const { address, cfa, threadStorage } = m.frame;
  const frame = { address, cfa, threadStorage, frameBase: noFrameBase };
  const place = m.evaluate(m.frame.frameBase, frame);
  switch (place.kind) {
    case 'memory':
      return place.address;
    case 'value':
      return place.value;
    case 'gap':
      throw new Stop(place.reason);
    default:
      throw undecodable('frame base is no address');
  }
}

function canonicalFrameAddress(m: StackMachine): Value {
  const { cfa } = m.frame;
  if (!cfa) throw undecodable('no call frame information');
  if (cfa.kind === 'registerOffset')
    return m.builder.add(content(m, generalRegister(cfa.register, 'DW_OP_breg')), cfa.offset);
  const { address, frameBase: base, threadStorage } = m.frame;
  const frame = { address, cfa: undefined, threadStorage, frameBase: base };
  const place = m.evaluate({ kind: 'expression', operations: cfa.operations }, frame);
  if (place.kind === 'memory') return place.address;
  throw place.kind === 'gap' ? new Stop(place.reason) : undecodable('call frame address is no address');
}

/** What the variable holds, extended to 64 bits by its type. */
function variableValue(m: StackMachine, { location, type }: Referent): Value {
  if (type === undefined) throw unsupported('DW_OP_GNU_variable_value');
  const value = valueAt(m.evaluate(location), type.size, m.builder);
  if (typeof value !== 'number') throw new Stop(value);
  return converted(typed(value, type, 'DW_OP_GNU_variable_value', m.builder), undefined, m.builder).value;
}

function generalRegister(number: number, operation: string): Register {
  const register = registerOfDwarf(number);
  if (!register) throw new Stop(registerGap(number, operation));
  return register;
}

function registerGap(number: number, operation: string): CaptureGap {
  if (isVectorRegister(number)) return { code: 'vectorRegister' };
  return { code: 'unsupportedOperation', operation: `${operation}x ${systemRegisterName(number)}` };
}
