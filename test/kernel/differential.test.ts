import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Capture } from '../../adapter/capture/ir';
import type { CaptureProgram } from '../../adapter/capture/plan';
import { needsKernel } from './available';
import { emptyTally } from './comparison';
import { Differential, ENDS } from './differential';
import { HIT_NUMBER } from './randomPrograms';
import { AREA } from './registersProgram';

/** Fixed, so that a failure can be run again. */
const SEEDS = [0, 1, 2, 3, 8];

describe('programs in the kernel', function () {
  before(needsKernel);

  const compare = (...programs: CaptureProgram[]): void => {
    Differential.use((differential) => {
      differential.compare(
        programs.map((program) => ({ program })),
        1,
        emptyTally(),
      );
    });
  };
  const numberTimes = (factor: bigint, size: 1 | 2 | 4 | 8): Capture => ({
    steps: [...HIT_NUMBER.steps, { op: 'constant', value: factor }, { op: 'mul', left: 0, right: 1 }],
    output: { kind: 'scalar', value: 2, size },
  });
  const counted = (more: Partial<CaptureProgram>): CaptureProgram => ({
    mode: 'count',
    captures: [],
    ...more,
  });

  it('look at the bytes alone that a condition has, and a value that is to change', () => {
    compare(
      counted({ condition: numberTimes(0x80n, 1) }),
      counted({ condition: numberTimes(0x1_0000n, 2) }),
      counted({ condition: numberTimes(0x1_0000_0000n, 4) }),
      counted({ filter: { changed: numberTimes(0x80n, 1) } }),
    );
  });

  it('read what is readable of memory that several captures read at once', () => {
    const loads = ENDS.flatMap((end) => [-16n, -8n, -4n, 0n].map((offset) => end + offset));
    const followed = (address: bigint): Capture => ({
      steps: [
        { op: 'constant', value: address },
        { op: 'load', address: 0, size: 4, signed: false },
        { op: 'load', address: 1, size: 8, signed: false },
      ],
      output: { kind: 'scalar', value: 2, size: 8 },
    });
    const loaded = (address: bigint): Capture => ({
      steps: followed(address).steps.slice(0, 2),
      output: { kind: 'scalar', value: 1, size: 4 },
    });
    /** Where it is depends on the second byte of a number, if it has one. */
    const chosen = (size: 1 | 2): Capture => ({
      steps: [
        { op: 'constant', value: AREA },
        { op: 'load', address: 0, size, signed: false },
        { op: 'constant', value: 8n },
        { op: 'shr', left: 1, right: 2 },
        { op: 'add', left: 0, right: 3 },
        { op: 'load', address: 4, size: 1, signed: false },
      ],
      output: { kind: 'scalar', value: 5, size: 1 },
    });
    /** From a place that is not known to be aligned. */
    const from = (place: bigint, offset: bigint, size: 1 | 2 | 4 | 8): Capture => ({
      steps: [
        { op: 'constant', value: place },
        { op: 'or', left: 0, right: 0 },
        { op: 'constant', value: offset },
        { op: 'add', left: 1, right: 2 },
        { op: 'load', address: 3, size, signed: false },
      ],
      output: { kind: 'scalar', value: 4, size },
    });
    const record = (captures: Capture[]): CaptureProgram => ({ mode: 'record', captures });
    compare(
      record(loads.map(loaded)),
      record(loads.slice(0, 4).toReversed().map(loaded)),
      record(loads.flatMap((address) => [followed(address), loaded(address)])),
      record([1, 1, 2, 2].map((size) => chosen(size as 1 | 2))),
      // A union that is readable in part.
      record(ENDS.flatMap((end) => [from(end - 1n, 0n, 1), from(end - 1n, 0n, 4)])),
      record(ENDS.flatMap((end) => [from(end - 4n, 0n, 8), from(end - 4n, 0n, 4)])),
      // What comes before it cannot be read.
      record([from(AREA - 4n, 4n, 4), from(AREA - 4n, 4n, 4)]),
    );
  });

  it('are no more work to the verifier for each size that may be wanting', () => {
    const field = (offset: bigint, size: 1 | 4 | 8): Capture['steps'] => [
      { op: 'constant', value: AREA + offset },
      { op: 'load', address: 0, size, signed: false },
    ];
    const slice: Capture = {
      steps: [
        ...field(0n, 8),
        { op: 'constant', value: AREA + 8n },
        { op: 'load', address: 2, size: 4, signed: false },
      ],
      output: { kind: 'bytes', address: 1, length: 3, capacity: 20 },
    };
    const wide: Capture = {
      steps: [...field(0n, 1), { op: 'add', left: 0, right: 1 }],
      output: { kind: 'readable', address: 2, capacity: 20 },
    };
    const many = Array.from({ length: 16 }, () => [slice, wide]).flat();
    compare({ mode: 'record', captures: many });
  });

  it('fail where the byte is missing that tells that a string goes on', () => {
    const places = ENDS.flatMap((end) => [2n, 3n, 4n, 5n].map((before) => end - before));
    const strings = places.map((value): Capture => ({
      steps: [{ op: 'constant', value }],
      output: { kind: 'string', address: 0, capacity: 4 },
    }));
    const tests = places.flatMap((value) =>
      (['equals', 'startsWith'] as const).map((test): Capture => ({
        steps: [
          { op: 'constant', value },
          { op: 'testString', test, text: Buffer.from('ge'), address: 0 },
        ],
        output: { kind: 'scalar', value: 1, size: 8 },
      })),
    );
    compare({ mode: 'record', captures: [...strings, ...tests] });
  });

  it(`do what the interpreter does, at random, seeds ${SEEDS.join()}`, () => {
    const tally = emptyTally();
    Differential.use((differential) => {
      for (const seed of SEEDS) differential.compare(differential.randomTrials(seed), seed, tally);
    });
    assert.ok(tally.expressions > 2000 && tally.fields > 8000, inspect(tally));
    assert.ok(tally.faults > tally.fields / 50 && tally.faults < tally.fields / 2, inspect(tally));
    for (const [verdict, hits] of Object.entries(tally.verdicts)) assert.ok(hits > 10, verdict);
  });
});
