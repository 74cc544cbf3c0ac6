/**
 * The shell around tracepointState.ts: carries out its effects on a backend, drains records, keeps counts. Owns the
 * backend.
 */
import type { Installation, ProbeBackend, SiteCounts } from '../backend/backend';
import type { Definition } from './definition';
import { DrainPace } from './drainPace';
import { Delivery, type HitObserver } from './delivery';
import type { Module } from '../symbols/module';
import { isNowhere, PlanError, type PlanFailure } from './planError';
import type { Planning, PlanSteps } from './planner';
import { PlanQueue } from './planQueue';
import { countsOf, moduleOf, newProbes, share, type ProbedPart, type Probes } from './probes';
import { sum, type CountedSite } from './siteTally';
import {
  INITIAL_STATE,
  reduce,
  type EditionId,
  type Effect,
  type Event,
  type TracepointId,
} from './tracepointState';

export interface SessionParts {
  readonly backend: ProbeBackend;
  /** Throws when a definition cannot be planned; a PlanError that `isNowhere` leaves it waiting for other modules. */
  readonly plan: (definition: Definition, modules: readonly Module[]) => PlanSteps;
  /** Of the target; the program first. */
  readonly modules: readonly Module[];
  readonly observer: SessionObserver;
}

export interface SessionObserver extends HitObserver {
  /** A tracepoint became armed, pending or failed. */
  settled(tracepoint: TracepointId): void;
  /** How far planning has come; undefined when nothing is left to plan. */
  planning?(progress: PlanProgress | undefined): void;
}

export interface PlanProgress {
  /** Since there was something to plan. */
  readonly done: number;
  readonly left: number;
  /** Is being planned. */
  readonly current: TracepointId;
}

/** What is known of a tracepoint now. */
export interface TracepointReport {
  readonly state: 'planning' | 'armed' | 'pending' | 'failed' | 'spent';
  /** Planning was interrupted: armed, it is not in the modules that came later. */
  readonly interrupted: boolean;
  /** Why it failed, or what it waits for. */
  readonly error: unknown;
  /** Of the edition that speaks; of the last one, once it is out. */
  readonly counts: SiteCounts;
  /** Those of modules that were unloaded, too. */
  readonly sites: readonly CountedSite[];
  readonly plannings: readonly Planning[];
}

export class Session {
  private state = INITIAL_STATE;
  private modules: readonly Module[];
  private readonly delivery: Delivery;
  /** Why modules are not there any more. */
  private readonly departures = new WeakMap<Module, PlanFailure>();
  private readonly probes = new Map<EditionId, Probes>();
  /** Editions that speak for their tracepoints. */
  private readonly voices = new Map<TracepointId, Probes>();
  private readonly errors = new Map<TracepointId, unknown>();
  private readonly queue = new PlanQueue({
    steps: (edition) => this.plan(edition),
    planned: (event) => {
      this.apply(event);
    },
    progress: (work) => {
      const current = work && this.state.editions.get(work.current)?.tracepoint;
      this.parts.observer.planning?.(work && current !== undefined ? { ...work, current } : undefined);
    },
  });
  private readonly waiting: { tracepoint: TracepointId; resolve: () => void }[] = [];
  private readonly pace = new DrainPace(() => {
    const records = this.delivery.drain();
    this.retireSpent();
    return records;
  });
  private ended: (() => void) | undefined;
  private ending: Promise<void> | undefined;

  constructor(private readonly parts: SessionParts) {
    this.modules = parts.modules;
    this.delivery = new Delivery(parts.backend, parts.observer, parts.modules);
  }

  /** Adds a tracepoint, or changes what it is. The same definition again changes nothing. */
  set(tracepoint: TracepointId, definition: Definition): void {
    this.apply({ type: 'set', tracepoint, definition });
  }

  /** What it was last set to be; undefined for one that never was, or is removed. */
  definition(tracepoint: TracepointId): Definition | undefined {
    return this.state.tracepoints.get(tracepoint)?.wanted;
  }

  remove(tracepoint: TracepointId): void {
    this.apply({ type: 'remove', tracepoint });
  }

  /**
   * What the target has loaded now. Probes in modules that have left are taken out, and go in again when those come
   * again: a file may be overwritten while nobody has it loaded, and a probe from before would then damage its code.
   */
  setModules(modules: readonly Module[]): void {
    const before = this.modules;
    this.modules = modules;
    this.delivery.setModules(modules);
    const left = before.filter((module) => !modules.includes(module));
    const program = before[0] === modules[0] ? undefined : modules[0];
    for (const module of left)
      this.departures.set(
        module,
        program ? { code: 'becameProgram', program: program.path } : { code: 'unloaded', path: module.path },
      );
    if (left.length > 0) this.apply({ type: 'modulesLeft', editions: this.editionsIn(left) });
    if (modules.some((module) => !before.includes(module))) this.apply({ type: 'modulesArrived' });
  }

