import assert from 'node:assert/strict';
import type { CaptureGap } from '../../../adapter/capture/captured';
import { capturesOf, DEFAULT_CAPTURE_LIMITS } from '../../../adapter/capture/captured';
import { lowerExpression, lowerVariable } from '../../../adapter/capture/lower';
import type { Location, Operation, Referent, ValueType } from '../../../adapter/dwarf/location';
import type { AddressContext } from '../../../adapter/dwarf/scope';
import { virtualAddress } from '../../../adapter/elf/address';
import { parseExpression } from '../../../adapter/expression/message';
import { typeExpression } from '../../../adapter/expression/typing';
import { context, expression, inRegister, long, optimisedOut, pointer, variable } from '../expression/types';
import { fromLittleEndian, run, type Target } from './interpreter';

/** Operations that gdb does not know, or that it is laxer about; the others are compared with it (value/expressions.test.ts). */
const THREAD = 0x7f00_0000_1000n;
const reads: bigint[] = [];
const target: Target = {
  registers: { ax: 5n, bx: 0n, sp: 0x7ffc_0000_0000n },
  loadBias: 0x5555_0000_0000n,
  threadPointer: THREAD,
  read: (address, size) => {
    reads.push(address);
    const known = address === 0x7ffc_0000_0000n || address === THREAD - 0x40n + 8n;
    return known ? Uint8Array.from({ length: size }, (_, i) => (i === 0 ? 77 : 0)) : undefined;
  },
};

type Outcome = bigint | CaptureGap | 'fault';

function found(location: Location, change: Partial<AddressContext> = {}): Outcome {
  const here = context([], change);
  const {
    expression: { source },
  } = lowerVariable(variable('x', long, location), here, DEFAULT_CAPTURE_LIMITS);
  if (source.kind === 'unavailable') return source.reason;
  if (source.kind === 'constant') return fromLittleEndian(source.bytes);
  const bytes = run(capturesOf(source)[0]!, target);
  return bytes ? fromLittleEndian(bytes) : 'fault';
}

const constant = (value: bigint): Operation => ({ op: 'constant', value });
const stackValue: Operation = { op: 'stackValue' };
const computed = (...operations: Operation[]): Location => expression(...operations, stackValue);
const ax: Operation = { op: 'registerOffset', register: 0, offset: 0 };
const bx: Operation = { op: 'registerOffset', register: 3, offset: 0 };
const deref: Operation = { op: 'dereference', size: 8 };
const bra = (index: number): Operation => ({ op: 'branch', conditional: true, target: index });
const skip = (index: number): Operation => ({ op: 'branch', conditional: false, target: index });
const u16: ValueType = { kind: 'unsigned', size: 2, name: 'unsigned short' };
const s32: ValueType = { kind: 'signed', size: 4, name: 'int' };
const double: ValueType = { kind: 'float', size: 8, name: 'double' };
const int128: ValueType = { kind: 'signed', size: 16, name: '__int128' };
const to = (type: ValueType | undefined): Operation => ({ op: 'convert', type });
const undecodable = (detail: string): CaptureGap => ({ code: 'undecodable', detail });
const unsupported = (operation: string): CaptureGap => ({ code: 'unsupportedOperation', operation });
const referent = (location: Location, type?: ValueType): Referent => ({ location, type });

describe('a typed operation', () => {
  const cases: [string, Location, Outcome][] = [
    ['DW_OP_plus_uconst wraps in its type', computed(ax, to(u16), { op: 'plusConstant', value: 0xfffdn }, to(undefined)), 2n],
    [
      'DW_OP_mod of negative signed numbers is C’s remainder',
      computed(constant(-7n), to(s32), constant(3n), to(s32), { op: 'binary', operator: 'mod' }, to(undefined)),
      2n ** 64n - 1n,
    ],
    ['DW_OP_convert to double', computed(ax, to(double)), unsupported('DW_OP_convert to double')],
    [
      'DW_OP_convert from double',
      computed(ax, { op: 'reinterpret', type: double }, to(undefined)),
      unsupported('DW_OP_convert from double'),
    ],
    [
      'DW_OP_plus of double',
      computed(ax, { op: 'reinterpret', type: double }, { op: 'stack', operator: 'dup' }, { op: 'binary', operator: 'plus' }),
      unsupported('DW_OP_plus of double'),
    ],
    ['DW_OP_convert to 16 bytes', computed(ax, to(int128)), unsupported('DW_OP_convert of __int128')],
    ['DW_OP_reinterpret to another size', computed(ax, { op: 'reinterpret', type: s32 }), undecodable('DW_OP_reinterpret to another size')],
    ['DW_OP_plus of two types', computed(ax, to(s32), bx, { op: 'binary', operator: 'plus' }), undecodable('DW_OP_plus of different types')],
    ['DW_OP_div by zero', computed(ax, constant(0n), { op: 'binary', operator: 'div' }), undecodable('DW_OP_div by zero')],
    ['less of it than the variable has', computed(ax, to(s32)), undecodable('8 bytes in a value of 4')],
    [
      'DW_OP_const_type of another size',
      computed({ op: 'typedConstant', bytes: Uint8Array.of(1), type: s32 }),
      undecodable('DW_OP_const_type of another size'),
    ],
    [
      'DW_OP_regval_type of %xmm1',
      computed({ op: 'typedRegister', register: 18, type: double }),
      { code: 'vectorRegister' },
    ],
  ]; // prettier-ignore
  for (const [name, location, outcome] of cases)
    it(name, () => {
      assert.deepEqual(found(location), outcome);
    });
});

