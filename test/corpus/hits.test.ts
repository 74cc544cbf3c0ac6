import assert from 'node:assert/strict';
import { join } from 'node:path';
import { needsKernel } from '../kernel/available';
import { Tracing } from '../kernel/sourcetap';
import { corpus } from './corpus';

/** Lines that run equally often in each run of the program, in functions that are inlined into many places. */
const LINES = ['lgc.c:260', 'lapi.c:520', 'lapi.c:1307'];

describe('lines of an optimised program', function () {
  before(needsKernel);

  const hitsIn = async (name: string): Promise<number[]> => {
    const script = join(__dirname, 'programs', 'features.lua');
    const run = new Tracing(...LINES, '--count', '--program', corpus(name), '--', script);
    const { status, summaries, stderr } = await run.end();
    assert.equal(status, 0, stderr);
    return summaries.map(({ hits }) => hits);
  };

  // Link-time optimisation: most copies have rows of other files at the same addresses.
  it('are hit as often as those of one that is not', async () => {
    const hits = await hitsIn('lua-gcc12-O0-dw5');
    assert.ok(hits.every((count) => count > 0));
    assert.deepEqual(await hitsIn('lua-gcc12-O2-lto'), hits);
  });
});
