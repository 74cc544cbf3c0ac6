import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { Capture } from '../../adapter/capture/ir';
import type { CaptureProgram } from '../../adapter/capture/plan';
import { needsKernel } from './available';
import { emptyTally } from './comparison';
import { Differential, ENDS } from './differential';
import { HIT_NUMBER } from './randomPrograms';

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
