import { virtualAddress } from '../elf/address';
import type { Cursor } from '../elf/cursor';
import type { Encoding } from './form';
import type { BinaryOperator, Operation } from './location';

/** What an expression's operands refer to. */
export interface OperationUnit {
  readonly encoding: Encoding;
  /** Entry of .debug_addr. */
  indexedAddress(index: number): number;
}

/**
 * How one operand is encoded (DWARF 5, 7.7.1). `uleb` and `sleb` have 64 bits; `index` and `offset` are the same, kept where a
 * number is exact. `block` has its length before it as ULEB128.
 */
type Operand =
  | 'u1'
  | 's1'
  | 'u2'
  | 's2'
  | 'u4'
  | 's4'
  | 'u8'
  | 's8'
  | 'uleb'
  | 'sleb'
  | 'index'
  | 'offset'
  | 'address'
  | 'reference'
  | 'block'
  | 'block1';

type OperandValue = bigint | number | Uint8Array;
type Operands = readonly OperandValue[];

interface Opcode {
  readonly name: string;
  readonly operands: readonly Operand[];
  /** Undefined where the operation cannot be expressed in the terms of location.ts. */
  readonly build: ((operands: Operands, unit: OperationUnit) => Operation) | undefined;
}

const number = (operands: Operands, index = 0): number => Number(operands[index]);
const constant = ([value]: Operands): Operation => ({ op: 'constant', value: value as bigint });
const always = (operation: Operation) => (): Operation => operation;
const binary = (operator: BinaryOperator) => always({ op: 'binary', operator });

type Row = readonly [name: string, operands: readonly Operand[], build?: Opcode['build']];

/** DW_OP_* (DWARF 5, 7.7.1) and GNU's. Rows without a third column are decoded and refused by name. */
const ROWS: Readonly<Record<number, Row>> = {
  0x03: ['addr', ['address'], (operands) => ({ op: 'address', address: virtualAddress(number(operands)) })],
  0x06: ['deref', [], (_, { encoding }) => ({ op: 'dereference', size: encoding.addressSize })],
  0x08: ['const1u', ['u1'], constant],
  0x09: ['const1s', ['s1'], constant],
  0x0a: ['const2u', ['u2'], constant],
  0x0b: ['const2s', ['s2'], constant],
  0x0c: ['const4u', ['u4'], constant],
  0x0d: ['const4s', ['s4'], constant],
  0x0e: ['const8u', ['u8'], constant],
  0x0f: ['const8s', ['s8'], constant],
  0x10: ['constu', ['uleb'], constant],
  0x11: ['consts', ['sleb'], constant],
  0x12: ['dup', [], always({ op: 'stack', operator: 'dup' })],
  0x13: ['drop', [], always({ op: 'stack', operator: 'drop' })],
  0x14: ['over', [], always({ op: 'stack', operator: 'over' })],
  0x15: ['pick', ['u1'], (operands) => ({ op: 'pick', index: number(operands) })],
  0x16: ['swap', [], always({ op: 'stack', operator: 'swap' })],
  0x17: ['rot', [], always({ op: 'stack', operator: 'rot' })],
  0x18: ['xderef', []],
  0x19: ['abs', [], always({ op: 'unary', operator: 'abs' })],
  0x1a: ['and', [], binary('and')],
  0x1b: ['div', [], binary('div')],
  0x1c: ['minus', [], binary('minus')],
  0x1d: ['mod', [], binary('mod')],
  0x1e: ['mul', [], binary('mul')],
  0x1f: ['neg', [], always({ op: 'unary', operator: 'neg' })],
  0x20: ['not', [], always({ op: 'unary', operator: 'not' })],
  0x21: ['or', [], binary('or')],
  0x22: ['plus', [], binary('plus')],
  0x23: ['plus_uconst', ['uleb'], ([value]) => ({ op: 'plusConstant', value: value as bigint })],
  0x24: ['shl', [], binary('shl')],
  0x25: ['shr', [], binary('shr')],
  0x26: ['shra', [], binary('shra')],
  0x27: ['xor', [], binary('xor')],
  0x28: ['bra', ['s2']],
  0x29: ['eq', [], binary('eq')],
  0x2a: ['ge', [], binary('ge')],
  0x2b: ['gt', [], binary('gt')],
  0x2c: ['le', [], binary('le')],
  0x2d: ['lt', [], binary('lt')],
  0x2e: ['ne', [], binary('ne')],
  0x2f: ['skip', ['s2']],
  0x90: ['regx', ['index'], (operands) => ({ op: 'register', register: number(operands) })],
  0x91: ['fbreg', ['offset'], (operands) => ({ op: 'frameBaseOffset', offset: number(operands) })],
  0x92: ['bregx', ['index', 'offset'], (operands) => registerOffset(number(operands), number(operands, 1))],
  0x93: ['piece', ['index'], (operands) => ({ op: 'piece', bitSize: 8 * number(operands), bitOffset: 0 })],
  0x94: ['deref_size', ['u1'], (operands) => ({ op: 'dereference', size: number(operands) })],
  0x95: ['xderef_size', ['u1']],
  0x96: ['nop', [], always({ op: 'nop' })],
  0x97: ['push_object_address', []],
  0x98: ['call2', ['u2']],
  0x99: ['call4', ['u4']],
  0x9a: ['call_ref', ['reference']],
  0x9b: ['form_tls_address', []],
  0x9c: ['call_frame_cfa', [], always({ op: 'callFrameCfa' })],
  0x9d: [
    'bit_piece',
    ['index', 'index'],
    (operands) => ({ op: 'piece', bitSize: number(operands), bitOffset: number(operands, 1) }),
  ],
  0x9e: ['implicit_value', ['block'], ([bytes]) => ({ op: 'implicitValue', bytes: bytes as Uint8Array })],
  0x9f: ['stack_value', [], always({ op: 'stackValue' })],
  0xa0: ['implicit_pointer', ['reference', 'sleb']],
  0xa1: ['addrx', ['index'], (operands, unit) => ({ op: 'address', address: virtualAddress(unit.indexedAddress(number(operands))) })],
  0xa2: ['constx', ['index'], (operands, unit) => ({ op: 'constant', value: BigInt(unit.indexedAddress(number(operands))) })],
  0xa3: ['entry_value', ['block']],
  0xa4: ['const_type', ['uleb', 'block1']],
  0xa5: ['regval_type', ['uleb', 'uleb']],
  0xa6: ['deref_type', ['u1', 'uleb']],
  0xa7: ['xderef_type', ['u1', 'uleb']],
  0xa8: ['convert', ['uleb']],
  0xa9: ['reinterpret', ['uleb']],
  0xe0: ['GNU_push_tls_address', []],
  0xf0: ['GNU_uninit', []],
  0xf2: ['GNU_implicit_pointer', ['reference', 'sleb']],
  0xf3: ['GNU_entry_value', ['block']],
  0xf4: ['GNU_const_type', ['uleb', 'block1']],
  0xf5: ['GNU_regval_type', ['uleb', 'uleb']],
  0xf6: ['GNU_deref_type', ['u1', 'uleb']],
  0xf7: ['GNU_convert', ['uleb']],
  0xf9: ['GNU_reinterpret', ['uleb']],
  0xfa: ['GNU_parameter_ref', ['u4']],
  0xfb: ['GNU_addr_index', ['index'], (operands, unit) => ({ op: 'address', address: virtualAddress(unit.indexedAddress(number(operands))) })],
  0xfc: ['GNU_const_index', ['index'], (operands, unit) => ({ op: 'constant', value: BigInt(unit.indexedAddress(number(operands))) })],
  0xfd: ['GNU_variable_value', ['reference']],
}; // prettier-ignore

