import assert from 'node:assert/strict';
import type { CaptureGap } from '../../../adapter/capture/captured';
import { capturesOf, DEFAULT_CAPTURE_LIMITS } from '../../../adapter/capture/captured';
import { lowerVariable } from '../../../adapter/capture/lower';
import type { BinaryOperator, Location, Operation } from '../../../adapter/dwarf/location';
import type { AddressContext } from '../../../adapter/dwarf/scope';
import { virtualAddress } from '../../../adapter/elf/address';
import { context, expression, inFrame, inRegister, long, variable } from '../expression/types';
import { fromLittleEndian, memory, run, type Target } from './interpreter';

const STACK = 0x7ffc_0000_1000n;
/** Each 8 bytes of the stack hold the number of the 8 bytes; the data section begins with 1000, 1001. */
const target: Target = {
  registers: { ax: 0xffff_ffff_0000_002an, bx: STACK, bp: STACK + 0x40n, sp: STACK, r9: 0xdn },
  loadBias: 0x5555_0000_0000n,
  read: memory(
    { at: STACK, bytes: new Uint8Array(BigUint64Array.from({ length: 64 }, (_, i) => BigInt(i)).buffer) },
    { at: 0x5555_0000_4000n, bytes: new Uint8Array(BigUint64Array.of(1000n, 1001n).buffer) },
  ),
};

type Outcome = bigint | CaptureGap | 'fault';

/** What a capture of a `long` with this location finds. */
function found(location: Location, change: Partial<AddressContext> = {}): Outcome {
  const {
    expression: { source },
  } = lowerVariable(variable('x', long, location), context([], change), DEFAULT_CAPTURE_LIMITS);
  if (source.kind === 'unavailable') return source.reason;
  if (source.kind === 'constant') return fromLittleEndian(source.bytes);
  const bytes = run(capturesOf(source)[0]!, target);
  return bytes ? fromLittleEndian(bytes) : 'fault';
}

const constant = (value: bigint): Operation => ({ op: 'constant', value });
const stackValue: Operation = { op: 'stackValue' };
const computed = (...operations: Operation[]): Location => expression(...operations, stackValue);
const piece = (bytes: number, offset = 0): Operation => ({
  op: 'piece',
  bitSize: 8 * bytes,
  bitOffset: 8 * offset,
});
const register = (number: number): Operation => ({ op: 'register', register: number });
const undecodable = (detail: string): CaptureGap => ({ code: 'undecodable', detail });
const unsupported = (operation: string): CaptureGap => ({ code: 'unsupportedOperation', operation });

