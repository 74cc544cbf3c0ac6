/** Runs captures as the comments of capture/ir.ts say, on a target that is made up: what a backend must do. */
import type { BinaryOp, Capture, Step, StringTest, Value } from '../../../adapter/capture/ir';
import {
  BYTES_HEADER_SIZE,
  layoutRecord,
  RECORD_HEADER,
  STRING_HEADER_SIZE,
} from '../../../adapter/capture/recordLayout';
import type { Register } from '../../../adapter/x86/register';

export interface Target {
  readonly registers: Partial<Record<Register, bigint>>;
  readonly loadBias: bigint;
  readonly threadPointer?: bigint;
  readonly hit?: Partial<Record<Extract<Step, { op: 'special' }>['name'], bigint>> & {
    readonly comm?: string;
  };
  /** Bytes at an address; undefined where a page is missing. */
  readonly read: (address: bigint, size: number) => Uint8Array | undefined;
}

/** Memory of some regions, and nothing between them. */
export function memory(...regions: readonly { at: bigint; bytes: Uint8Array }[]): Target['read'] {
  return (address, size) => {
    const region = regions.find(
      ({ at, bytes }) => address >= at && address + BigInt(size) <= at + BigInt(bytes.length),
    );
    return region?.bytes.subarray(Number(address - region.at), Number(address - region.at) + size);
  };
}

/** A whole record, at an offset that is not 0, so that its readers cannot forget it. */
export function record(captures: readonly Capture[], target: Target): { view: DataView; offset: number } {
  const offset = 64;
  const { offsets, size } = layoutRecord(captures);
  const bytes = new Uint8Array(offset + size);
  const view = new DataView(bytes.buffer);
  captures.forEach((capture, i) => {
    const field = run(capture, target);
    if (field) bytes.set(field, offset + offsets[i]!);
    else {
      const at = offset + RECORD_HEADER.faults.offset;
      view.setBigUint64(at, view.getBigUint64(at, true) | (1n << BigInt(i)), true);
    }
  });
  return { view, offset };
}

/** The bytes of a capture's field; undefined if a read fails. */
export function run({ steps, output }: Capture, target: Target): Uint8Array | undefined {
  const values: bigint[] = [];
  for (const step of steps) {
    const value = evaluate(step, values, target);
    if (value === undefined) return undefined;
    values.push(BigInt.asUintN(64, value));
  }
  switch (output.kind) {
    case 'threadName':
      return Buffer.from((target.hit?.comm ?? '').padEnd(16, '\0'), 'latin1');
    case 'scalar':
      return littleEndian(values[output.value]!).subarray(0, output.size);
    case 'memory':
      return target.read(values[output.address]!, output.size);
    case 'string':
      return string(values[output.address]!, output.capacity, target);
    case 'readable':
      return readable(values[output.address]!, output.capacity, target);
    case 'bytes':
      return counted(values[output.address]!, values[output.length]!, output.capacity, target);
  }
}

function evaluate(step: Step, values: readonly bigint[], target: Target): bigint | undefined {
  switch (step.op) {
    case 'constant':
      return step.value;
    case 'register':
      return target.registers[step.register] ?? 0xdead_dead_dead_deadn;
    case 'loadBias':
      return target.loadBias;
    case 'threadPointer':
      return target.threadPointer ?? 0n;
    case 'neg':
      return -values[step.operand]!;
    case 'not':
      return ~values[step.operand]!;
    case 'extend':
      return extend(values[step.operand]!, step.bits, step.signed);
    case 'load': {
      if (isOff(step, values)) return 0n;
      const bytes = target.read(values[step.address]!, step.size);
      return bytes && extend(fromLittleEndian(bytes), 8 * step.size, step.signed);
    }
    case 'select':
      return values[step.condition] ? values[step.then]! : values[step.otherwise]!;
    case 'require':
      return values[step.condition] ? values[step.operand]! : undefined;
    case 'testString': {
      if (isOff(step, values)) return 0n;
      const field = string(values[step.address]!, step.text.length + 2, target);
      const bytes = field?.subarray(STRING_HEADER_SIZE);
      return bytes && BigInt(isText(step, bytes.subarray(0, bytes.indexOf(0))));
    }
    case 'testThreadName':
      return BigInt(isText(step, Buffer.from(target.hit?.comm ?? '')));
    case 'special':
      return target.hit?.[step.name] ?? 0n;
    default:
      return BINARY[step.op](values[step.left]!, values[step.right]!);
  }
}

