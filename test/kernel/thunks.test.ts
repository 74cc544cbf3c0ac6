import assert from 'node:assert/strict';
import { fixture, probeLine, VARIANTS } from '../fixtures/build';
import { needsKernel } from './available';
import { Tracing } from './sourcetap';

describe('a virtual function that is called through a thunk', function () {
  before(needsKernel);

  for (const variant of VARIANTS)
    it(`counts no call twice: ${variant.compiler} ${variant.flags.join(' ')}`, async () => {
      const program = fixture('thunks.cc', variant);
      const last = probeLine('thunks.cc', 'size');
      const places = [last - 2, last - 1, last].map((line) => `thunks.cc:${String(line)}`);
      const { status, summaries, stderr } = await new Tracing(
        ...places, '--count', '--program', program, '--', '30',
      ).end(); // prettier-ignore
      assert.equal(status, 0, stderr);
      const runs = Number(/runs (\d+)/.exec(stderr)?.[1]);
      assert.equal(runs, 40);
      const hits = summaries.map((summary) => summary.hits);
      // Compilers put the optimised function itself into the thunk, and do not describe all of its lines there.
      if (variant.flags[0] === '-O2') assert.equal(Math.max(...hits), runs);
      else assert.deepEqual(hits, [runs, runs, runs]);
    });
});
