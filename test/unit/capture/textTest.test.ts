import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StepBuilder } from '../../../adapter/capture/stepBuilder';
import { textTest } from '../../../adapter/capture/textTest';
import { fromLittleEndian, memory, run } from './interpreter';

const AT = 0x6000_0000n;

/** Whether the bytes, behind which nothing can be read, are the text, or start with it; undefined where a read fails. */
function holds(operator: 'equals' | 'startsWith', text: Uint8Array, bytes: Uint8Array): boolean | undefined {
  const builder = new StepBuilder();
  const [address, length] = [builder.register('ax'), builder.register('dx')];
  const value = textTest({ operator, text }, address, length, builder);
  const capture = builder.finish({ kind: 'scalar', value, size: 8 });
  const field = run(capture, {
    registers: { ax: AT, dx: BigInt(bytes.length) },
    loadBias: 0n,
    read: memory({ at: AT, bytes }),
  });
  return field && fromLittleEndian(field) === 1n;
}

describe('A test of a string of known length', () => {
  /** Few characters, so that texts are often alike. */
  const text = fc.uint8Array({ maxLength: 30, min: 0, max: 1 });

  it('compares all of its bytes, and reads no others', () => {
    fc.assert(
      fc.property(text, text, fc.boolean(), (wanted, other, isPrefix) => {
        const bytes = isPrefix ? Buffer.concat([wanted, other]) : Buffer.from(other);
        assert.equal(holds('equals', wanted, bytes), bytes.equals(wanted));
        assert.equal(holds('startsWith', wanted, bytes), bytes.subarray(0, wanted.length).equals(wanted));
      }),
    );
  });

  it('notices each byte', () => {
    for (let length = 1; length < 30; length++) {
      const bytes = Buffer.alloc(length, 'x');
      assert.equal(holds('equals', bytes, bytes), true);
      for (let i = 0; i < length; i++) {
        const other = Buffer.from(bytes).fill('y', i, i + 1);
        assert.equal(holds('equals', bytes, other), false, `${i} of ${length}`);
      }
    }
  });
});
