import assert from 'node:assert/strict';
import { release } from 'node:os';
import { fixture, probeLine, VARIANTS } from '../fixtures/build';
import { needsKernel } from '../kernel/available';
import { Tracing } from '../kernel/sourcetap';
import { table } from '../setup/results';
import { writeSection } from './results';

const WORK = `loop.c:${String(probeLine('loop.c', 'work'))}`;
const HITS = 1_000_000;

/** Of the table, written when all have run. */
const rows: (string | number)[][] = [];

describe('a million hits', function () {
  before(needsKernel);

  for (const variant of VARIANTS) {
    for (const threads of [1, 8]) {
      for (const mode of ['--count', '--log']) {
        const name = `${variant.compiler} ${variant.flags.join(' ')}, ${String(threads)} threads, ${mode.slice(2)}`;
        it(name, async () => {
          const what = mode === '--log' ? ['--log', 'n={n} name={p->name}'] : ['--count'];
          const run = new Tracing(
            WORK,
            ...what,
            '--program',
            fixture('loop.c', variant),
            '--',
            String(HITS / threads),
            String(threads),
          );
          const { status, hits, summaries, stderr } = await run.end();
          assert.equal(status, 0, stderr);
          const counted = Number(/runs (\d+)/.exec(stderr)?.[1]);
          const summary = summaries[0]!;
          assert.equal(summary.hits, counted);
          assert.equal(summary.delivered + summary.lost, counted);
          if (mode === '--log') assert.equal(hits.length, summary.delivered);
          rows.push([name, counted, summary.hits, summary.delivered, summary.lost]);
        });
      }
    }
  }

  after(() => {
    if (rows.length === 0) return;
    writeSection('A million hits', [
      `Linux ${release()}. Hits are exact in every run; what the ring had no room for is counted as lost.`,
      '',
      ...table(['run', 'counted by the target', 'hits', 'delivered', 'lost'], rows),
    ]);
  });
});
