import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BinaryOp } from '../../../adapter/capture/ir';
import { formatCapture } from '../../../adapter/capture/listing';
import { StepBuilder } from '../../../adapter/capture/stepBuilder';
import { fromLittleEndian, run, type Target } from './interpreter';

const target: Target = {
  registers: { ax: 0x1122_3344_5566_7788n, bx: 3n },
  loadBias: 0x5555_0000n,
  read: () => undefined,
};

/** The steps that are left, without the line of the output. */
function steps(build: (builder: StepBuilder) => number): string[] {
  const builder = new StepBuilder();
  const capture = builder.finish({ kind: 'scalar', value: build(builder), size: 8 });
  return formatCapture(capture).split('\n').slice(0, -1);
}

describe('steps are folded', () => {
  it('constants are computed', () => {
    assert.deepEqual(
      steps((b) => b.binary('mul', b.add(b.constant(2), 3), b.constant(4))),
      ['%0 = 20'],
    );
  });

  it('offsets add up, in whatever order they come', () => {
    assert.deepEqual(
      steps((b) => b.add(b.binary('add', b.constant(16), b.register('bp')), -24)),
      ['%0 = bp', '%1 = -8', '%2 = add %0, %1'],
    );
    assert.deepEqual(
      steps((b) => b.add(b.add(b.register('sp'), 8), -8)),
      ['%0 = sp'],
    );
    assert.deepEqual(
      steps((b) => b.binary('sub', b.register('sp'), b.constant(8))),
      ['%0 = sp', '%1 = -8', '%2 = add %0, %1'],
    );
  });

  it('adding or shifting by nothing is left out', () => {
    assert.deepEqual(
      steps((b) => b.binary('shr', b.add(b.register('ax'), 0), b.constant(0))),
      ['%0 = ax'],
    );
    assert.deepEqual(
      steps((b) => b.extend(b.register('ax'), 64)),
      ['%0 = ax'],
    );
  });

  it('equal steps are made once, unused ones are left out', () => {
    const listing = steps((b) => {
      b.load(b.register('di'), 8);
      return b.binary('mul', b.add(b.register('ax'), 1), b.add(b.register('ax'), 1));
    });
    assert.deepEqual(listing, ['%0 = ax', '%1 = 1', '%2 = add %0, %1', '%3 = mul %2, %2']);
  });

  it('a load is never computed beforehand', () => {
    assert.deepEqual(
      steps((b) => b.load(b.constant(0x1000), 4)),
      ['%0 = 4096', '%1 = load u32 [%0]'],
    );
  });

  it('without changing what is computed', () => {
    const operators: BinaryOp[] = ['add', 'sub', 'mul', 'udiv', 'umod', 'sdiv', 'smod', 'and', 'or', 'xor', 'shl', 'shr', 'sar', 'eq', 'ne', 'ult', 'ule', 'slt', 'sle']; // prettier-ignore
    const value = fc.oneof(
      fc.constantFrom(0n, 1n, -1n, 8n, 63n, 64n, -8n, 2n ** 63n - 1n, -(2n ** 63n)),
      fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
    );
    const leaf = fc.oneof(value, fc.constantFrom('ax', 'bx'));
    const operation = fc.record({
      op: fc.constantFrom(...operators, 'neg', 'not', 'extend'),
      other: leaf,
      flip: fc.boolean(),
      bits: fc.integer({ min: 1, max: 64 }),
    });
    fc.assert(
      fc.property(leaf, fc.array(operation, { maxLength: 6 }), (first, operations) => {
        const compute = (builder: StepBuilder, known: boolean): bigint => {
          const put = (l: bigint | string): number =>
            typeof l === 'string'
              ? builder.register(l as 'ax')
              : known
                ? builder.constant(l)
                : opaque(builder, l);
          let result = put(first);
          for (const { op, other, flip, bits } of operations) {
            if (op === 'extend') result = builder.extend(result, bits, flip);
            else if (op === 'neg' || op === 'not') result = builder.unary(op, result);
            else
              result = flip ? builder.binary(op, put(other), result) : builder.binary(op, result, put(other));
          }
          return fromLittleEndian(run(builder.finish({ kind: 'scalar', value: result, size: 8 }), reading)!);
        };
        assert.equal(compute(new StepBuilder(), true), compute(new StepBuilder(), false));
      }),
    );
  });
});

/** A value that the builder cannot know: memory that holds its own address. */
const opaque = (builder: StepBuilder, value: bigint): number => builder.load(builder.constant(value), 8);
const reading: Target = {
  ...target,
  read: (address, size) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, address, true);
    return bytes.subarray(0, size);
  },
};
