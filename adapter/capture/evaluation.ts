import type { BinaryOperator, CfaRule, Location, Operation } from '../dwarf/location';
import { registerOfDwarf, isVectorRegister, type Register } from '../x86/register';
import type { CaptureGap } from './captured';
import type { BinaryOp, ScalarSize, Value } from './ir';
import { gap, partOf, SCALAR_SIZES, type Piece, type Place } from './place';
import type { StepBuilder } from './stepBuilder';

/** What the operations about the frame refer to; a part of AddressContext. */
export interface Frame {
  readonly frameBase: Location;
  readonly cfa: CfaRule | undefined;
}

/**
 * Evaluates a location as far as it can be when the plan is made (DWARF 5, 2.5 and 2.6): what depends on the hit
 * becomes steps of the IR. What cannot be had is a place of kind `gap`.
 */
export function evaluateLocation(location: Location, frame: Frame, builder: StepBuilder): Place {
  switch (location.kind) {
    case 'constant':
      return { kind: 'bytes', bytes: location.bytes };
    case 'unavailable':
      return gap(location.reason);
    case 'expression':
      return stopped(() => new Machine(frame, builder).run(location.operations));
  }
}

/** Ends an evaluation from any depth; never leaves this file. */
class Stop extends Error {
  constructor(readonly reason: CaptureGap) {
    super(reason.code);
  }
}

function stopped(evaluation: () => Place): Place {
  try {
    return evaluation();
  } catch (error) {
    if (error instanceof Stop) return gap(error.reason);
    throw error;
  }
}

const undecodable = (detail: string): Stop => new Stop({ code: 'undecodable', detail });
const unsupported = (operation: string): Stop => new Stop({ code: 'unsupportedOperation', operation });

/** The stack machine of DWARF 5, 2.5.1, on values of the IR. */
class Machine {
  readonly stack: Value[] = [];
  readonly pieces: Piece[] = [];
  /** Set by an operation that says where the object is other than by an address on the stack. */
  place: Place | undefined;

  constructor(
    readonly frame: Frame,
    readonly builder: StepBuilder,
  ) {}

  run(operations: readonly Operation[]): Place {
    if (operations.length > MAX_OPERATIONS) throw undecodable(`over ${MAX_OPERATIONS} operations`);
    for (const operation of operations) {
      if (this.place && operation.op !== 'piece' && operation.op !== 'nop') {
        throw undecodable('operations after a location');
      }
      perform(this, operation);
    }
    if (this.pieces.length === 0) return this.located() ?? gap({ code: 'optimisedOut' });
    if (this.place || this.stack.length > 0) throw undecodable('operations after the last piece');
    return { kind: 'pieces', pieces: this.pieces };
  }

  /** The location described since the last piece; undefined if there is none, which means optimised out. */
  located(): Place | undefined {
    const place = this.place;
    this.place = undefined;
    if (place) return place;
    const address = this.stack.pop();
    return address === undefined ? undefined : { kind: 'memory', address };
  }

  push(value: Value): void {
    this.stack.push(value);
  }

  pop(): Value {
    const value = this.stack.pop();
    if (value === undefined) throw undecodable('stack underflow');
    return value;
  }

  /** The `index`th value from the top. */
  peek(index: number): Value {
    const value = this.stack.at(-1 - index);
    if (value === undefined) throw undecodable('stack underflow');
    return value;
  }

  registerPlus(number: number, offset: number | bigint): void {
    this.push(this.builder.add(this.builder.register(generalRegister(number)), offset));
  }
}

type Handlers = {
  readonly [Op in Operation['op']]: (m: Machine, operation: Extract<Operation, { op: Op }>) => void;
};

const HANDLERS: Handlers = {
  address: (m, { address }) => {
    m.push(m.builder.add(m.builder.loadBias(), address));
  },
  constant: (m, { value }) => {
    m.push(m.builder.constant(value));
  },
  register: (m, { register }) => {
    const general = registerOfDwarf(register);
    m.place = general
      ? { kind: 'value', value: m.builder.register(general), size: 8 }
      : gap(registerGap(register, 'DW_OP_reg'));
  },
  registerOffset: (m, { register, offset }) => {
    m.registerPlus(register, offset);
  },
  frameBaseOffset: (m, { offset }) => {
    m.push(m.builder.add(frameBase(m), offset));
  },
  callFrameCfa: (m) => {
    m.push(canonicalFrameAddress(m));
  },
  plusConstant: (m, { value }) => {
    m.push(m.builder.add(m.pop(), value));
  },
  dereference: (m, { size }) => {
    if (!isScalarSize(size)) throw unsupported('DW_OP_deref_size');
    m.push(m.builder.load(m.pop(), size));
  },
  stackValue: (m) => {
    m.place = { kind: 'value', value: m.pop(), size: 8 };
  },
  implicitValue: (m, { bytes }) => {
    m.place = { kind: 'bytes', bytes };
  },
  piece: (m, { bitSize, bitOffset }) => {
    if (bitSize % 8 !== 0 || bitOffset % 8 !== 0) throw unsupported('DW_OP_bit_piece');
    const size = bitSize / 8;
    const whole = m.located() ?? gap({ code: 'optimisedOut' });
    m.pieces.push({ place: partOf(whole, bitOffset / 8, size, m.builder), size });
  },
  binary: (m, { operator }) => {
    const { op, swapped } = BINARY[operator];
    const [right, left] = [m.pop(), m.pop()];
    m.push(swapped ? m.builder.binary(op, right, left) : m.builder.binary(op, left, right));
  },
  unary: (m, { operator }) => {
    const value = m.pop();
    m.push(operator === 'abs' ? absolute(value, m.builder) : m.builder.unary(operator, value));
  },
  stack: (m, { operator }) => {
    STACK[operator](m);
  },
  pick: (m, { index }) => {
    m.push(m.peek(index));
  },
  nop: () => undefined,
  unsupported: (_, { name }) => {
    throw unsupported(name);
  },
};

