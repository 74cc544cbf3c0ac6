import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AT, TAG } from '../../../adapter/dwarf/constants';
import type { Operation, ValueType } from '../../../adapter/dwarf/location';
import type { OperationUnit } from '../../../adapter/dwarf/opcode';
import { decodeOperations } from '../../../adapter/dwarf/operation';
import { virtualAddress } from '../../../adapter/elf/address';
import { Cursor } from '../../../adapter/elf/cursor';
import { DecodeError } from '../../../adapter/elf/decodeError';
import { address, elfFile, entry, expression, little, text, unit } from './builder';

const UNIT = {
  encoding: { version: 5, addressSize: 8, offsetSize: 4 },
  indexedAddress: (index: number) => 0x1000 + index,
  valueType: (offset: number) => ({ kind: 'signed', size: 4, name: `type at ${offset}` }),
  referent: (offset: number, from: string) => ({
    location: { kind: 'unavailable', reason: { code: 'undecodable', detail: `${from} ${offset}` } },
    type: undefined,
  }),
} as const satisfies OperationUnit;

const type = (offset: number): ValueType => UNIT.valueType(offset);

const decode = (...bytes: number[]): Operation[] =>
  decodeOperations(new Cursor(Uint8Array.from(bytes), '.debug_info'), UNIT);

describe('An operation', () => {
  const CASES: readonly [name: string, bytes: readonly number[], operation: Operation][] = [
    ['DW_OP_addr', [0x03, ...little(0x4010, 8)], { op: 'address', address: virtualAddress(0x4010) }],
    ['DW_OP_addrx', [0xa1, 2], { op: 'address', address: virtualAddress(0x1002) }],
    ['DW_OP_lit0', [0x30], { op: 'constant', value: 0n }],
    ['DW_OP_lit31', [0x4f], { op: 'constant', value: 31n }],
    ['DW_OP_const1u', [0x08, 0xff], { op: 'constant', value: 255n }],
    ['DW_OP_const1s', [0x09, 0xff], { op: 'constant', value: -1n }],
    ['DW_OP_const2s', [0x0b, 0xfe, 0xff], { op: 'constant', value: -2n }],
    ['DW_OP_const4u', [0x0c, 0xff, 0xff, 0xff, 0xff], { op: 'constant', value: 0xffff_ffffn }],
    ['DW_OP_const8u', [0x0e, ...little(2n ** 64n - 1n, 8)], { op: 'constant', value: 2n ** 64n - 1n }],
    ['DW_OP_consts', [0x11, 0x7f], { op: 'constant', value: -1n }],
    ['DW_OP_reg0', [0x50], { op: 'register', register: 0 }],
    ['DW_OP_reg31', [0x6f], { op: 'register', register: 31 }],
    ['DW_OP_regx', [0x90, 0x31], { op: 'register', register: 49 }],
    ['DW_OP_breg7 -8', [0x77, 0x78], { op: 'registerOffset', register: 7, offset: -8 }],
    ['DW_OP_bregx', [0x92, 0x31, 4], { op: 'registerOffset', register: 49, offset: 4 }],
    ['DW_OP_fbreg -20', [0x91, 0x6c], { op: 'frameBaseOffset', offset: -20 }],
    ['DW_OP_call_frame_cfa', [0x9c], { op: 'callFrameCfa' }],
    ['DW_OP_plus_uconst', [0x23, 0x80, 1], { op: 'plusConstant', value: 128n }],
    ['DW_OP_deref', [0x06], { op: 'dereference', size: 8 }],
    ['DW_OP_deref_size', [0x94, 4], { op: 'dereference', size: 4 }],
    ['DW_OP_stack_value', [0x9f], { op: 'stackValue' }],
    ['DW_OP_piece', [0x93, 4], { op: 'piece', bitSize: 32, bitOffset: 0 }],
    ['DW_OP_bit_piece', [0x9d, 5, 3], { op: 'piece', bitSize: 5, bitOffset: 3 }],
    ['DW_OP_implicit_value', [0x9e, 2, 7, 8], { op: 'implicitValue', bytes: Uint8Array.of(7, 8) }],
    ['DW_OP_shra', [0x26], { op: 'binary', operator: 'shra' }],
    ['DW_OP_ne', [0x2e], { op: 'binary', operator: 'ne' }],
    ['DW_OP_neg', [0x1f], { op: 'unary', operator: 'neg' }],
    ['DW_OP_rot', [0x17], { op: 'stack', operator: 'rot' }],
    ['DW_OP_pick', [0x15, 2], { op: 'pick', index: 2 }],
    ['DW_OP_nop', [0x96], { op: 'nop' }],
    ['DW_OP_entry_value', [0xa3, 1, 0x55], { op: 'callerValue', name: 'DW_OP_entry_value' }],
    [
      'DW_OP_implicit_pointer',
      [0xa0, 0x21, 0, 0, 0, 0x7c],
      { op: 'implicitPointer', referent: UNIT.referent(0x21, 'section'), offset: -4 },
    ],
    ['DW_OP_call2', [0x98, 0x21, 0], { op: 'call', referent: UNIT.referent(0x21, 'unit') }],
    ['DW_OP_call_ref', [0x9a, ...little(0x21, 4)], { op: 'call', referent: UNIT.referent(0x21, 'section') }],
    [
      'DW_OP_const_type',
      [0xa4, 7, 2, 1, 2],
      { op: 'typedConstant', bytes: Uint8Array.of(1, 2), type: type(7) },
    ],
    ['DW_OP_regval_type', [0xa5, 5, 7], { op: 'typedRegister', register: 5, type: type(7) }],
    ['DW_OP_deref_type', [0xa6, 4, 7], { op: 'typedDereference', size: 4, type: type(7) }],
    ['DW_OP_convert', [0xa8, 7], { op: 'convert', type: type(7) }],
    ['DW_OP_convert to the generic type', [0xa8, 0], { op: 'convert', type: undefined }],
    ['DW_OP_reinterpret', [0xa9, 7], { op: 'reinterpret', type: type(7) }],
    ['DW_OP_form_tls_address', [0x9b], { op: 'threadLocal' }],
    ['DW_OP_GNU_push_tls_address', [0xe0], { op: 'threadLocal' }],
    ['DW_OP_GNU_uninit', [0xf0], { op: 'nop' }],
    [
      'DW_OP_GNU_encoded_addr, absolute',
      [0xf1, 3, ...little(0x4010, 4)],
      { op: 'address', address: virtualAddress(0x4010) },
    ],
    [
      'DW_OP_GNU_encoded_addr, relative to itself',
      [0xf1, 0x1b, ...little(0x4010, 4)],
      { op: 'unsupported', name: 'DW_OP_GNU_encoded_addr' },
    ],
    ['DW_OP_GNU_entry_value', [0xf3, 1, 0x55], { op: 'callerValue', name: 'DW_OP_entry_value' }],
    [
      'DW_OP_GNU_parameter_ref',
      [0xfa, ...little(0x21, 4)],
      { op: 'callerValue', name: 'DW_OP_GNU_parameter_ref' },
    ],
    [
      'DW_OP_GNU_variable_value',
      [0xfd, ...little(0x21, 4)],
      { op: 'variableValue', referent: UNIT.referent(0x21, 'section') },
    ],
  ];
  for (const [name, bytes, operation] of CASES)
    it(`${name} is decoded with its operands`, () => {
      assert.deepEqual(decode(...bytes), [operation]);
    });

  it('without a known length ends the expression', () => {
    assert.deepEqual(decode(0x30, 0xef, 0x30), [
      { op: 'constant', value: 0n },
      { op: 'unsupported', name: 'DW_OP_0xef' },
    ]);
  });

  it('that is cut off is an error with its place', () => {
    assert.throws(() => decode(0x30, 0x0e, 1), { name: 'DecodeError', code: 'truncated', offset: 2 });
  });

  it('of every opcode is as long as readelf finds it, and refused by its name', () => {
    const known = Array.from({ length: 256 }, (_, code) => expressionOf(code)).filter(
      (bytes) => bytes !== undefined,
    );
    const ours = known.map((bytes) => {
      const [operation, end] = decode(...bytes);
      assert.deepEqual(end, { op: 'nop' });
      return operation?.op === 'unsupported' ? operation.name : undefined;
    });
    const dumps = readelf(known);
    assert.equal(dumps.length, known.length);
    dumps.forEach((dump, index) => {
      const code = known[index]![0]!;
      if (UNKNOWN_TO_READELF.includes(code)) return;
      assert.match(dump, /^DW_OP_[^;]*; DW_OP_nop\)/, `0x${code.toString(16)}`);
      const name = ours[index];
      if (name !== undefined) assert.ok(dump.startsWith(name), `${dump} is ${name}`);
    });
  });
});