const registerOffset = (register: number, offset: number): Operation => ({
  op: 'registerOffset',
  register,
  offset,
});

const opcodes = new Map<number, Opcode>(
  Object.entries(ROWS).map(([code, [name, operands, build]]) => [
    Number(code),
    { name: `DW_OP_${name}`, operands, build },
  ]),
);
for (let n = 0; n < 32; n++) {
  opcodes.set(0x30 + n, {
    name: `DW_OP_lit${n}`,
    operands: [],
    build: always({ op: 'constant', value: BigInt(n) }),
  });
  opcodes.set(0x50 + n, {
    name: `DW_OP_reg${n}`,
    operands: [],
    build: always({ op: 'register', register: n }),
  });
  opcodes.set(0x70 + n, {
    name: `DW_OP_breg${n}`,
    operands: ['offset'],
    build: (operands) => registerOffset(n, number(operands)),
  });
}

/**
 * Decodes an expression (DWARF 5, 2.5) up to the cursor's end. What follows an opcode that has no known length is
 * left out, after its name.
 * @throws DecodeError `truncated`, `badEncoding`, `outOfRange`, `tooLarge`
 */
export function decodeOperations(cursor: Cursor, unit: OperationUnit): Operation[] {
  const operations: Operation[] = [];
  while (cursor.remaining > 0) {
    if (operations.length === MAX_OPERATIONS) throw cursor.error('tooLarge', 'expression');
    const code = cursor.u8();
    const opcode = opcodes.get(code);
    if (opcode === undefined) {
      operations.push({ op: 'unsupported', name: `DW_OP_0x${code.toString(16)}` });
      break;
    }
    const operands = opcode.operands.map((operand) => readOperand(cursor, operand, unit.encoding));
    operations.push(opcode.build?.(operands, unit) ?? { op: 'unsupported', name: opcode.name });
  }
  return operations;
}

function readOperand(cursor: Cursor, operand: Operand, encoding: Encoding): OperandValue {
  switch (operand) {
    case 'u1':
      return BigInt(cursor.u8());
    case 's1':
      return BigInt(cursor.i8());
    case 'u2':
      return BigInt(cursor.u16());
    case 's2':
      return BigInt(cursor.i16());
    case 'u4':
      return BigInt(cursor.u32());
    case 's4':
      return BigInt(cursor.i32());
    case 'u8':
      return cursor.u64();
    case 's8':
      return cursor.i64();
    case 'uleb':
      return cursor.ulebBig();
    case 'sleb':
      return cursor.slebBig();
    case 'index':
      return cursor.uleb();
    case 'offset':
      return cursor.sleb();
    case 'address':
      return cursor.address(encoding.addressSize);
    case 'reference':
      return encoding.version === 2
        ? cursor.address(encoding.addressSize)
        : cursor.sectionOffset(encoding.offsetSize);
    case 'block':
      return cursor.take(cursor.uleb());
    case 'block1':
      return cursor.take(cursor.u8());
  }
}

/** More than any compiler writes; the capture engine refuses far shorter ones. */
const MAX_OPERATIONS = 4096;
