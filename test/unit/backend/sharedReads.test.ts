import assert from 'node:assert/strict';
import { SharedReads } from '../../../adapter/backend/sharedReads';
import type { Capture, ScalarSize } from '../../../adapter/capture/ir';
import { StepBuilder } from '../../../adapter/capture/stepBuilder';

const ROOM = 256;

type Place = (builder: StepBuilder) => number;
const register: Place = (builder) => builder.register('di');
const local: Place = (builder) => builder.load(builder.add(builder.register('bp'), -24), 8);
const field =
  (place: Place, offset: number, size: ScalarSize = 8): Place =>
  (builder) =>
    builder.load(builder.add(place(builder), offset), size);

const captureOf = (place: Place): Capture => {
  const builder = new StepBuilder();
  return builder.finish({ kind: 'scalar', value: place(builder), size: 8 });
};
const viewOf = (place: Place): Capture => {
  const builder = new StepBuilder();
  const [address, length] = [8, 0].map((offset) => field(place, offset)(builder)) as [number, number];
  return builder.finish({ kind: 'bytes', address, length, capacity: 20 });
};

/** Of each block its size and its parts' places and sizes, and how many loads are done by themselves. */
function shared(captures: readonly Capture[], room = ROOM): { blocks: string[]; alone: number } {
  const reads = new SharedReads(captures, room);
  const loads = captures.flatMap(({ steps }) => steps.filter(({ op }) => op === 'load'));
  const found = captures.reduce((sum, capture) => sum + reads.readsOf(capture).size, 0);
  return {
    blocks: reads.blocks.map(({ size, parts }) =>
      [size, ...parts.map((part) => `${part.offset}:${part.size}`)].join(' '),
    ),
    alone: loads.length - found,
  };
}
const sharedOf = (...places: Place[]): ReturnType<typeof shared> => shared(places.map(captureOf));

describe('loads that are done in one', () => {
  it('are those of one object', () => {
    assert.deepEqual(sharedOf(field(register, 8), field(register, 0), field(register, 20, 4)), {
      blocks: ['24 0:8 8:8 20:4'],
      alone: 0,
    });
  });

  it('are those of the same', () => {
    assert.deepEqual(sharedOf(field(register, 12, 4), field(register, 12, 4)), {
      blocks: ['4 0:4'],
      alone: 0,
    });
  });

  it('begin at a word, so that their parts are aligned on the stack', () => {
    assert.deepEqual(sharedOf(field(register, 12, 4), field(register, 16)), {
      blocks: ['16 4:4 8:8'],
      alone: 0,
    });
  });

  it('are those of what the pointer points to, after the pointer', () => {
    assert.deepEqual(sharedOf(field(local, 0), field(local, 8, 2)), {
      blocks: ['8 0:8', '10 0:8 8:2'],
      alone: 0,
    });
  });

  it('are those of what one load alone has found', () => {
    assert.deepEqual(shared([viewOf(local)]), { blocks: ['8 0:8', '16 0:8 8:8'], alone: 0 });
  });

  it('are not one alone', () => {
    assert.deepEqual(
      sharedOf(
        field(register, 0),
        field((builder) => builder.register('si'), 8),
      ),
      {
        blocks: [],
        alone: 2,
      },
    );
  });

  it('are not far apart', () => {
    const offsets = [0, 56, 64, 120];
    assert.deepEqual(sharedOf(...offsets.map((offset) => field(register, offset))), {
      blocks: ['64 0:8 56:8', '64 0:8 56:8'],
      alone: 0,
    });
  });

  it('do not overlap: where one cannot be read, the other may', () => {
    const union = [field(register, 0, 1), field(register, 0, 4), field(register, 4, 4)];
    assert.deepEqual(sharedOf(...union), { blocks: ['8 0:1 4:4'], alone: 1 });
  });

  it('are at multiples of their sizes', () => {
    assert.deepEqual(sharedOf(field(register, 0), field(register, 12), field(register, 12)), {
      blocks: [],
      alone: 3,
    });
  });

  it('are not under a guard', () => {
    const guarded: Place = (builder) => builder.when(register(builder), () => field(register, 0)(builder));
    assert.deepEqual(sharedOf(guarded, guarded), { blocks: [], alone: 2 });
  });

  it('are not of what may be another value', () => {
    const checked: Place = (builder) =>
      field(() => builder.require(builder.register('si'), register(builder)), 0)(builder);
    assert.deepEqual(sharedOf(checked, checked), { blocks: [], alone: 2 });
  });

  it('are as many as a word has bits for', () => {
    const bytes = Array.from({ length: 33 }, (_, offset) => field(register, offset, 1));
    // The 31st is read twice more, and others depend on it.
    const last = field(register, 30, 1);
    const behind = (offset: number): Place =>
      field((builder) => builder.binary('add', register(builder), last(builder)), offset, 1);
    const { blocks, alone } = sharedOf(...bytes, last, behind(100), behind(101));
    assert.equal(alone, 0);
    assert.deepEqual(
      blocks.map((block) => block.split(' ').length - 1),
      [31, 2, 2],
    );
  });

  it('are no more than there is room for on the stack', () => {
    const apart = Array.from({ length: 8 }, (_, i) => field(register, i * 64));
    const twice = [...apart, ...apart].map(captureOf);
    assert.equal(shared(twice).blocks.length, 8);
    assert.deepEqual(shared(twice, 50), { blocks: ['8 0:8', '8 0:8', '8 0:8'], alone: 10 });
  });
});