/** The opcode, as many zeros as it takes for operands, and DW_OP_nop; undefined for an opcode that is none. */
function expressionOf(code: number): number[] | undefined {
  for (let operands = 0; operands <= 8; operands++) {
    const bytes = [code, ...little(0, operands), DW_OP_NOP];
    try {
      if (decode(...bytes).at(-1)?.op === 'nop' && code !== DW_OP_NOP) return bytes;
    } catch (error) {
      assert.ok(error instanceof DecodeError);
    }
  }
  return undefined;
}

/** What readelf writes of each expression. */
function readelf(expressions: readonly number[][]): string[] {
  const variables = expressions.map((bytes) => entry(TAG.variable, { [AT.location]: expression(...bytes) }));
  const root = entry(TAG.compileUnit, { [AT.name]: text('x.c'), [AT.lowPc]: address(0x1000) }, ...variables);
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-dwarf-'));
  try {
    const file = join(directory, 'x');
    writeFileSync(file, elfFile({ units: [unit(root)], sections: { '.debug_addr': little(0, 16) } }));
    const dump = execFileSync('readelf', ['--debug-dump=info', '-W', file], { encoding: 'utf8' });
    return [...dump.matchAll(/DW_AT_location [^(]*\(exprloc\)[^(]*\((.*)$/gm)].map(([, words]) =>
      words!.trim(),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const DW_OP_NOP = 0x96;
/** DW_OP_constx, DW_OP_xderef_type */
const UNKNOWN_TO_READELF = [0xa2, 0xa7];
