/**
 * The life of tracepoints as a pure state machine: state x event -> state + effects.
 *
 * What the user wants of a tracepoint is a *definition*; each definition becomes an *edition*, which is planned, put in
 * and later taken out. An edit makes a new edition while the old one still counts, and the old one goes out only when
 * the new one is in, so that no hit falls between them.
 *
 *      set -> planning -> installing -> idle (armed) -> retiring -> gone
 *                 |                       |
 *                 |                  withdrawing (a module with probes has left)
 *                 |                       |
 *                 \-> idle (pending: the line is in no module; planned again when modules arrive)
 *
 * One that has delivered as many hits as were wanted retires, too; its tracepoint stays, and is spent.
 *
 * A user who does not want to wait interrupts the planning: the edition fails, or stays as far as it is in; set again, its tracepoint is
 * planned again.
 *
 * One thing is under way for an edition at a time. What comes meanwhile is remembered in `cancelled` and `outdated`.
 */
import { sameDefinition, type Definition } from './definition';

/** Numbers of a session; never used twice. */
export type EditionId = number;
/** Chosen by the front: a breakpoint's id, a tracepoint's number. */
export type TracepointId = number;

export interface Edition {
  readonly id: EditionId;
  readonly tracepoint: TracepointId;
  readonly definition: Definition;
  readonly activity: 'planning' | 'installing' | 'idle' | 'withdrawing' | 'retiring';
  /** Has probes in the kernel. */
  readonly armed: boolean;
  /** No longer wanted. */
  readonly cancelled: boolean;
  /** Modules have come since it was planned. */
  readonly outdated: boolean;
  /** Modules have left that it may have probes in. */
  readonly stale: boolean;
}

export interface Tracepoint {
  readonly id: TracepointId;
  /** Undefined: removed, and kept until its last edition is gone. */
  readonly wanted: Definition | undefined;
  /** The newest edition could not be planned or put in. */
  readonly failed: boolean;
  /** Has delivered all the hits that were wanted. */
  readonly spent: boolean;
  /** The user stopped its planning; set again, it goes on. */
  readonly interrupted: boolean;
}

export interface State {
  readonly tracepoints: ReadonlyMap<TracepointId, Tracepoint>;
  readonly editions: ReadonlyMap<EditionId, Edition>;
  readonly nextEdition: EditionId;
  readonly phase: 'running' | 'ending' | 'finished';
}

export const INITIAL_STATE: State = {
  tracepoints: new Map(),
  editions: new Map(),
  nextEdition: 1,
  phase: 'running',
};

export type Event =
  /** Add, or edit. The same definition again changes nothing. */
  | { readonly type: 'set'; readonly tracepoint: TracepointId; readonly definition: Definition }
  | { readonly type: 'remove'; readonly tracepoint: TracepointId }
  /** Modules have been loaded into the target. */
  | { readonly type: 'modulesArrived' }
  /** Modules have been unloaded that these editions have probes in, or are about to. */
  | { readonly type: 'modulesLeft'; readonly editions: readonly EditionId[] }
  /** `sites`: how many were found that are not in yet. */
  | { readonly type: 'planned'; readonly edition: EditionId; readonly sites: number }
  | { readonly type: 'installed'; readonly edition: EditionId }
  /** Planning or installing failed; nothing is left behind of the attempt. */
  | { readonly type: 'failed'; readonly edition: EditionId }
  /** The user does not want to wait until it is planned. */
  | { readonly type: 'interrupted'; readonly edition: EditionId }
  /** `armed`: probes in other modules are left. */
  | { readonly type: 'withdrawn'; readonly edition: EditionId; readonly armed: boolean }
  | { readonly type: 'retired'; readonly edition: EditionId }
  /** It has delivered as many hits as were wanted. */
  | { readonly type: 'spent'; readonly edition: EditionId }
  | { readonly type: 'end' };

export type Effect =
  /** Plan for the modules that this edition has not been planned for. Answered by `planned` or `failed`. */
  | { readonly type: 'plan'; readonly edition: EditionId }
  /** Put in what was planned. Answered by `installed` or `failed`. */
  | { readonly type: 'install'; readonly edition: EditionId }
  /** Take out the probes in modules that have left, and keep their counts. Answered by `withdrawn`. */
  | { readonly type: 'withdraw'; readonly edition: EditionId }
  /** From now on this edition speaks for its tracepoint, and no other. */
  | { readonly type: 'promote'; readonly edition: EditionId }
  /** Take the probes out, drain, keep the final counts. Answered by `retired`. */
  | { readonly type: 'retire'; readonly edition: EditionId }
  /** Forget it: it has nothing in the kernel, and nothing more will be asked of it. */
  | { readonly type: 'discard'; readonly edition: EditionId }
  /** Pending, armed or failed: what the front may tell. */
  | { readonly type: 'settled'; readonly tracepoint: TracepointId }
  /** Removed, and all of its editions are gone. */
  | { readonly type: 'gone'; readonly tracepoint: TracepointId }
  | { readonly type: 'finished' };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}