const isOff = ({ guard }: { readonly guard?: Value }, values: readonly bigint[]): boolean =>
  guard !== undefined && values[guard] === 0n;

function isText({ test, text }: { test: StringTest; text: Uint8Array }, bytes: Uint8Array): boolean {
  const compared = test === 'equals' ? bytes : bytes.subarray(0, text.length);
  return Buffer.from(compared).equals(text);
}

function string(address: bigint, capacity: number, target: Target): Uint8Array | undefined {
  const field = new Uint8Array(STRING_HEADER_SIZE + capacity);
  let count = 0;
  for (let byte = 1; byte !== 0 && count < capacity; count++) {
    const read = target.read(address + BigInt(count), 1);
    if (!read) return undefined;
    byte = read[0]!;
    field[STRING_HEADER_SIZE + count] = byte;
  }
  field[STRING_HEADER_SIZE + count - 1] = 0;
  new DataView(field.buffer).setInt32(0, count, true);
  return field;
}

/** All of it, or what comes before the end of a page. */
function readable(address: bigint, capacity: number, target: Target): Uint8Array | undefined {
  const field = new Uint8Array(BYTES_HEADER_SIZE + capacity);
  for (let size = capacity; size > 0; size--) {
    const bytes =
      size === capacity || (address + BigInt(size)) % PAGE_SIZE === 0n
        ? target.read(address, size)
        : undefined;
    if (!bytes) continue;
    field.set(littleEndian(BigInt(size)));
    field.set(bytes, BYTES_HEADER_SIZE);
    return field;
  }
  return undefined;
}

function counted(address: bigint, length: bigint, capacity: number, target: Target): Uint8Array | undefined {
  const field = new Uint8Array(BYTES_HEADER_SIZE + capacity);
  field.set(littleEndian(length));
  const held = length < BigInt(capacity) ? Number(length) : capacity;
  const bytes = held === 0 ? field.subarray(0, 0) : target.read(address, held);
  if (bytes) field.set(bytes, BYTES_HEADER_SIZE);
  return bytes && field;
}

const PAGE_SIZE = 4096n;

const extend = (value: bigint, bits: number, signed: boolean): bigint =>
  signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
const s = (value: bigint): bigint => BigInt.asIntN(64, value);

/** Operands are the unsigned reading of 64 bits. */
const BINARY: Record<BinaryOp, (a: bigint, b: bigint) => bigint> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  udiv: (a, b) => (b ? a / b : 0n),
  umod: (a, b) => (b ? a % b : 0n),
  sdiv: (a, b) => (b ? s(a) / s(b) : 0n),
  smod: (a, b) => (b ? s(a) % s(b) : 0n),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b) => (b < 64n ? a << b : 0n),
  shr: (a, b) => (b < 64n ? a >> b : 0n),
  sar: (a, b) => s(a) >> (b < 64n ? b : 63n),
  eq: (a, b) => BigInt(a === b),
  ne: (a, b) => BigInt(a !== b),
  ult: (a, b) => BigInt(a < b),
  ule: (a, b) => BigInt(a <= b),
  slt: (a, b) => BigInt(s(a) < s(b)),
  sle: (a, b) => BigInt(s(a) <= s(b)),
};

export const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
export const fromLittleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => value * 256n + BigInt(byte), 0n);
