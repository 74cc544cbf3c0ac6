import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { BackendError } from '../../adapter/backend/backend';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { Definition } from '../../adapter/engine/definition';
import { attachProcess } from '../../adapter/engine/attachedTarget';
import { planSteps } from '../../adapter/engine/planner';
import { Session } from '../../adapter/engine/session';
import { SourceMap } from '../../adapter/symbols/sourceMap';
import { fixture, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { Target } from './sourcetap';

const LINE = probeLine('loop.c', 'work');

describe('Edits of a tracepoint while its line runs', function () {
  this.timeout(60_000);
  before(needsKernel);

  for (const flags of [['-O0'], ['-O2']])
    it(`show every hit once, and miss none, of 4 threads, gcc ${flags.join(' ')}`, async () => {
      const target = new Target(fixture('loop.c', { compiler: 'gcc', flags }), '60000', '4', 'wait');
      await target.printed(/ready/);
      const attached = attachProcess(target.pid, []);
      const seen = new Map<string, number>();
      const session = new Session({
        backend: openKernelBackend({ ringBytes: 64 << 20 }),
        plan: (definition, modules) =>
          planSteps(definition, {
            modules,
            program: attached.modules[0],
            sourceMap: new SourceMap(),
            pid: target.pid,
          }),
        modules: attached.modules,
        observer: {
          hit: (hit) => {
            const [n] = hit.values();
            assert.ok(n && 'value' in n);
            const run = `${hit.tid} ${n.value}`;
            seen.set(run, (seen.get(run) ?? 0) + 1);
          },
          ready: () => true,
          settled: () => undefined,
        },
      });
      /** Is the target still there to be probed? */
      const edit = async (message: string): Promise<boolean> => {
        session.set(1, logging(message));
        await session.settled(1);
        const { state, error } = session.report(1)!;
        const isGone = error instanceof BackendError && error.failure.code === 'noSuchProcess';
        assert.ok(state === 'armed' || isGone, String(error));
        return !isGone;
      };
      assert.ok(await edit('{n}'));
      target.go();
      let edits = 0;
      // Now and then an edit comes while the one before is still on its way out.
      while (target.process.exitCode === null && (await edit(`{n} ${edits}`)))
        if (++edits % 3 > 0) await sleep(1 + (edits % 7));
      await session.end();
      attached.dispose();
      assert.match(await target.end(), /runs 240000 /);
      assert.ok(edits > 20, `${edits} edits`);
      const twice = [...seen].filter(([, times]) => times > 1);
      assert.deepEqual({ hits: seen.size, twice: twice.slice(0, 5) }, { hits: 240_000, twice: [] });
    });
});

const logging = (message: string): Definition => ({
  where: { kind: 'line', file: 'loop.c', line: LINE },
  capture: { mode: 'log', message },
  limits: { bytesPerHit: 1024, sites: 10 },
});
