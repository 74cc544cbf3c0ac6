import { virtualAddress } from '../elf/address';
import type { Encoding } from './form';
import type { BinaryOperator, Operation, Referent, ValueType } from './location';

/** What an expression's operands refer to. */
export interface OperationUnit {
  readonly encoding: Encoding;
  /** Entry of .debug_addr. @throws DecodeError */
  indexedAddress(index: number): number;
  /** The DW_TAG_base_type at an offset from the unit's beginning. @throws DecodeError */
  valueType(offset: number): ValueType;
  /** The entry at an offset in .debug_info, or from the unit's beginning. */
  referent(offset: number, from: 'section' | 'unit'): Referent;
}

/**
 * How one operand is encoded (DWARF 5, 7.7.1). `uleb` and `sleb` have 64 bits; `index` and `offset` are the same, kept where a
 * number is exact. `block` has its length before it as ULEB128. `target` counts from the end of the operation.
 */
export type Operand =
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
  | 'block1'
  | 'target'
  | 'encoded';

export type OperandValue = bigint | number | Uint8Array | undefined;
type Operands = readonly OperandValue[];

export interface Opcode {
  readonly name: string;
  readonly operands: readonly Operand[];
  /** Absent, or giving nothing, where the operation cannot be expressed in the terms of location.ts. */
  readonly build: ((operands: Operands, unit: OperationUnit) => Operation | undefined) | undefined;
}

const number = (operands: Operands, index = 0): number => Number(operands[index]);
const constant = ([value]: Operands): Operation => ({ op: 'constant', value: value as bigint });
const always = (operation: Operation) => (): Operation => operation;
const binary = (operator: BinaryOperator) => always({ op: 'binary', operator });

const registerOffset = (register: number, offset: number): Operation => ({
  op: 'registerOffset',
  register,
  offset,
});
const callerValue = (name: string): Opcode['build'] => always({ op: 'callerValue', name });
const branch =
  (conditional: boolean): Opcode['build'] =>
  (operands) => ({ op: 'branch', conditional, target: number(operands) });
const calling =
  (from: 'section' | 'unit'): Opcode['build'] =>
  (operands, unit) => ({ op: 'call', referent: unit.referent(number(operands), from) });
const implicitPointer: Opcode['build'] = (operands, unit) => ({
  op: 'implicitPointer',
  referent: unit.referent(number(operands), 'section'),
  offset: number(operands, 1),
});
const typedConstant: Opcode['build'] = (operands, unit) => ({
  op: 'typedConstant',
  bytes: operands[1] as Uint8Array,
  type: unit.valueType(number(operands)),
});
const typedRegister: Opcode['build'] = (operands, unit) => ({
  op: 'typedRegister',
  register: number(operands),
  type: unit.valueType(number(operands, 1)),
});
const typedDereference: Opcode['build'] = (operands, unit) => ({
  op: 'typedDereference',
  size: number(operands),
  type: unit.valueType(number(operands, 1)),
});
/** Offset 0 is the generic type (DWARF 5, 2.5.1.6). */
const conversion =
  (op: 'convert' | 'reinterpret'): Opcode['build'] =>
  (operands, unit) => ({
    op,
    type: number(operands) === 0 ? undefined : unit.valueType(number(operands)),
  });

type Row = readonly [name: string, operands: readonly Operand[], build?: Opcode['build']];

