import assert from 'node:assert/strict';
import type { Definition } from '../../../adapter/engine/definition';
import {
  INITIAL_STATE,
  reduce,
  type Effect,
  type EditionId,
  type Event,
  type State,
} from '../../../adapter/engine/tracepointState';

const definition = (message: string): Definition => ({
  where: { kind: 'line', file: 'a.c', line: 1 },
  capture: { mode: 'log', message },
  limits: { bytesPerHit: 1024, sites: 10 },
});
const set = (tracepoint: number, message = 'm'): Event => ({
  type: 'set',
  tracepoint,
  definition: definition(message),
});

/** Applies events in order; gives the effects of each as words. */
function run(...events: Event[]): { state: State; effects: string[][] } {
  let state = INITIAL_STATE;
  const effects = events.map((event) => {
    const step = reduce(state, event);
    state = step.state;
    return step.effects.map(words);
  });
  return { state, effects };
}
const words = (effect: Effect): string =>
  [
    effect.type,
    'edition' in effect ? effect.edition : 'tracepoint' in effect ? `#${String(effect.tracepoint)}` : '',
  ]
    .join(' ')
    .trim();

const planned = (edition: EditionId, sites = 1): Event => ({ type: 'planned', edition, sites });
const installed = (edition: EditionId): Event => ({ type: 'installed', edition });
const failed = (edition: EditionId): Event => ({ type: 'failed', edition });
const interrupted = (edition: EditionId): Event => ({ type: 'interrupted', edition });
const withdrawn = (edition: EditionId, armed = false): Event => ({ type: 'withdrawn', edition, armed });
const left = (...editions: EditionId[]): Event => ({ type: 'modulesLeft', editions });
const retired = (edition: EditionId): Event => ({ type: 'retired', edition });
const remove = (tracepoint: number): Event => ({ type: 'remove', tracepoint });

