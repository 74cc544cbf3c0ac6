import assert from 'node:assert/strict';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Definition } from '../../../adapter/engine/definition';
import { PlanError } from '../../../adapter/engine/planError';
import type { Planning, PlanSteps } from '../../../adapter/engine/planner';
import { Session, type PlanProgress } from '../../../adapter/engine/session';
import { fileOffset, virtualAddress } from '../../../adapter/elf/address';
import type { Module } from '../../../adapter/symbols/module';
import { FakeBackend } from './fakeBackend';

const define = (name: string, mode: 'snapshot' | 'count' = 'snapshot'): Definition => ({
  where: { kind: 'function', name },
  capture: { mode },
  limits: { bytesPerHit: 1024, sites: 10 },
});

/** Modules have nothing but a path here, and a function of that name. */
const module = (path: string): Module => ({ path }) as Module;
const [WORK, REST, LATER] = ['work', 'rest', 'later'].map(module) as [Module, Module, Module];

/** One site in each module that has the function. One that is called `slow` takes as many steps as there is time for. */
function* planSteps(definition: Definition, modules: readonly Module[]): PlanSteps {
  const { where } = definition;
  while (where.kind === 'function' && where.name === 'slow' && modules.includes(REST)) yield;
  return plan(definition, modules);
}

function plan({ where, capture }: Definition, modules: readonly Module[]): Planning {
  assert.ok(where.kind === 'function');
  if (where.name === 'bad') throw new PlanError({ code: 'allRefused', refused: [] });
  const found = modules.filter(({ path }) => path === where.name);
  if (found.length === 0) throw new PlanError({ code: 'noSuchFunction', name: where.name });
  const program = { captures: [], mode: capture.mode === 'count' ? 'count' : 'record' } as const;
  const record = {
    message: undefined,
    capture: {
      expressions: [],
      program: { captures: [], mode: 'record' as const },
      indices: [],
      loadBias: undefined,
    },
    slots: [],
  };
  const site = { offset: fileOffset(16), address: virtualAddress(16), program: 0 };
  return {
    parts: [
      {
        plan: { path: where.name, buildId: undefined, pid: 1, sites: [site], programs: [program] },
        probes: [0],
        sites: [
          {
            module: found[0]!,
            file: undefined,
            line: undefined,
            resolvedLine: undefined,
            address: virtualAddress(16),
            probeAddress: virtualAddress(16),
            emulated: false,
            scope: undefined,
            alternatives: [],
            program,
            gateGaps: [],
            record: capture.mode === 'count' ? undefined : record,
          },
        ],
      },
    ],
    refused: [],
    unavailable: [],
    undecided: [],
    damaged: [],
    missedColumn: undefined,
  };
}