describe('a location', () => {
  const locations: [string, Location, Outcome][] = [
    ['DW_OP_fbreg', inFrame(-0x10), 8n],
    [
      'DW_OP_addr, moved by the load bias',
      expression({ op: 'address', address: virtualAddress(0x4008) }),
      1001n,
    ],
    ['DW_OP_reg', inRegister(0), 0xffff_ffff_0000_002an],
    ['DW_OP_breg', expression({ op: 'registerOffset', register: 7, offset: 24 }), 3n],
    ['DW_OP_call_frame_cfa', expression({ op: 'callFrameCfa' }), 10n],
    [
      'DW_OP_plus_uconst',
      expression({ op: 'registerOffset', register: 7, offset: 0 }, { op: 'plusConstant', value: 16n }),
      2n,
    ],
    ['a constant address that is not mapped', expression(constant(8n)), 'fault'],
    ['DW_OP_stack_value of a constant', computed(constant(-1n)), 0xffff_ffff_ffff_ffffn],
    [
      'DW_OP_stack_value of an address',
      computed({ op: 'address', address: virtualAddress(0x10) }),
      0x5555_0000_0010n,
    ],
    [
      'DW_OP_deref',
      computed({ op: 'registerOffset', register: 3, offset: 32 }, { op: 'dereference', size: 8 }),
      4n,
    ],
    [
      'DW_OP_deref_size',
      computed({ op: 'registerOffset', register: 3, offset: 33 }, { op: 'dereference', size: 1 }),
      0n,
    ],
    [
      'DW_OP_implicit_value',
      expression({ op: 'implicitValue', bytes: Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0) }),
      0x201n,
    ],
    ['DW_AT_const_value', { kind: 'constant', bytes: Uint8Array.of(7, 0, 0, 0, 0, 0, 0, 0) }, 7n],
    ['DW_OP_nop', computed(constant(5n), { op: 'nop' }), 5n],
  ];
  const top = (...operations: Operation[]): Location =>
    computed(constant(1n), constant(2n), constant(3n), ...operations);
  const stackOperations: [string, Location, Outcome][] = [
    ['DW_OP_dup', top({ op: 'stack', operator: 'dup' }, { op: 'binary', operator: 'plus' }), 6n],
    ['DW_OP_drop', top({ op: 'stack', operator: 'drop' }), 2n],
    ['DW_OP_over', top({ op: 'stack', operator: 'over' }), 2n],
    ['DW_OP_swap', top({ op: 'stack', operator: 'swap' }), 2n],
    ['DW_OP_rot: the top becomes the third', top({ op: 'stack', operator: 'rot' }), 2n],
    [
      'DW_OP_rot: the third becomes the second',
      top({ op: 'stack', operator: 'rot' }, { op: 'stack', operator: 'drop' }),
      1n,
    ],
    ['DW_OP_pick', top({ op: 'pick', index: 2 }), 1n],
    ['DW_OP_neg', top({ op: 'unary', operator: 'neg' }), 2n ** 64n - 3n],
    ['DW_OP_not', top({ op: 'unary', operator: 'not' }), 2n ** 64n - 4n],
    ['DW_OP_abs', top({ op: 'unary', operator: 'neg' }, { op: 'unary', operator: 'abs' }), 3n],
    [
      'DW_OP_abs of what is not known',
      computed({ op: 'registerOffset', register: 0, offset: 0 }, { op: 'unary', operator: 'abs' }),
      0xffff_ffd6n,
    ],
  ];
  const pieces: [string, Location, Outcome][] = [
    ['halves in registers', expression(register(9), piece(4), register(0), piece(4)), 0x2a_0000_000dn],
    [
      'a half in memory, a half that is known',
      expression(
        { op: 'registerOffset', register: 7, offset: 8 },
        piece(4),
        constant(9n),
        stackValue,
        piece(4),
      ),
      0x9_0000_0001n,
    ],
    [
      'the upper half of a register',
      expression(register(0), piece(4, 4), register(9), piece(4)),
      0xd_ffff_ffffn,
    ],
    ['a piece that is optimised out', expression(register(9), piece(4), piece(4)), { code: 'optimisedOut' }],
    [
      'a piece in a vector register',
      expression(register(9), piece(4), register(17), piece(4)),
      { code: 'vectorRegister' },
    ],
    [
      'bits',
      expression(register(9), { op: 'piece', bitSize: 3, bitOffset: 0 }),
      undecodable('8 bytes in pieces of 0'),
    ],
    ['too few of them', expression(register(9), piece(4)), undecodable('8 bytes in pieces of 4')],
    [
      'something after the last',
      expression(register(9), piece(8), constant(1n)),
      undecodable('operations after the last piece'),
    ],
  ];
  const gaps: [string, Location, Outcome][] = [
    ['optimised out', { kind: 'unavailable', reason: { code: 'optimisedOut' } }, { code: 'optimisedOut' }],
    [
      'not at this address',
      { kind: 'unavailable', reason: { code: 'notAtThisAddress' } },
      { code: 'notAtThisAddress' },
    ],
    ['nothing at all', expression(), { code: 'optimisedOut' }],
    ['%xmm0', inRegister(17), { code: 'vectorRegister' }],
    ['%xmm16', inRegister(67), { code: 'vectorRegister' }],
    ['%st0', inRegister(33), { code: 'vectorRegister' }],
    ['%fs', inRegister(54), unsupported('DW_OP_regx %fs')],
    [
      '%fs.base + 8',
      expression({ op: 'registerOffset', register: 58, offset: 8 }),
      unsupported('DW_OP_bregx %fs.base'),
    ],
    [
      'DW_OP_entry_value',
      computed({ op: 'unsupported', name: 'DW_OP_entry_value' }),
      unsupported('DW_OP_entry_value'),
    ],
    [
      'DW_OP_deref_size of 3',
      computed(constant(0n), { op: 'dereference', size: 3 }),
      unsupported('DW_OP_deref_size'),
    ],
    ['an empty stack', computed({ op: 'binary', operator: 'plus' }), undecodable('stack underflow')],
    [
      'something after a register',
      expression(register(0), constant(1n)),
      undecodable('operations after a location'),
    ],
    [
      'endless operations',
      expression(...Array.from({ length: 5000 }, () => constant(1n))),
      undecodable('over 4096 operations'),
    ],
    [
      'a constant that is too short',
      { kind: 'constant', bytes: Uint8Array.of(1) },
      undecodable('8 bytes in a constant of 1'),
    ],
  ];
  for (const [name, location, outcome] of [...locations, ...stackOperations]) {
    it(name, () => {
      assert.deepEqual(found(location), outcome);
    });
  }
  describe('in pieces:', () => {
    for (const [name, location, outcome] of pieces) {
      it(name, () => {
        assert.deepEqual(found(location), outcome);
      });
    }
  });
  describe('that cannot be had:', () => {
    for (const [name, location, outcome] of gaps) {
      it(name, () => {
        assert.deepEqual(found(location), outcome);
      });
    }
  });
});