  private editionsIn(modules: readonly Module[]): EditionId[] {
    return [...this.probes].flatMap(([id, { planned, parts }]) => {
      const all = [...parts.map(({ part }) => part), ...(planned?.parts ?? [])];
      return all.some((part) => modules.includes(moduleOf(part))) ? [id] : [];
    });
  }

  /** Plans nothing more of what waits to be planned: it fails, or stays in the modules that it is in. Set again, it is planned. */
  interruptPlanning(): void {
    for (const edition of this.queue.interrupt()) {
      this.noteError(edition, new PlanError({ code: 'interrupted' }));
      this.apply({ type: 'interrupted', edition });
    }
  }

  /** Resolves when the tracepoint is armed, pending, failed or removed, or the session has ended. */
  settled(tracepoint: TracepointId): Promise<void> {
    return this.isSettled(tracepoint)
      ? Promise.resolve()
      : new Promise((resolve) => this.waiting.push({ tracepoint, resolve }));
  }

  /** Undefined for one that never was, or is removed. */
  report(tracepoint: TracepointId): TracepointReport | undefined {
    const known = this.state.tracepoints.get(tracepoint);
    if (!known) return undefined;
    const voice = this.voices.get(tracepoint);
    const speaks = voice !== undefined && (voice.parts.length > 0 || voice.retired);
    const sites = voice?.tally.with(voice.parts.flatMap(countsOf)) ?? [];
    return {
      interrupted: known.interrupted,
      state: known.failed
        ? 'failed'
        : known.spent
          ? 'spent'
          : this.isSettled(tracepoint)
            ? speaks
              ? 'armed'
              : 'pending'
            : 'planning',
      error: speaks && !known.failed ? undefined : this.errors.get(tracepoint),
      counts: sum(sites.map(({ counts }) => counts)),
      sites,
      plannings: voice?.plannings ?? [],
    };
  }

  /** What of each tracepoint takes hits now. */
  installations(): Map<TracepointId, Installation[]> {
    return new Map(
      [...this.voices].map(([id, { parts }]) => [id, parts.map(({ installation }) => installation)]),
    );
  }

  get tracepoints(): TracepointId[] {
    return [...this.state.tracepoints.keys()];
  }

  /** Takes out every probe, hands over what is left in the ring, and closes the backend. Counts stay to be asked for. */
  end(): Promise<void> {
    this.ending ??= this.finish();
    return this.ending;
  }

  private async finish(): Promise<void> {
    const finished = new Promise<void>((resolve) => (this.ended = resolve));
    this.apply({ type: 'end' });
    await finished;
    for (const { resolve } of this.waiting.splice(0)) resolve();
    this.pace.stop();
    await this.parts.backend.dispose();
  }

  private apply(event: Event): void {
    const { state, effects } = reduce(this.state, event);
    this.state = state;
    for (const effect of effects) this.carryOut(effect);
  }