describe('the life of a tracepoint', () => {
  it('is planned, put in, taken out', () => {
    const { effects, state } = run(set(7), planned(1), installed(1), remove(7), retired(1));
    assert.deepEqual(effects, [
      ['plan 1'],
      ['install 1'],
      ['promote 1', 'settled #7'],
      ['retire 1'],
      ['gone #7'],
    ]);
    assert.equal(state.tracepoints.size + state.editions.size, 0);
  });

  it('stays as it is when the same definition comes again', () => {
    assert.deepEqual(run(set(7), planned(1), installed(1), set(7)).effects[3], []);
  });

  it('has its new edition in before the old one goes out', () => {
    const { effects } = run(
      set(7),
      planned(1),
      installed(1),
      set(7, 'other'),
      planned(2),
      installed(2),
      retired(1),
    );
    assert.deepEqual(effects.slice(3), [
      ['plan 2'],
      ['install 2'],
      ['promote 2', 'retire 1', 'settled #7'],
      [],
    ]);
  });

  it('forgets an edition that was edited before it was in', () => {
    const { effects } = run(
      set(7),
      set(7, 'b'),
      planned(1),
      planned(2),
      set(7, 'c'),
      installed(2),
      planned(3),
      installed(3),
    );
    assert.deepEqual(effects, [
      ['plan 1'],
      ['plan 2'],
      ['discard 1'],
      ['install 2'],
      ['plan 3'],
      ['retire 2'],
      ['install 3'],
      ['promote 3', 'settled #7'],
    ]);
  });

  it('fails, and takes the edition out that is no longer wanted', () => {
    const { effects, state } = run(set(7), planned(1), installed(1), set(7, '{'), failed(2));
    assert.deepEqual(effects.at(-1), ['retire 1', 'settled #7', 'discard 2']);
    assert.equal(state.tracepoints.get(7)?.failed, true);
  });

  it('waits for a module that has its line, and is planned for each that comes', () => {
    const arrived: Event = { type: 'modulesArrived' };
    const { effects } = run(
      set(7),
      planned(1, 0),
      arrived,
      arrived,
      planned(1, 2),
      installed(1),
      planned(1, 0),
    );
    assert.deepEqual(effects, [
      ['plan 1'],
      ['settled #7'],
      ['plan 1'],
      [],
      ['install 1'],
      ['promote 1', 'settled #7', 'plan 1'],
      ['settled #7'],
    ]);
  });

  it('has no probes in a module that has left, and is planned again when it comes again', () => {
    const arrived: Event = { type: 'modulesArrived' };
    const { effects, state } = run(
      set(7),
      planned(1),
      left(1),
      installed(1),
      arrived,
      withdrawn(1),
      planned(1),
      installed(1),
      left(1),
      remove(7),
      withdrawn(1),
    );
    assert.deepEqual(effects, [
      ['plan 1'],
      ['install 1'],
      [],
      ['promote 1', 'settled #7', 'withdraw 1'],
      [],
      ['settled #7', 'plan 1'],
      ['install 1'],
      ['promote 1', 'settled #7'],
      ['withdraw 1'],
      [],
      ['discard 1', 'gone #7'],
    ]);
    assert.equal(state.tracepoints.size, 0);
  });

  it('stays armed while one of its modules is there', () => {
    const { effects, state } = run(set(7), planned(1), installed(1), left(1), withdrawn(1, true), remove(7));
    assert.deepEqual(effects.slice(3), [['withdraw 1'], ['settled #7'], ['retire 1']]);
    assert.equal(state.editions.get(1)?.activity, 'retiring');
  });

  it('keeps what is in when a later module cannot be probed', () => {
    const { effects, state } = run(set(7), planned(1), installed(1), { type: 'modulesArrived' }, failed(1));
    assert.deepEqual(effects.at(-1), ['settled #7']);
    assert.equal(state.editions.get(1)?.armed, true);
  });

  it('ends when the last probe is out, also one that was on its way in', () => {
    const { effects } = run(
      set(1),
      set(2),
      planned(1),
      planned(2),
      installed(1),
      { type: 'end' },
      retired(1),
      installed(2),
      retired(2),
    );
    assert.deepEqual(effects.slice(5), [['retire 1'], [], ['retire 2'], ['finished']]);
  });

  it('is spent once it has delivered all that was wanted, and starts again when it is edited', () => {
    const spent: Event = { type: 'spent', edition: 1 };
    const { effects, state } = run(
      set(7),
      planned(1),
      installed(1),
      spent,
      retired(1),
      set(7),
      set(7, 'new'),
    );
    assert.deepEqual(effects.slice(3), [['retire 1', 'settled #7'], [], [], ['plan 2']]);
    assert.equal(state.tracepoints.get(7)?.spent, false);
    assert.equal(run(set(7), planned(1), installed(1), spent).state.tracepoints.get(7)?.spent, true);
  });

  it('is not spent by an edition that has a successor', () => {
    const { effects } = run(set(7), planned(1), installed(1), set(7, 'new'), { type: 'spent', edition: 1 });
    assert.deepEqual(effects[4], []);
  });

  it('fails where its planning is interrupted, and is planned when it is set again', () => {
    const { effects, state } = run(set(7), interrupted(1), set(7), planned(2), installed(2), set(7));
    assert.deepEqual(effects, [
      ['plan 1'],
      ['settled #7', 'discard 1'],
      ['plan 2'],
      ['install 2'],
      ['promote 2', 'settled #7'],
      [],
    ]);
    assert.equal(state.tracepoints.get(7)?.failed, false);
  });

  it('stays in where planning it for a later module is interrupted, and goes on when it is set again', () => {
    const arrived: Event = { type: 'modulesArrived' };
    const events = [set(7), planned(1), installed(1), arrived, arrived, interrupted(1)];
    const { effects, state } = run(...events, set(7), planned(1, 0), set(7));
    assert.deepEqual(effects.slice(3), [['plan 1'], [], ['settled #7'], ['plan 1'], ['settled #7'], []]);
    assert.equal(run(...events).state.tracepoints.get(7)?.interrupted, true);
    assert.equal(state.tracepoints.get(7)?.interrupted, false);
    const later = run(...events, arrived, planned(1, 0)).state;
    assert.equal(later.tracepoints.get(7)?.interrupted, false, 'it is planned for all that it has not seen');
  });
});

