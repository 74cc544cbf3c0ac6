import assert from 'node:assert/strict';
import { fixture, probeLine, VARIANTS } from '../fixtures/build';
import { needsKernel } from './available';
import { Tracing } from './sourcetap';

const PLACE = `threads.c:${probeLine('threads.c', 'step')}`;

describe('thread-local variables', function () {
  before(needsKernel);

  const NO_PIE = { compiler: 'gcc', flags: ['-O1', '-no-pie', '-static'] };
  for (const variant of [...VARIANTS, NO_PIE])
    it(`are each thread's own, ${variant.compiler} ${variant.flags.join(' ')}`, async () => {
      const program = fixture('threads.c', variant);
      const log = '{calls} {counter} {last} {place.x} {place.name} {block}';
      const { hits, stderr, status } = await new Tracing(PLACE, '--log', log, '--program', program).end();
      assert.equal(status, 0, stderr);
      const printed = [...stderr.matchAll(/^(\d+) (\S+) (\S+) (\S+) (\S+) (\w+) (thread \d)$/gm)];
      assert.equal(printed.length, 25);
      const traced = hits.map(({ tid, message }) => `${tid} ${message}`);
      assert.deepEqual(
        traced.sort(),
        printed
          .map(
            ([, tid, calls, counter, last, x, name, block]) =>
              `${tid} ${calls} ${counter} ${last} ${x} "${name}" "${block}"`,
          )
          .sort(),
      );
    });
});
