import assert from 'node:assert/strict';
import { release } from 'node:os';
import { needsKernel } from '../kernel/available';
import { emptyTally } from '../kernel/comparison';
import { Differential } from '../kernel/differential';
import { table } from '../setup/results';
import { writeSection } from './results';

const EXPRESSIONS = 100_000;

describe('a hundred thousand random expressions', function () {
  this.timeout(3_600_000);
  const tally = emptyTally();
  let seed = 0;
  before(needsKernel);

  it('are in the kernel what the interpreter makes of them', () => {
    Differential.use((differential) => {
      for (; tally.expressions < EXPRESSIONS; seed++)
        differential.compare(differential.randomTrials(seed), seed, tally);
    });
    assert.ok(tally.slow < tally.programs / 100, `${tally.slow} were too slow`);
  });

  after(() => {
    if (tally.expressions < EXPRESSIONS) return;
    const { expressions, programs, hits, fields, faults, verdicts, helpers, deepestStack } = tally;
    writeSection('A hundred thousand random expressions', [
      `Linux ${release()}. Random captures, conditions and filters, C expressions over a struct among them, compiled and run by PROG_TEST_RUN with`,
      'made-up registers, memory and threads: every field, fault, verdict and filter state is what the interpreter of the IR says. The verifier takes every',
      `program, as one for a test run and as a sleepable one for a probe. Seeds 0 to ${seed - 1}.`,
      '',
      ...table(
        [
          'expressions',
          'programs',
          'refused',
          'hits',
          'fields compared',
          'of them faults',
          'deepest stack, bytes',
        ],
        [[expressions, programs, 0, hits, fields, faults, deepestStack]],
      ),
      '',
      ...table(Object.keys(verdicts), [Object.values(verdicts)]),
      '',
      `Helpers: ${[...helpers].sort().join(', ')}.`,
    ]);
  });
});