  private carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'plan':
        this.queue.add(effect.edition);
        break;
      case 'install':
        void this.install(effect.edition);
        break;
      case 'promote':
        this.promote(effect.edition);
        break;
      case 'withdraw':
        void this.withdraw(effect.edition);
        break;
      case 'retire':
        void this.retire(effect.edition);
        break;
      case 'discard':
        this.probes.delete(effect.edition);
        break;
      case 'settled':
        this.tell(effect.tracepoint);
        this.parts.observer.settled(effect.tracepoint);
        break;
      case 'gone':
        this.voices.delete(effect.tracepoint);
        this.errors.delete(effect.tracepoint);
        this.tell(effect.tracepoint);
        break;
      case 'finished':
        this.ended?.();
        break;
    }
  }

  private *plan(id: EditionId): Generator<void, Event> {
    const { tracepoint, definition, armed } = this.state.editions.get(id)!;
    const probes = this.probes.get(id) ?? newProbes(tracepoint);
    this.probes.set(id, probes);
    probes.planned = undefined;
    const modules = new Set(this.modules.filter((module) => !probes.seen.has(module)));
    let failed = false;
    try {
      probes.planned = yield* this.planFor(modules, id, definition);
    } catch (error) {
      failed = !(error instanceof PlanError && isNowhere(error.failure));
      if (failed || (!armed && !probes.awaited)) this.noteError(id, error);
    }
    probes.seen = new Set(this.modules.filter((module) => probes.seen.has(module) || modules.has(module)));
    if (failed) return { type: 'failed', edition: id };
    const sites = probes.planned?.parts.reduce((count, part) => count + part.sites.length, 0) ?? 0;
    return { type: 'planned', edition: id, sites };
  }

  /**
   * Undefined when it is no longer wanted.
   * @param modules those that leave meanwhile are dropped: their files are closed
   */
  private *planFor(
    modules: Set<Module>,
    id: EditionId,
    definition: Definition,
  ): Generator<void, Planning | undefined> {
    let loaded = this.modules;
    let steps = this.parts.plan(definition, [...modules]);
    while (this.state.editions.get(id)?.cancelled === false) {
      if (this.modules !== loaded) {
        loaded = this.modules;
        const left = [...modules].filter((module) => !loaded.includes(module));
        for (const module of left) modules.delete(module);
        if (left.length > 0) steps = this.parts.plan(definition, [...modules]);
      }
      const step = steps.next();
      if (step.done) return step.value;
      yield;
    }
    return undefined;
  }

  private async install(id: EditionId): Promise<void> {
    const probes = this.probes.get(id)!;
    const planning = probes.planned!;
    const installed: ProbedPart[] = [];
    this.pace.start();
    try {
      for (const part of planning.parts) {
        const installation = await this.parts.backend.install(part.plan, {
          tracepoint: probes.tracepoint,
          number: id,
        });
        installed.push({ probes, part, installation, records: 0 });
      }
    } catch (error) {
      await Promise.all(installed.map(({ installation }) => removeEntirely(installation)));
      this.noteError(id, error);
      this.apply({ type: 'failed', edition: id });
      return;
    }
    probes.planned = undefined;
    probes.plannings = [...probes.plannings, planning];
    probes.parts = [...probes.parts, ...installed];
    for (const part of installed) this.delivery.enter(part);
    if (this.voices.get(probes.tracepoint) === probes) this.share(probes.tracepoint);
    this.apply({ type: 'installed', edition: id });
  }

  private share(tracepoint: TracepointId): void {
    const voice = this.voices.get(tracepoint);
    if (voice)
      share(
        voice,
        [...this.probes.values()].filter((one) => one.tracepoint === tracepoint),
      );
  }

  private noteError(id: EditionId, error: unknown): void {
    const edition = this.state.editions.get(id);
    if (edition && !edition.cancelled) this.errors.set(edition.tracepoint, error);
  }

  private promote(id: EditionId): void {
    const probes = this.probes.get(id)!;
    this.voices.set(probes.tracepoint, probes);
    this.share(probes.tracepoint);
    this.errors.delete(probes.tracepoint);
  }

  private async withdraw(id: EditionId): Promise<void> {
    const probes = this.probes.get(id)!;
    const stale = probes.parts.filter(({ part }) => !this.modules.includes(moduleOf(part)));
    // To be planned for again when they come again.
    probes.seen = new Set(this.modules.filter((module) => probes.seen.has(module)));
    await this.takeOut(probes, stale);
    const left = new Set(probes.parts.map(({ part }) => part));
    probes.plannings = probes.plannings
      .map((planning) => ({ ...planning, parts: planning.parts.filter((part) => left.has(part)) }))
      .filter(({ parts }) => parts.length > 0);
    if (left.size === 0 && stale[0]) {
      probes.awaited = true;
      this.errors.set(probes.tracepoint, new PlanError(this.departures.get(moduleOf(stale[0].part))!));
    }
    this.apply({ type: 'withdrawn', edition: id, armed: left.size > 0 });
  }

  private async retire(id: EditionId): Promise<void> {
    const probes = this.probes.get(id)!;
    await this.takeOut(probes, probes.parts);
    probes.retired = true;
    this.probes.delete(id);
    this.share(probes.tracepoint);
    this.apply({ type: 'retired', edition: id });
    if (this.state.editions.size === 0) this.pace.stop();
  }

  /** Their counts are kept, and all of their records handed over. */
  private async takeOut(probes: Probes, parts: readonly ProbedPart[]): Promise<void> {
    await Promise.all(parts.map(({ installation }) => installation.detach()));
    await this.delivery.drainOut(parts);
    probes.tally.add(parts.flatMap(countsOf));
    probes.parts = probes.parts.filter((part) => !parts.includes(part));
    for (const part of parts) {
      this.delivery.leave(part);
      part.installation.dispose();
    }
  }

  /** Takes out what has delivered all the hits that were wanted. */
  private retireSpent(): void {
    for (const { id, armed, cancelled, definition } of this.state.editions.values()) {
      const maxHits = definition.filter?.maxHits;
      if (maxHits === undefined || !armed || cancelled) continue;
      const { tally, parts } = this.probes.get(id)!;
      const { delivered } = sum(tally.with(parts.flatMap(countsOf)).map(({ counts }) => counts));
      if (delivered >= maxHits) this.apply({ type: 'spent', edition: id });
    }
  }

  private isSettled(tracepoint: TracepointId): boolean {
    const known = this.state.tracepoints.get(tracepoint);
    if (!known?.wanted || known.failed) return true;
    for (const edition of this.state.editions.values())
      if (edition.tracepoint === tracepoint && edition.definition === known.wanted)
        return edition.armed || edition.activity === 'idle';
    return true;
  }

  private tell(tracepoint: TracepointId): void {
    for (let i = this.waiting.length - 1; i >= 0; i--)
      if (this.waiting[i]!.tracepoint === tracepoint && this.isSettled(tracepoint))
        this.waiting.splice(i, 1)[0]!.resolve();
  }
}

async function removeEntirely(installation: Installation): Promise<void> {
  await installation.detach();
  installation.dispose();
}