/** Long enough for all that can be planned and put in: both happen in turns of the event loop. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await turn();
}

describe('a session', () => {
  let backend: FakeBackend;
  let session: Session;
  let shown: number[];
  let ready: boolean;
  let progress: (PlanProgress | undefined)[];

  beforeEach(() => {
    backend = new FakeBackend();
    shown = [];
    ready = true;
    progress = [];
    session = new Session({
      backend,
      plan: planSteps,
      modules: [WORK, REST],
      observer: {
        hit: (hit) => shown.push(hit.tracepoint),
        ready: () => ready,
        settled: () => undefined,
        planning: (one) => progress.push(one),
      },
    });
  });
  afterEach(() => session.end());

  const arm = async (id: number, definition: Definition): Promise<void> => {
    session.set(id, definition);
    await session.settled(id);
  };

  it('counts and shows every hit up to its end', async () => {
    await arm(1, define('work'));
    backend.last.hit(100);
    await session.end();
    assert.equal(shown.length, 100);
    assert.equal(session.report(1)!.counts.hits, 100);
    assert.ok(backend.disposed && backend.last.detached && backend.last.disposed);
  });

  it('takes hits once all of its probes are in', async () => {
    let open!: () => void;
    backend.gate = new Promise((resolve) => (open = resolve));
    session.set(1, define('work'));
    await settle();
    backend.last.hit(7);
    open();
    await session.settled(1);
    backend.last.hit(2);
    await session.end();
    assert.equal(session.report(1)!.counts.hits, 2);
    assert.equal(shown.length, 2);
  });

  it('leaves each hit to one of two definitions while it changes them', async () => {
    await arm(1, define('work'));
    const old = backend.last;
    const roles: unknown[] = [];
    let open!: () => void;
    backend.gate = new Promise((resolve) => (open = resolve));
    session.set(1, define('work', 'count'));
    await settle();
    const { last } = backend;
    assert.deepEqual(old.role, { takes: true, older: false, newer: false });
    for (const [name, one] of Object.entries({ old, last })) {
      const assume = one.assume.bind(one);
      one.assume = (role) => {
        roles.push([name, role]);
        assume(role);
      };
    }
    open();
    await sleep(20);
    assert.ok(old.disposed);
    const rolesOfTwo = [
      ['old', { takes: true, older: false, newer: true }],
      ['last', { takes: true, older: true, newer: false }],
    ];
    assert.deepEqual(roles.slice(0, 2), rolesOfTwo, 'the old one knows of the new one before that takes any');
    assert.deepEqual(roles.at(-1), ['last', { takes: true, older: false, newer: false }]);
  });

  it('stops an old definition that has its probes elsewhere', async () => {
    await arm(1, define('work'));
    const old = backend.last;
    session.set(1, define('rest'));
    await session.settled(1);
    assert.equal(old.role.takes, false);
    assert.equal(backend.last.role.takes, true);
  });

  it('has a new definition in before the old one goes out, and starts its counts from zero', async () => {
    await arm(1, define('work'));
    backend.last.hit(5);
    const old = backend.last;
    session.set(1, define('work', 'count'));
    await sleep(20);
    assert.equal(backend.installed.length, 2);
    assert.ok(old.detached && !backend.last.detached);
    backend.last.hit(3);
    assert.equal(session.report(1)!.counts.hits, 3);
    assert.equal(shown.length, 5, 'what the old one delivered was shown');
  });

  it('leaves the records in the ring while nobody can take them, and hands all of them over at the end', async () => {
    await arm(1, define('work'));
    ready = false;
    backend.last.hit(50);
    await sleep(30);
    assert.equal(shown.length, 0);
    const ended = session.end();
    await sleep(30);
    assert.equal(shown.length, 0, 'the end waits for the reader');
    ready = true;
    await ended;
    assert.equal(shown.length, 50);
  });

  it('waits for a module that has the function', async () => {
    await arm(1, define('later'));
    const pending = session.report(1)!;
    assert.equal(pending.state, 'pending');
    assert.ok(pending.error instanceof PlanError);
    session.setModules([WORK, REST, LATER]);
    await settle();
    assert.equal(session.report(1)!.state, 'armed');
    assert.equal(session.report(1)!.error, undefined);
  });

  it('waits again when the module leaves, keeps its counts, and goes on when it comes again', async () => {
    await arm(1, define('work'));
    const first = backend.last;
    first.hit(5);
    session.setModules([REST]);
    await sleep(20);
    assert.ok(first.detached && first.disposed);
    const waiting = session.report(1)!;
    assert.equal(waiting.state, 'pending');
    assert.deepEqual((waiting.error as PlanError).failure, { code: 'becameProgram', program: 'rest' });
    assert.equal(waiting.counts.hits, 5);
    assert.equal(shown.length, 5);
    session.setModules([REST, LATER]);
    await settle();
    assert.deepEqual(session.report(1)!.error, waiting.error, 'another module changes nothing');
    session.setModules([REST, WORK]);
    await settle();
    session.setModules([REST]);
    await sleep(20);
    session.setModules([REST, WORK]);
    await settle();
    backend.last.hit(2);
    const again = session.report(1)!;
    assert.equal(again.state, 'armed');
    assert.equal(again.error, undefined);
    assert.deepEqual(
      again.sites.map(({ counts }) => counts.hits),
      [7],
      'it is the same site',
    );
    await session.end();
    assert.equal(session.report(1)!.counts.hits, 7);
    assert.equal(shown.length, 7);
  });

  it('takes out what was on its way in when its module left', async () => {
    let open!: () => void;
    backend.gate = new Promise((resolve) => (open = resolve));
    session.set(1, define('rest'));
    await settle();
    session.setModules([WORK]);
    open();
    await sleep(20);
    assert.deepEqual((session.report(1)!.error as PlanError).failure, { code: 'unloaded', path: 'rest' });
    assert.ok(backend.last.detached);
  });

  it('says why a tracepoint failed, and has nothing of it in the kernel', async () => {
    await arm(1, define('bad'));
    assert.equal(session.report(1)!.state, 'failed');
    backend.gate = Promise.reject(new Error('refused'));
    backend.gate.catch(() => undefined);
    await arm(2, define('work'));
    const report = session.report(2)!;
    assert.equal(report.state, 'failed');
    assert.match(String(report.error), /refused/);
    assert.equal(backend.installed.length, 0);
  });

  it('lets other work in while it plans, and tells how far it is', async () => {
    session.set(1, define('work'));
    session.set(2, define('slow'));
    session.set(3, define('rest'));
    await session.settled(1);
    await sleep(50);
    assert.deepEqual(
      [1, 2, 3].map((id) => session.report(id)!.state),
      ['armed', 'planning', 'planning'],
    );
    backend.last.hit(4);
    await sleep(50);
    assert.equal(shown.length, 4, 'the ring is emptied meanwhile');
    assert.deepEqual(progress[0], { done: 0, left: 3, current: 1 });
    assert.deepEqual(progress.at(-1), { done: 1, left: 2, current: 2 });
    session.remove(2);
    await session.settled(3);
    assert.equal(progress.at(-1), undefined);
  });

  it('plans nothing more when it is interrupted, and plans what is set again', async () => {
    await arm(1, define('work'));
    session.set(2, define('slow'));
    session.set(3, define('rest'));
    await settle();
    session.interruptPlanning();
    await Promise.all([session.settled(2), session.settled(3)]);
    assert.equal(progress.at(-1), undefined);
    assert.equal(session.report(1)!.state, 'armed');
    for (const id of [2, 3]) {
      const { state, error } = session.report(id)!;
      assert.equal(state, 'failed');
      assert.deepEqual((error as PlanError).failure, { code: 'interrupted' });
    }
    await arm(3, define('rest'));
    assert.equal(session.report(3)!.state, 'armed');
    assert.equal(session.report(3)!.error, undefined);
  });

  it('drops a module from what it plans when the module leaves', async () => {
    session.set(1, define('slow'));
    await settle();
    session.setModules([WORK]);
    await session.settled(1);
    assert.deepEqual((session.report(1)!.error as PlanError).failure, {
      code: 'noSuchFunction',
      name: 'slow',
    });
    assert.equal(session.report(1)!.state, 'pending');
  });

  it('ends while it plans, and lets go of who waits', async () => {
    session.set(1, define('slow'));
    session.set(2, define('work'));
    const settled = Promise.all([session.settled(1), session.settled(2)]);
    await settle();
    await session.end();
    await settled;
    assert.equal(backend.installed.length, 0);
  });

  it('keeps tracepoints apart: removing one leaves the other counting', async () => {
    await arm(1, define('work'));
    const first = backend.last;
    await arm(2, define('rest'));
    session.remove(1);
    await settle();
    assert.ok(first.detached);
    backend.last.hit(4);
    assert.equal(session.report(1), undefined);
    assert.equal(session.report(2)!.counts.hits, 4);
    assert.deepEqual(session.tracepoints, [2]);
  });
});
