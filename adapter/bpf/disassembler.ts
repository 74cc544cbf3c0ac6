import {
  ARITHMETIC,
  ATOMIC,
  CLASS,
  CLASS_MASK,
  INSTRUCTION_SIZE,
  JUMP,
  MODE,
  MODE_MASK,
  OPERATION_MASK,
  PSEUDO_MAP_VALUE,
  SIZE,
  SIZE_MASK,
  SOURCE_REGISTER,
} from './opcode';
import { HELPERS } from './helper';

/**
 * The listing of machine code, a line per instruction, as the verifier's log numbers them (a 64-bit immediate counts
 * as two). Only what instruction.ts can make is known; the rest shows as `unknown`.
 */
export function disassemble(code: Uint8Array): ListingLine[] {
  const view = new DataView(code.buffer, code.byteOffset, code.length);
  const lines: ListingLine[] = [];
  for (let index = 0; (index + 1) * INSTRUCTION_SIZE <= code.length; index++) {
    const fields = decode(view, index);
    lines.push({ index, text: text(fields, view) });
    if (fields.opcode === LOAD_WIDE) index++;
  }
  return lines;
}

export interface ListingLine {
  readonly index: number;
  readonly text: string;
}

export const formatLine = ({ index, text }: ListingLine): string => `${String(index).padStart(4)}: ${text}`;

interface Fields {
  readonly index: number;
  readonly opcode: number;
  readonly destination: string;
  readonly source: string;
  readonly sourceNumber: number;
  readonly offset: number;
  readonly immediate: number;
}

function decode(view: DataView, index: number): Fields {
  const at = index * INSTRUCTION_SIZE;
  const registers = view.getUint8(at + 1);
  return {
    index,
    opcode: view.getUint8(at),
    destination: `r${registers & 0x0f}`,
    source: `r${registers >> 4}`,
    sourceNumber: registers >> 4,
    offset: view.getInt16(at + 2, true),
    immediate: view.getInt32(at + 4, true),
  };
}

const LOAD_WIDE = CLASS.LD | MODE.IMM | SIZE[8];

/** Text of an instruction by its class. */
function text(fields: Fields, view: DataView): string {
  if (fields.opcode === LOAD_WIDE) return wide(fields, view);
  const format = FORMATS[fields.opcode & CLASS_MASK];
  return format?.(fields) ?? `unknown 0x${fields.opcode.toString(16)}`;
}

const FORMATS: Readonly<Record<number, (fields: Fields) => string | undefined>> = {
  [CLASS.ALU64]: arithmetic,
  [CLASS.JMP]: jump,
  [CLASS.LDX]: (fields) => `${fields.destination} = ${memory(fields, fields.source)}`,
  [CLASS.ST]: (fields) => `${memory(fields, fields.destination)} = ${fields.immediate}`,
  [CLASS.STX]: (fields) =>
    (fields.opcode & MODE_MASK) === MODE.ATOMIC
      ? atomic(fields)
      : `${memory(fields, fields.destination)} = ${fields.source}`,
};

function atomic(fields: Fields): string | undefined {
  const [place, source] = [memory(fields, fields.destination), fields.source];
  switch (nameOf(ATOMIC, fields.immediate)) {
    case 'add':
      return `lock ${place} += ${source}`;
    case 'fetchAdd':
      return `${source} = fetch_add(${place}, ${source})`;
    case 'exchange':
      return `${source} = exchange(${place}, ${source})`;
    case 'compareExchange':
      return `r0 = compare_exchange(${place}, r0, ${source})`;
    default:
      return undefined;
  }
}

function wide(fields: Fields, view: DataView): string {
  if (fields.sourceNumber === PSEUDO_MAP_VALUE)
    return `${fields.destination} = value of map ${fields.immediate}`;
  if (fields.sourceNumber !== 0) return `${fields.destination} = map ${fields.immediate}`;
  const at = fields.index * INSTRUCTION_SIZE;
  const value =
    (view.getBigUint64(at + INSTRUCTION_SIZE, true) & ~0xffff_ffffn) | BigInt(fields.immediate >>> 0);
  return `${fields.destination} = 0x${value.toString(16)}`;
}

const SYMBOLS: Readonly<Record<string, string>> = {
  add: '+=', sub: '-=', mul: '*=', udiv: '/=', umod: '%=', or: '|=', and: '&=', xor: '^=', shl: '<<=', shr: '>>=', sar: 's>>=', mov: '=',
  eq: '==', ne: '!=', ugt: '>', uge: '>=', ult: '<', ule: '<=', sgt: 's>', sge: 's>=', slt: 's<', sle: 's<=', set: '&',
}; // prettier-ignore

const operand = (fields: Fields): string =>
  fields.opcode & SOURCE_REGISTER ? fields.source : String(fields.immediate);

function arithmetic(fields: Fields): string | undefined {
  const operation = nameOf(ARITHMETIC, fields.opcode & OPERATION_MASK);
  if (operation === undefined) return undefined;
  if (operation === 'neg') return `${fields.destination} = -${fields.destination}`;
  const signed = fields.offset === 1 ? 's' : '';
  return `${fields.destination} ${signed}${SYMBOLS[operation] ?? '?'} ${operand(fields)}`;
}

function jump(fields: Fields): string | undefined {
  const operation = nameOf(JUMP, fields.opcode & OPERATION_MASK);
  const target = `goto ${fields.index + 1 + fields.offset}`;
  switch (operation) {
    case undefined:
      return undefined;
    case 'exit':
      return 'exit';
    case 'call':
      return `call ${nameOf(HELPERS, fields.immediate) ?? fields.immediate}`;
    case 'always':
      return target;
    default:
      return `if ${fields.destination} ${SYMBOLS[operation] ?? '?'} ${operand(fields)} ${target}`;
  }
}

function memory({ opcode, offset }: Fields, base: string): string {
  const bits = Number(nameOf(SIZE, opcode & SIZE_MASK)) * 8;
  const sign = offset < 0 ? '-' : '+';
  return `u${bits}[${base} ${sign} ${Math.abs(offset)}]`;
}

const nameOf = <Name extends string | number>(
  table: Readonly<Record<Name, number>>,
  value: number,
): Name | undefined => (Object.keys(table) as Name[]).find((name) => table[name] === value);