/** DW_OP_* (DWARF 5, 7.7.1) and GNU's. Rows without a third column are decoded and refused by name. */
const ROWS: Readonly<Record<number, Row>> = {
  0x03: ['addr', ['address'], (operands) => ({ op: 'address', address: virtualAddress(number(operands)) })],
  0x06: ['deref', [], (_, unit) => ({ op: 'dereference', size: unit.encoding.addressSize })],
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
  0x28: ['bra', ['target'], branch(true)],
  0x29: ['eq', [], binary('eq')],
  0x2a: ['ge', [], binary('ge')],
  0x2b: ['gt', [], binary('gt')],
  0x2c: ['le', [], binary('le')],
  0x2d: ['lt', [], binary('lt')],
  0x2e: ['ne', [], binary('ne')],
  0x2f: ['skip', ['target'], branch(false)],
  0x90: ['regx', ['index'], (operands) => ({ op: 'register', register: number(operands) })],
  0x91: ['fbreg', ['offset'], (operands) => ({ op: 'frameBaseOffset', offset: number(operands) })],
  0x92: ['bregx', ['index', 'offset'], (operands) => registerOffset(number(operands), number(operands, 1))],
  0x93: ['piece', ['index'], (operands) => ({ op: 'piece', bitSize: 8 * number(operands), bitOffset: 0 })],
  0x94: ['deref_size', ['u1'], (operands) => ({ op: 'dereference', size: number(operands) })],
  0x95: ['xderef_size', ['u1']],
  0x96: ['nop', [], always({ op: 'nop' })],
  0x97: ['push_object_address', []],
  0x98: ['call2', ['u2'], calling('unit')],
  0x99: ['call4', ['u4'], calling('unit')],
  0x9a: ['call_ref', ['reference'], calling('section')],
  0x9b: ['form_tls_address', [], always({ op: 'threadLocal' })],
  0x9c: ['call_frame_cfa', [], always({ op: 'callFrameCfa' })],
  0x9d: [
    'bit_piece',
    ['index', 'index'],
    (operands) => ({ op: 'piece', bitSize: number(operands), bitOffset: number(operands, 1) }),
  ],
  0x9e: ['implicit_value', ['block'], ([bytes]) => ({ op: 'implicitValue', bytes: bytes as Uint8Array })],
  0x9f: ['stack_value', [], always({ op: 'stackValue' })],
  0xa0: ['implicit_pointer', ['reference', 'offset'], implicitPointer],
  0xa1: ['addrx', ['index'], (operands, unit) => ({ op: 'address', address: virtualAddress(unit.indexedAddress(number(operands))) })],
  0xa2: ['constx', ['index'], (operands, unit) => ({ op: 'constant', value: BigInt(unit.indexedAddress(number(operands))) })],
  0xa3: ['entry_value', ['block'], callerValue('DW_OP_entry_value')],
  0xa4: ['const_type', ['index', 'block1'], typedConstant],
  0xa5: ['regval_type', ['index', 'index'], typedRegister],
  0xa6: ['deref_type', ['u1', 'index'], typedDereference],
  0xa7: ['xderef_type', ['u1', 'uleb']],
  0xa8: ['convert', ['index'], conversion('convert')],
  0xa9: ['reinterpret', ['index'], conversion('reinterpret')],
  0xe0: ['GNU_push_tls_address', [], always({ op: 'threadLocal' })],
  0xf0: ['GNU_uninit', [], always({ op: 'nop' })],
  0xf1: ['GNU_encoded_addr', ['encoded'], ([value]) => (value === undefined ? undefined : { op: 'address', address: virtualAddress(Number(value)) })],
  0xf2: ['GNU_implicit_pointer', ['reference', 'offset'], implicitPointer],
  0xf3: ['GNU_entry_value', ['block'], callerValue('DW_OP_entry_value')],
  0xf4: ['GNU_const_type', ['index', 'block1'], typedConstant],
  0xf5: ['GNU_regval_type', ['index', 'index'], typedRegister],
  0xf6: ['GNU_deref_type', ['u1', 'index'], typedDereference],
  0xf7: ['GNU_convert', ['index'], conversion('convert')],
  0xf8: ['PGI_omp_thread_num', []],
  0xf9: ['GNU_reinterpret', ['index'], conversion('reinterpret')],
  0xfa: ['GNU_parameter_ref', ['u4'], callerValue('DW_OP_GNU_parameter_ref')],
  0xfb: ['GNU_addr_index', ['index'], (operands, unit) => ({ op: 'address', address: virtualAddress(unit.indexedAddress(number(operands))) })],
  0xfc: ['GNU_const_index', ['index'], (operands, unit) => ({ op: 'constant', value: BigInt(unit.indexedAddress(number(operands))) })],
  0xfd: ['GNU_variable_value', ['reference'], (operands, unit) => ({ op: 'variableValue', referent: unit.referent(number(operands), 'section') })],
}; // prettier-ignore

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

export const OPCODES: ReadonlyMap<number, Opcode> = opcodes;