describe('arithmetic of DWARF 5, 2.5.1.4 and 2.5.1.5', () => {
  const max = 2n ** 64n;
  const results: [bigint, BinaryOperator, bigint, bigint][] = [
    [12n, 'and', 10n, 8n],
    [12n, 'or', 10n, 14n],
    [12n, 'xor', 10n, 6n],
    [2n, 'plus', 3n, 5n],
    [2n, 'minus', 3n, max - 1n],
    [-2n, 'mul', 3n, max - 6n],
    [-7n, 'div', 2n, max - 3n],
    [-1n, 'mod', 10n, 5n],
    [1n, 'shl', 4n, 16n],
    [-16n, 'shr', 60n, 15n],
    [-16n, 'shra', 2n, max - 4n],
    [1n, 'eq', 1n, 1n],
    [1n, 'ne', 1n, 0n],
    [-1n, 'lt', 1n, 1n],
    [1n, 'le', 1n, 1n],
    [-1n, 'gt', 1n, 0n],
    [1n, 'ge', 1n, 1n],
  ];
  for (const [left, operator, right, result] of results) {
    it(`${String(left)} ${operator} ${String(right)}, known and unknown`, () => {
      const operation: Operation = { op: 'binary', operator };
      assert.equal(found(computed(constant(left), constant(right), operation)), result);
      // %r9 holds 13: a left operand that is known at the hit only.
      const unknown: Operation = { op: 'registerOffset', register: 9, offset: Number(left) - 13 };
      assert.equal(found(computed(unknown, constant(right), operation)), result);
    });
  }
});

describe('a division by what is known at the hit only', () => {
  /** %r9 holds 13. */
  const divisor = (value: number): Operation => ({
    op: 'registerOffset',
    register: 9,
    offset: value - 13,
  });
  const results: [BinaryOperator, number, Outcome][] = [
    ['div', 7, 14n],
    ['mod', 7, 2n],
    ['div', 0, 'fault'],
    ['mod', 0, 'fault'],
  ];
  for (const [operator, value, outcome] of results)
    it(`has a value where there is one: 100 ${operator} ${value}`, () => {
      assert.equal(found(computed(constant(100n), divisor(value), { op: 'binary', operator })), outcome);
    });

  /** 5 where the divisor is zero, otherwise 100 divided by it. */
  const unlessZero = (value: number): Location =>
    computed(
      divisor(value),
      { op: 'branch', conditional: true, target: 4 },
      constant(5n),
      { op: 'branch', conditional: false, target: 7 },
      constant(100n),
      divisor(value),
      { op: 'binary', operator: 'div' },
    );
  for (const [value, outcome] of [
    [7, 14n],
    [0, 5n],
  ] as const)
    it(`fails on the way that is taken alone: ${value}`, () => {
      assert.equal(found(unlessZero(value)), outcome);
    });
});

describe('a frame base', () => {
  const bases: [string, Partial<AddressContext>, Outcome][] = [
    ['is the content of a register', { frameBase: inRegister(6) }, 6n],
    ['is an address', { frameBase: expression({ op: 'registerOffset', register: 7, offset: 0x20 }) }, 2n],
    ['is a computed value', { frameBase: computed({ op: 'registerOffset', register: 7, offset: 0x20 }) }, 2n],
    [
      'is unknown',
      { frameBase: { kind: 'unavailable', reason: { code: 'notAtThisAddress' } } },
      { code: 'notAtThisAddress' },
    ],
    ['refers to itself', { frameBase: inFrame(8) }, undecodable('frame base refers to itself')],
    [
      'is a CFA by expression',
      { cfa: { kind: 'expression', operations: [{ op: 'registerOffset', register: 7, offset: 0x30 }] } },
      4n,
    ],
    [
      'is a CFA that refers to itself',
      { cfa: { kind: 'expression', operations: [{ op: 'callFrameCfa' }] } },
      undecodable('no call frame information'),
    ],
    ['is a CFA without call frame information', { cfa: undefined }, undecodable('no call frame information')],
  ];
  for (const [name, change, outcome] of bases) {
    it(name, () => {
      assert.deepEqual(found(inFrame(-16), change), outcome);
    });
  }
});