describe('a branch', () => {
  it('reads nothing that may be missing on the way that is not taken', () => {
    reads.length = 0;
    // bx ? *0 : ax, and bx is 0
    assert.equal(found(computed(bx, bra(4), ax, skip(6), constant(0n), deref)), 5n);
    assert.deepEqual(reads, [0x7ffc_0000_0000n]);
  });
  it('that is taken to what is missing is a fault', () => {
    assert.equal(found(computed(ax, bra(4), ax, skip(6), constant(0n), deref)), 'fault');
  });
  it('back, on what only the hit knows, is refused', () => {
    assert.deepEqual(found(computed(ax, { op: 'stack', operator: 'dup' }, bra(1))), unsupported('DW_OP_bra'));
  });
  it('for ever ends', () => {
    assert.deepEqual(found(computed({ op: 'nop' }, skip(0))), undecodable('over 4096 operations'));
    assert.deepEqual(
      found(computed(constant(1n), { op: 'stack', operator: 'dup' }, bra(1))),
      undecodable('over 4096 operations'),
    );
  });
  it('to stacks of different depth is refused', () => {
    assert.deepEqual(found(computed(ax, ax, bra(4), ax)), unsupported('DW_OP_bra'));
  });
  it('in a loop that only the hit ends is refused', () => {
    const leave = [ax, bra(3), skip(0)];
    assert.deepEqual(found(computed(...leave)), unsupported('DW_OP_skip'));
  });
  it('after another costs no more than the operations there are', () => {
    const plusOne = (at: number): Operation[] => [bx, bra(at + 3), { op: 'plusConstant', value: 1n }];
    const many = Array.from({ length: 30 }, (_, i) => plusOne(1 + 3 * i)).flat();
    assert.equal(found(computed(ax, ...many)), 35n);
  });
});

describe('a thread-local variable', () => {
  const location = expression(constant(8n), { op: 'threadLocal' });
  it('of the program is below the thread pointer', () => {
    assert.equal(found(location, { threadStorage: 0x40 }), 77n);
  });
  it('of a library is where only the run-time loader knows', () => {
    assert.deepEqual(found(location), { code: 'threadLocal' });
  });
});

describe('the instruction pointer', () => {
  it('is that of the address, wherever the probe is', () => {
    const here = { address: virtualAddress(0x1234) };
    assert.equal(found(computed({ op: 'registerOffset', register: 16, offset: 1 }), here), 0x5555_0000_1235n);
  });
});

describe('an operation that refers to another entry', () => {
  const call = (location: Location): Operation => ({ op: 'call', referent: referent(location) });
  it('DW_OP_call2 has no effect where that has no location', () => {
    assert.equal(found(computed(ax, call(optimisedOut))), 5n);
  });
  it('that calls itself ends', () => {
    const self: Operation = {
      op: 'call',
      referent: {
        get location() {
          return expression(self);
        },
        type: undefined,
      },
    };
    assert.deepEqual(found(computed(self)), undecodable('entries refer to one another over 16 deep'));
  });
  it('DW_OP_GNU_variable_value of what is gone is gone', () => {
    const value: Operation = { op: 'variableValue', referent: referent(optimisedOut, s32) };
    assert.deepEqual(found(computed(value)), { code: 'optimisedOut' });
    const struct: Operation = { op: 'variableValue', referent: referent(inRegister(0)) };
    assert.deepEqual(found(computed(struct)), unsupported('DW_OP_GNU_variable_value'));
  });
});

describe('a pointer to what is in no memory', () => {
  const p = variable(
    'p',
    pointer(long),
    expression({ op: 'implicitPointer', referent: referent(inRegister(0)), offset: 0 }),
  );
  const lower = (text: string): CaptureGap | string => {
    const {
      expression: { source },
    } = lowerExpression(
      text,
      typeExpression(parseExpression(text), context([p])),
      context([p]),
      DEFAULT_CAPTURE_LIMITS,
    );
    return source.kind === 'unavailable' ? source.reason : source.kind;
  };
  it('says so itself', () => {
    assert.deepEqual(lower('p'), { code: 'syntheticPointer' });
  });
  it('leads to the object, and not beyond it', () => {
    assert.equal(lower('*p'), 'captured');
    assert.equal(lower('p[0]'), 'captured');
    assert.deepEqual(lower('p[1]'), undecodable('outside the object'));
    assert.deepEqual(lower('p[-1]'), undecodable('outside the object'));
  });
});

describe('what only the caller knew', () => {
  const entryValue: Operation = { op: 'callerValue', name: 'DW_OP_entry_value' };
  it('is named', () => {
    assert.deepEqual(found(computed(entryValue)), { code: 'callerValue', operation: 'DW_OP_entry_value' });
  });
  it('costs its piece alone', () => {
    const half: Operation = { op: 'piece', bitSize: 32, bitOffset: 0 };
    const { expression: { source } } = lowerVariable(
      variable('x', { ...long, byteSize: 16 }, expression({ op: 'register', register: 0 }, { ...half, bitSize: 64 }, entryValue, stackValue, half, ax, stackValue, half)),
      context([]),
      DEFAULT_CAPTURE_LIMITS,
    ); // prettier-ignore
    assert.ok(source.kind === 'parts');
    assert.deepEqual(
      source.parts.map(({ offset, size, content }) => [offset, size, content]),
      [
        [0, 8, 0],
        [8, 4, { code: 'callerValue', operation: 'DW_OP_entry_value' }],
        [12, 4, 1],
      ],
    );
  });
});
