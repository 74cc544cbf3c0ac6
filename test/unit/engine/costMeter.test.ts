import assert from 'node:assert/strict';
import { BackendError, type Installation } from '../../../adapter/backend/backend';
import { CostMeter } from '../../../adapter/engine/costMeter';
import type { PlannedSite } from '../../../adapter/engine/planner';
import type { CountedSite } from '../../../adapter/engine/siteTally';
import { fileOffset, virtualAddress } from '../../../adapter/elf/address';
import { FakeBackend, type FakeInstallation } from './fakeBackend';

const TRAPS = { emulated: 400, stepped: 1500 };
const NO_COUNTS = { delivered: 0, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 };
const site = (emulated: boolean, hits: number): CountedSite => ({
  site: { emulated } as PlannedSite,
  counts: { hits, ...NO_COUNTS },
});
const SITES = [site(true, 30), site(false, 10)];
const MEAN_TRAP = (30 * TRAPS.emulated + 10 * TRAPS.stepped) / 40;

/** Lets what is under way come to its end. */
const settled = (): Promise<void> => new Promise(setImmediate);

describe('the cost of hits', () => {
  let backend: FakeBackend;
  let installations: Map<number, Installation[]>;
  let meter: CostMeter;

  const installed = async (): Promise<FakeInstallation> => {
    const probe = { offset: fileOffset(16), address: virtualAddress(16), program: 0 };
    const programs = [{ captures: [], mode: 'count' as const }];
    await backend.install({ path: 'work', buildId: undefined, pid: 1, sites: [probe], programs });
    return backend.last;
  };
  beforeEach(() => {
    backend = new FakeBackend();
    installations = new Map<number, Installation[]>();
    meter = new CostMeter(backend, { installations: () => installations });
  });

  it('is that of the sites by their hits, and of the program in the window alone', async () => {
    const [one, other] = [await installed(), await installed()];
    one.time = { runs: 1000, ns: 1 };
    installations.set(7, [one, other]);
    backend.window = () => {
      one.time = { runs: 1003, ns: 901 };
      other.time = { runs: 1, ns: 300 };
      return Promise.resolve();
    };
    assert.equal(meter.of(7, SITES), undefined);
    meter.look(0);
    await settled();
    assert.deepEqual(meter.of(7, SITES), { mean: MEAN_TRAP + 300, traps: TRAPS, program: 300, gaps: [] });
    assert.equal(meter.of(7, [site(true, 0)]), undefined, 'without a hit there is nothing to tell');
  });

  it('is measured now and then, the trap once', async () => {
    let [traps, windows] = [0, 0];
    backend.trap = () => {
      traps++;
      return Promise.resolve(TRAPS);
    };
    backend.window = () => {
      windows++;
      return Promise.resolve();
    };
    for (const now of [0, 100, 3900, 4000, 4100, 9000]) {
      meter.look(now);
      await settled();
    }
    assert.deepEqual([traps, windows], [1, 3]);
  });

  it('is without the program where that did not run, and after an edit', async () => {
    const one = await installed();
    installations.set(7, [one]);
    meter.look(0);
    await settled();
    assert.deepEqual(meter.of(7, SITES), { mean: MEAN_TRAP, traps: TRAPS, program: undefined, gaps: [] });
    backend.window = () => {
      one.time = { runs: 1, ns: 50 };
      return Promise.resolve();
    };
    meter.look(5000);
    await settled();
    assert.equal(meter.of(7, SITES)!.program, 50);
    meter.forget(7);
    assert.equal(meter.of(7, SITES)!.program, undefined);
  });

  it('takes nothing of installations that come or go during the window', async () => {
    const [old, fresh] = [await installed(), await installed()];
    installations.set(7, [old]);
    backend.window = () => {
      old.dispose();
      fresh.time = { runs: 5, ns: 50 };
      installations.set(7, [fresh]);
      return Promise.resolve();
    };
    meter.look(0);
    await settled();
    assert.equal(meter.of(7, SITES)!.program, undefined);
  });

  it('tells the part that is known where the other is refused, which is not tried again', async () => {
    let attempts = 0;
    const failure = { code: 'system', call: 'bpf(ENABLE_STATS)', errno: 'EPERM' } as const;
    backend.window = () => (attempts++, Promise.reject(new BackendError(failure)));
    for (const now of [0, 5000]) {
      meter.look(now);
      await settled();
    }
    assert.equal(attempts, 1);
    assert.deepEqual(meter.of(7, SITES), {
      mean: MEAN_TRAP,
      traps: TRAPS,
      program: undefined,
      gaps: [{ part: 'program', failure }],
    });
  });

  it('is not told as refused where the session ends meanwhile', async () => {
    backend.trap = () => {
      meter.stop();
      return Promise.reject(new BackendError({ code: 'system', call: 'read', errno: 'EPIPE' }));
    };
    meter.look(0);
    await settled();
    meter.look(9000);
    await settled();
    assert.equal(meter.of(7, SITES), undefined);
  });
});
