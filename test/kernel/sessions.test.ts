import assert from 'node:assert/strict';
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DEFAULT_LIMITS } from '../../adapter/dap/openTarget';
import { TraceSession } from '../../adapter/dap/traceSession';
import { attachProcess } from '../../adapter/engine/attachedTarget';
import { launchProgram } from '../../adapter/engine/launchedTarget';
import type { Target } from '../../adapter/engine/target';
import { watchHeld } from '../../adapter/sys/owned';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { kernelGap } from './available';
import * as processes from './sourcetap';

const LOOP = fixture('loop.c');
const FILE = `${FIXTURES}/loop.c`;
const WORK = probeLine('loop.c', 'work');
const SESSIONS = 8;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What the descriptors of this process lead to. */
const descriptors = (): string[] =>
  readdirSync('/proc/self/fd')
    .flatMap((name) => {
      try {
        return [readlinkSync(`/proc/self/fd/${name}`)];
      } catch {
        return []; // the listing's own
      }
    })
    .filter((path) => path.startsWith('/') || path.startsWith('anon_inode:bpf'))
    .sort();

describe('sessions of one process, one after another', function () {
  let host: processes.Target;
  before(async function () {
    const gap = kernelGap();
    if (gap) {
      console.log(`skipped: ${gap}`);
      this.skip();
    }
    host = new processes.Target(LOOP, '1000000000', '1');
    await sleep(50);
  });
  after(() => host.process.kill('SIGKILL'));

  /** From its target to its last count; gives what must be collectable now. */
  async function session(open: () => Target | Promise<Target>): Promise<WeakRef<object>[]> {
    const target = await open();
    const trace = new TraceSession({
      target,
      sourceFileMap: {},
      limits: DEFAULT_LIMITS,
      placeInText: false,
      tellProgress: false,
      send: () => undefined,
      ready: () => true,
    });
    const wanted = {
      where: { kind: 'line', file: FILE, line: WORK },
      logMessage: '',
      condition: undefined,
      hitCondition: undefined,
      refusal: undefined,
    } as const;
    const [breakpoint] = await trace.setBreakpoints(FILE, [wanted]);
    assert.equal(breakpoint!.verified, true, breakpoint!.message);
    target.release();
    while (trace.evaluate('n') === undefined) await sleep(2);
    await trace.finish();
    await target.end();
    const { modules } = target;
    target.dispose();
    return [trace, target, ...modules, ...modules.flatMap(({ debug }) => debug ?? [])].map(
      (object) => new WeakRef(object),
    );
  }

  async function assertNothingStays(open: () => Target | Promise<Target>): Promise<void> {
    await session(open);
    const held = watchHeld();
    const before = descriptors();
    const objects: WeakRef<object>[] = [];
    for (let i = 0; i < SESSIONS; i++) objects.push(...(await session(open)));
    assert.deepEqual(descriptors(), before, 'no file, map, program or link is open');
    assert.deepEqual(held(), [], 'nothing of the kernel is held');
    assert.ok(objects.length > 3 * SESSIONS);
    for (let i = 0; i < 20 && objects.some((object) => object.deref()); i++) {
      await sleep(5);
      collectGarbage();
    }
    const left = objects.flatMap((object) => object.deref()?.constructor.name ?? []);
    assert.deepEqual(left, [], 'no session, module or debug information is kept');
  }

  it('leave no descriptor and no module behind, attached', async function () {
    this.timeout(60_000);
    await assertNothingStays(() => attachProcess(host.pid, []));
  });

  it('leave no descriptor and no module behind, launched', async function () {
    this.timeout(60_000);
    await assertNothingStays(() =>
      launchProgram({
        program: LOOP,
        args: ['1000000000', '1'],
        cwd: '/',
        env: {},
        stdio: ['ignore', 'inherit', 'inherit'],
        symbolSearchPath: [],
      }),
    );
  });
});