export function reduce(state: State, event: Event): Step {
  const draft = new Draft(state);
  draft.apply(event);
  return draft.step();
}

class Draft {
  private readonly tracepoints: Map<TracepointId, Tracepoint>;
  private readonly editions: Map<EditionId, Edition>;
  private readonly effects: Effect[] = [];
  private nextEdition: EditionId;
  private phase: State['phase'];

  constructor(state: State) {
    this.tracepoints = new Map(state.tracepoints);
    this.editions = new Map(state.editions);
    this.nextEdition = state.nextEdition;
    this.phase = state.phase;
  }

  step(): Step {
    const { tracepoints, editions, nextEdition, phase, effects } = this;
    return { state: { tracepoints, editions, nextEdition, phase }, effects };
  }

  apply(event: Event): void {
    switch (event.type) {
      case 'set':
        return this.set(event.tracepoint, event.definition);
      case 'remove':
        return this.remove(event.tracepoint);
      case 'modulesArrived':
        return this.modulesArrived();
      case 'modulesLeft':
        return this.modulesLeft(event.editions);
      case 'end':
        return this.end();
      case 'planned':
        return this.withEdition(event.edition, 'planning', (edition) => {
          this.planned(edition, event.sites);
        });
      case 'installed':
        return this.withEdition(event.edition, 'installing', (edition) => {
          this.installed(edition);
        });
      case 'failed':
        return this.withEdition(event.edition, undefined, (edition) => {
          this.failed(edition);
        });
      case 'interrupted':
        return this.withEdition(event.edition, 'planning', (edition) => {
          this.interrupted(edition);
        });
      case 'spent':
        return this.withEdition(event.edition, undefined, (edition) => {
          this.spent(edition);
        });
      case 'withdrawn':
        return this.withEdition(event.edition, 'withdrawing', (edition) => {
          this.withdrawn({ ...edition, armed: event.armed });
        });
      case 'retired':
        return this.withEdition(event.edition, 'retiring', (edition) => {
          this.drop(edition);
        });
    }
  }

  private set(id: TracepointId, definition: Definition): void {
    if (this.phase !== 'running') return;
    const known = this.tracepoints.get(id);
    const isSame = known?.wanted !== undefined && sameDefinition(known.wanted, definition);
    if (known && isSame && (!known.interrupted || this.resume(known))) return;
    this.tracepoints.set(id, newTracepoint(id, definition));
    // The one that counts stays until its successor is in; one that never got so far goes.
    for (const edition of this.editionsOf(id)) if (!edition.armed) this.cancel(edition);
    const edition: Edition = {
      id: this.nextEdition++,
      tracepoint: id,
      definition,
      activity: 'planning',
      armed: false,
      cancelled: false,
      outdated: false,
      stale: false,
    };
    this.editions.set(edition.id, edition);
    this.effects.push({ type: 'plan', edition: edition.id });
  }

  private remove(id: TracepointId): void {
    if (!this.tracepoints.get(id)?.wanted) return;
    this.tracepoints.set(id, newTracepoint(id, undefined));
    for (const edition of this.editionsOf(id)) this.cancel(edition);
    this.dropTracepointIfDone(id);
  }

  /** Plans for the modules that it is not in yet. False where it is in none. */
  private resume(tracepoint: Tracepoint): boolean {
    const edition = this.editionsOf(tracepoint.id).find(({ definition }) => definition === tracepoint.wanted);
    if (!edition) return false;
    this.tracepoints.set(tracepoint.id, { ...tracepoint, interrupted: false });
    this.put({ ...edition, outdated: true });
    this.proceed(edition.id);
    return true;
  }

  private modulesArrived(): void {
    if (this.phase !== 'running') return;
    for (const edition of this.editions.values()) {
      if (edition.cancelled) continue;
      this.put({ ...edition, outdated: true });
      this.proceed(edition.id);
    }
  }

  private modulesLeft(ids: readonly EditionId[]): void {
    if (this.phase !== 'running') return;
    for (const id of ids)
      this.withEdition(id, undefined, (edition) => {
        if (edition.cancelled) return;
        this.put({ ...edition, stale: true });
        this.proceed(id);
      });
  }

  private end(): void {
    if (this.phase !== 'running') return;
    this.phase = 'ending';
    for (const edition of this.editions.values()) this.cancel(edition);
    this.finishIfDone();
  }

  private markInterrupted({ tracepoint: id, definition }: Edition, interrupted: boolean): void {
    const tracepoint = this.tracepoints.get(id);
    if (tracepoint?.wanted === definition) this.tracepoints.set(id, { ...tracepoint, interrupted });
  }