function perform(machine: Machine, operation: Operation): void {
  const handler = HANDLERS[operation.op] as (m: Machine, operation: Operation) => void;
  handler(machine, operation);
}

/** DWARF 5, 2.5.1.4 and 2.5.1.5: division, right shift `shra` and comparisons are signed, the rest is not. */
const BINARY = {
  and: { op: 'and', swapped: false },
  div: { op: 'sdiv', swapped: false },
  minus: { op: 'sub', swapped: false },
  mod: { op: 'umod', swapped: false },
  mul: { op: 'mul', swapped: false },
  or: { op: 'or', swapped: false },
  plus: { op: 'add', swapped: false },
  shl: { op: 'shl', swapped: false },
  shr: { op: 'shr', swapped: false },
  shra: { op: 'sar', swapped: false },
  xor: { op: 'xor', swapped: false },
  eq: { op: 'eq', swapped: false },
  ne: { op: 'ne', swapped: false },
  lt: { op: 'slt', swapped: false },
  le: { op: 'sle', swapped: false },
  gt: { op: 'slt', swapped: true },
  ge: { op: 'sle', swapped: true },
} as const satisfies Record<BinaryOperator, { op: BinaryOp; swapped: boolean }>;

/** DWARF 5, 2.5.1.3. */
const STACK: Record<Extract<Operation, { op: 'stack' }>['operator'], (m: Machine) => void> = {
  dup: (m) => {
    m.push(m.peek(0));
  },
  drop: (m) => {
    m.pop();
  },
  over: (m) => {
    m.push(m.peek(1));
  },
  swap: (m) => {
    const [top, second] = [m.pop(), m.pop()];
    m.stack.push(top, second);
  },
  rot: (m) => {
    const [top, second, third] = [m.pop(), m.pop(), m.pop()];
    m.stack.push(top, third, second);
  },
};

/** |x| = (x ^ s) - s, where s is the sign spread over all bits. */
function absolute(value: Value, builder: StepBuilder): Value {
  const sign = builder.binary('sar', value, builder.constant(63));
  return builder.binary('sub', builder.binary('xor', value, sign), sign);
}

/** DW_AT_frame_base: an address, or the content of a register (DWARF 5, 3.3.5). */
function frameBase(m: Machine): Value {
  const noFrameBase = {
    kind: 'unavailable',
    reason: { code: 'undecodable', detail: 'frame base refers to itself' },
  } as const;
  const place = evaluateLocation(m.frame.frameBase, { cfa: m.frame.cfa, frameBase: noFrameBase }, m.builder);
  switch (place.kind) {
    case 'memory':
      return place.address;
    case 'value':
      return place.value;
    case 'gap':
      throw new Stop(place.reason);
    case 'bytes':
    case 'pieces':
      throw undecodable('frame base is no address');
  }
}

function canonicalFrameAddress(m: Machine): Value {
  const { cfa } = m.frame;
  if (!cfa) throw undecodable('no call frame information');
  const inner = new Machine({ frameBase: m.frame.frameBase, cfa: undefined }, m.builder);
  if (cfa.kind === 'registerOffset') {
    inner.registerPlus(cfa.register, cfa.offset);
    return inner.pop();
  }
  const place = inner.run(cfa.operations);
  if (place.kind === 'memory') return place.address;
  throw place.kind === 'gap' ? new Stop(place.reason) : undecodable('call frame address is no address');
}

function generalRegister(number: number): Register {
  const register = registerOfDwarf(number);
  if (!register) throw new Stop(registerGap(number, 'DW_OP_breg'));
  return register;
}

function registerGap(number: number, operation: 'DW_OP_reg' | 'DW_OP_breg'): CaptureGap {
  if (isVectorRegister(number) || isX87OrMask(number)) return { code: 'vectorRegister' };
  return { code: 'unsupportedOperation', operation: `${operation}${number <= 31 ? number : `x ${number}`}` };
}

/** %st0-7 and %mm0-7 (33-48), %k0-7 (118-125): psABI for x86-64, figure 3.36. */
const isX87OrMask = (number: number): boolean =>
  (number >= 33 && number <= 48) || (number >= 118 && number <= 125);

const isScalarSize = (size: number): size is ScalarSize => (SCALAR_SIZES as readonly number[]).includes(size);

/** Operations of one location. */
const MAX_OPERATIONS = 128;