describe('any order of events', () => {
  for (let seed = 1; seed <= 20; seed++) {
    it(`keeps the kernel's probes and the state in step (seed ${String(seed)})`, () => {
      assert.deepEqual(simulate(seed), simulate(seed), 'the same events give the same states');
    });
  }
});

const EVENTS = 1000;

/** A user and a kernel that answer in any order; checks what must always hold. */
function simulate(seed: number): unknown[] {
  const random = generator(seed);
  let state = INITIAL_STATE;
  const asked: { edition: EditionId; what: 'plan' | 'install' | 'withdraw' | 'retire' }[] = [];
  const inKernel = new Set<EditionId>();
  const finished: string[] = [];
  const log: unknown[] = [];

  const apply = (event: Event): void => {
    const step = reduce(state, event);
    state = step.state;
    log.push(event, step.effects);
    for (const effect of step.effects) {
      assert.equal(finished.length, 0, 'nothing happens after the end');
      if (
        effect.type === 'plan' ||
        effect.type === 'install' ||
        effect.type === 'withdraw' ||
        effect.type === 'retire'
      ) {
        assert.ok(
          !asked.some((other) => other.edition === effect.edition),
          'one thing at a time for an edition',
        );
        asked.push({ edition: effect.edition, what: effect.type });
        if (effect.type === 'retire') assert.ok(inKernel.has(effect.edition));
      }
      if (effect.type === 'promote') assert.ok(inKernel.has(effect.edition));
      if (effect.type === 'discard')
        assert.ok(!inKernel.has(effect.edition), 'nothing in the kernel is forgotten');
      if (effect.type === 'finished') finished.push('finished');
    }
    for (const edition of inKernel)
      assert.ok(state.editions.get(edition)?.armed, 'the state knows every probe');
    for (const { id, wanted, failed } of state.tracepoints.values()) {
      const live = [...state.editions.values()].filter(
        (edition) => edition.tracepoint === id && !edition.cancelled,
      );
      if (state.phase === 'running')
        assert.equal(
          live.some((edition) => edition.definition === wanted),
          wanted !== undefined && !failed,
        );
      assert.ok(live.length <= 2);
    }
  };
  const answer = (): void => {
    const [job] = asked.splice(Math.floor(random() * asked.length), 1);
    if (!job) return;
    if (job.what === 'retire') {
      inKernel.delete(job.edition);
      return apply(retired(job.edition));
    }
    if (job.what === 'withdraw') {
      const armed = inKernel.has(job.edition) && random() < 0.5;
      if (!armed) inKernel.delete(job.edition);
      return apply(withdrawn(job.edition, armed));
    }
    if (random() < 0.2) return apply(failed(job.edition));
    if (job.what === 'plan' && random() < 0.1) return apply(interrupted(job.edition));
    if (job.what === 'plan') return apply(planned(job.edition, Math.floor(random() * 3)));
    inKernel.add(job.edition);
    apply(installed(job.edition));
  };

  for (let i = 0; i < EVENTS; i++) {
    const dice = random();
    const tracepoint = Math.floor(random() * 4);
    if (dice < 0.25) apply(set(tracepoint, String(Math.floor(random() * 3))));
    else if (dice < 0.35) apply(remove(tracepoint));
    else if (dice < 0.4) apply({ type: 'modulesArrived' });
    else if (dice < 0.45) apply(left(...[...inKernel].filter(() => random() < 0.5)));
    else answer();
  }
  apply({ type: 'end' });
  while (asked.length > 0) answer();
  assert.deepEqual(finished, ['finished'], 'it comes to an end');
  assert.equal(inKernel.size, 0, 'with no probe left behind');
  return log;
}

/** mulberry32 */
function generator(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