  private planned(edition: Edition, sites: number): void {
    this.markInterrupted(edition, false);
    if (edition.cancelled || sites === 0) return this.rest(edition);
    this.put({ ...edition, activity: 'installing' });
    this.effects.push({ type: 'install', edition: edition.id });
  }

  private installed(edition: Edition): void {
    const armed: Edition = { ...edition, armed: true };
    if (!armed.cancelled && !edition.armed) {
      this.effects.push({ type: 'promote', edition: edition.id });
      for (const other of this.editionsOf(edition.tracepoint))
        if (other.id !== edition.id) this.cancel(other);
    }
    this.rest(armed);
  }

  private withdrawn(edition: Edition): void {
    // One that has a successor is there for its probes alone.
    const { wanted } = this.tracepoints.get(edition.tracepoint)!;
    const useless = !edition.armed && wanted !== edition.definition;
    this.rest({ ...edition, cancelled: edition.cancelled || useless });
  }

  private failed(edition: Edition): void {
    if (edition.activity !== 'planning' && edition.activity !== 'installing') return;
    // What is in goes on where only a later module failed.
    if (edition.cancelled || edition.armed) return this.rest(edition);
    const tracepoint = this.tracepoints.get(edition.tracepoint);
    if (tracepoint) this.tracepoints.set(tracepoint.id, { ...tracepoint, failed: true });
    for (const other of this.editionsOf(edition.tracepoint)) if (other.id !== edition.id) this.cancel(other);
    this.effects.push({ type: 'settled', tracepoint: edition.tracepoint });
    this.effects.push({ type: 'discard', edition: edition.id });
    this.drop(edition);
  }

  private interrupted(edition: Edition): void {
    this.markInterrupted(edition, true);
    this.failed({ ...edition, outdated: false });
  }

  private spent(edition: Edition): void {
    const tracepoint = this.tracepoints.get(edition.tracepoint)!;
    if (edition.cancelled || tracepoint.wanted !== edition.definition) return;
    this.tracepoints.set(tracepoint.id, { ...tracepoint, spent: true, interrupted: false });
    this.cancel(edition);
    this.effects.push({ type: 'settled', tracepoint: tracepoint.id });
  }

  /** What was under way is done. */
  private rest(edition: Edition): void {
    this.put({ ...edition, activity: 'idle' });
    if (edition.cancelled) return this.leave(edition.id);
    this.effects.push({ type: 'settled', tracepoint: edition.tracepoint });
    this.proceed(edition.id);
  }

  /** What an idle edition has to do because modules have left, or come. */
  private proceed(id: EditionId): void {
    const edition = this.editions.get(id)!;
    if (edition.activity !== 'idle') return;
    if (edition.stale) {
      this.put({ ...edition, activity: 'withdrawing', stale: false });
      this.effects.push({ type: 'withdraw', edition: id });
    } else if (edition.outdated) {
      this.put({ ...edition, activity: 'planning', outdated: false });
      this.effects.push({ type: 'plan', edition: id });
    }
  }

  private cancel(edition: Edition): void {
    if (edition.cancelled) return;
    this.put({ ...edition, cancelled: true });
    if (edition.activity === 'idle') this.leave(edition.id);
  }

  private leave(id: EditionId): void {
    const edition = this.editions.get(id)!;
    if (edition.armed) {
      this.put({ ...edition, activity: 'retiring' });
      this.effects.push({ type: 'retire', edition: id });
    } else {
      this.effects.push({ type: 'discard', edition: id });
      this.drop(edition);
    }
  }

  private drop(edition: Edition): void {
    this.editions.delete(edition.id);
    this.dropTracepointIfDone(edition.tracepoint);
    this.finishIfDone();
  }

  private dropTracepointIfDone(id: TracepointId): void {
    const tracepoint = this.tracepoints.get(id);
    if (!tracepoint || tracepoint.wanted || this.editionsOf(id).length > 0) return;
    this.tracepoints.delete(id);
    this.effects.push({ type: 'gone', tracepoint: id });
  }

  private finishIfDone(): void {
    if (this.phase !== 'ending' || this.editions.size > 0) return;
    this.phase = 'finished';
    this.effects.push({ type: 'finished' });
  }

  private put(edition: Edition): void {
    this.editions.set(edition.id, edition);
  }

  private editionsOf(id: TracepointId): Edition[] {
    return [...this.editions.values()].filter((edition) => edition.tracepoint === id);
  }

  /** Answers to what was asked of an edition that is gone, or busy with something else, mean nothing. */
  private withEdition(
    id: EditionId,
    activity: Edition['activity'] | undefined,
    then: (edition: Edition) => void,
  ): void {
    const edition = this.editions.get(id);
    if (edition && (activity === undefined || edition.activity === activity)) then(edition);
  }
}

const newTracepoint = (id: TracepointId, wanted: Definition | undefined): Tracepoint => ({
  id,
  wanted,
  failed: false,
  spent: false,
  interrupted: false,
});
