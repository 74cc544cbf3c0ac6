import assert from 'node:assert/strict';
import { RingBuffer } from '../../../adapter/bpf/ringBuffer';
import { FakeMapping, FakeSystem } from '../../../adapter/sys/fake';
import { PAGE_SIZE } from '../../../adapter/sys/system';

const SIZE = PAGE_SIZE;
const BUSY = 0x8000_0000;
const DISCARDED = 0x4000_0000;

/** The kernel's side of a ring buffer on a fake system. */
class Kernel {
  readonly ring: RingBuffer;
  readonly producer: FakeMapping;
  private readonly consumer: FakeMapping;
  private position = 0;

  constructor(size = SIZE) {
    const system = new FakeSystem();
    this.ring = RingBuffer.create(system, size);
    const mappings = [...system.held.keys()].filter((held) => held instanceof FakeMapping);
    [this.consumer, this.producer] = mappings as [FakeMapping, FakeMapping];
  }

  get consumed(): number {
    return Number(Buffer.from(this.consumer.bytes.buffer).readBigUInt64LE());
  }

  /** Lets the positions begin somewhere else than at 0. */
  startAt(position: number): this {
    this.position = position;
    (this.ring as unknown as { consumed: number }).consumed = position;
    return this;
  }

  /** @returns the place of the record's header in the mapping */
  produce(payload: string, flags = 0): number {
    const bytes = Buffer.alloc((8 + payload.length + 7) & ~7);
    bytes.writeUInt32LE((payload.length | flags) >>> 0);
    bytes.write(payload, 8, 'latin1');
    const place = PAGE_SIZE + (this.position % SIZE);
    bytes.forEach((byte, i) => {
      const at = (this.position + i) % SIZE;
      this.producer.bytes[PAGE_SIZE + at] = byte;
      this.producer.bytes[PAGE_SIZE + SIZE + at] = byte;
    });
    this.position += bytes.length;
    Buffer.from(this.producer.bytes.buffer).writeBigUInt64LE(BigInt(this.position));
    return place;
  }

  drain(limit = Infinity): string[] {
    const seen: string[] = [];
    const count = this.ring.drain((view, offset, size) => {
      seen.push(Buffer.from(view.buffer, view.byteOffset + offset, size).toString('latin1'));
    }, limit);
    assert.ok(count >= seen.length);
    return seen;
  }
}

describe('the ring buffer', () => {
  it('is empty at first', () => {
    const kernel = new Kernel();
    assert.deepEqual(kernel.drain(), []);
    assert.equal(kernel.consumed, 0);
  });

  it('hands over records in order and frees their space', () => {
    const kernel = new Kernel();
    for (const payload of ['one', 'two plus', 'three and more']) kernel.produce(payload);
    assert.deepEqual(kernel.drain(), ['one', 'two plus', 'three and more']);
    assert.equal(kernel.consumed, 16 + 16 + 24);
    assert.deepEqual(kernel.drain(), []);
  });

  it('hands over a record that wraps in one piece', () => {
    for (const before of [8, 16, 24]) {
      const kernel = new Kernel().startAt(3 * SIZE - before);
      kernel.produce('over the end of the data');
      kernel.produce('at the start');
      assert.deepEqual(kernel.drain(), ['over the end of the data', 'at the start']);
    }
  });

  it('goes on where positions exceed 32 bits', () => {
    const kernel = new Kernel().startAt(2 ** 40 + 64);
    kernel.produce('far');
    assert.deepEqual(kernel.drain(), ['far']);
    assert.equal(kernel.consumed, 2 ** 40 + 64 + 16);
  });

  it('stops at a record that is being written, and goes on when that is done', () => {
    const kernel = new Kernel();
    kernel.produce('whole');
    const header = kernel.produce('in work', BUSY);
    kernel.produce('behind');
    assert.deepEqual(kernel.drain(), ['whole']);
    assert.deepEqual(kernel.drain(), []);
    assert.equal(kernel.consumed, 16);
    kernel.producer.bytes[header + 3]! &= 0x7f;
    assert.deepEqual(kernel.drain(), ['in work', 'behind']);
  });

  it('passes over what was discarded', () => {
    const kernel = new Kernel();
    kernel.produce('dropped', DISCARDED);
    kernel.produce('kept');
    assert.deepEqual(kernel.drain(), ['kept']);
    assert.equal(kernel.consumed, 32);
  });

  it('hands over no more than the limit, and the rest the next time', () => {
    const kernel = new Kernel();
    for (const payload of ['a', 'b', 'c']) kernel.produce(payload);
    assert.deepEqual(kernel.drain(2), ['a', 'b']);
    assert.equal(kernel.consumed, 32);
    assert.deepEqual(kernel.drain(2), ['c']);
  });

  it('frees what it handed over when the sink throws', () => {
    const kernel = new Kernel();
    kernel.produce('a');
    kernel.produce('b');
    assert.throws(() => {
      kernel.ring.drain(() => {
        throw new Error('sink');
      }, Infinity);
    }, /sink/);
    assert.deepEqual(kernel.drain(), ['b']);
  });

  it('takes the bytes of a record only after it saw that it is complete', () => {
    const kernel = new Kernel();
    const place = kernel.produce('bytes');
    // A copy that reads the bytes before the header, while a program completes the record in between.
    const read = kernel.producer.read.bind(kernel.producer);
    let copies = 0;
    kernel.producer.read = (target, offset): void => {
      read(target, offset);
      if (offset === place && copies++ === 0) target.fill(0x3f, 8);
    };
    assert.deepEqual(kernel.drain(), ['bytes']);
  });

  it('leaves nothing open when a mapping fails', () => {
    for (const failing of [1, 2]) {
      const system = new FakeSystem((index) => (index === failing ? 'ENOMEM' : undefined));
      assert.throws(() => RingBuffer.create(system, SIZE), /mmap: ENOMEM/);
      assert.equal(system.held.size, 0);
    }
  });
});
