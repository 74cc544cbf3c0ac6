/**
 * The shell around tracepointState.ts: carries out its effects on a backend, drains records, keeps counts. Owns the
 * backend.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Installation, ProbeBackend, SiteCounts } from '../backend/backend';
import type { SiteId } from '../elf/address';
import type { Definition } from './definition';
import { DrainPace } from './drainPace';
import { Hit, HitReader } from './hit';
import { isNowhere, PlanError } from './planError';
import type { PlannedSite, Planning } from './planner';
import {
  INITIAL_STATE,
  reduce,
  type EditionId,
  type Effect,
  type Event,
  type TracepointId,
} from './tracepointState';

export interface SessionParts<Module> {
  readonly backend: ProbeBackend;
  /** Throws when a definition cannot be planned; a PlanError that `isNowhere` leaves it waiting for other modules. */
  readonly plan: (definition: Definition, modules: readonly Module[]) => Planning;
  readonly modules: readonly Module[];
  readonly observer: SessionObserver;
}

export interface SessionObserver {
  /** A delivered record, of any edition. Its bytes are good for the time of the call. */
  hit(hit: Hit): void;
  /** Can it take records now? While it cannot, they wait in the ring, and when that is full they are counted as lost. */
  ready(): boolean;
  /** A tracepoint became armed, pending or failed. */
  settled(tracepoint: TracepointId): void;
}

/** What is known of a tracepoint now. */
export interface TracepointReport {
  readonly state: 'planning' | 'armed' | 'pending' | 'failed';
  /** Why it failed, or what it waits for. */
  readonly error: unknown;
  /** Of the edition that speaks; of the last one, once it is out. */
  readonly counts: SiteCounts;
  readonly sites: readonly { readonly site: PlannedSite; readonly counts: SiteCounts }[];
  readonly plannings: readonly Planning[];
}

/** What an edition has in the kernel. */
interface Probes {
  readonly tracepoint: TracepointId;
  readonly definition: Definition;
  /** How many of the session's modules it has been planned for. */
  modulesSeen: number;
  planned: Planning | undefined;
  readonly plannings: Planning[];
  readonly installed: { readonly installation: Installation; readonly sites: readonly PlannedSite[] }[];
  /** Records that have come out of the ring. */
  records: number;
  /** Once it is out. */
  final: readonly SiteCounts[] | undefined;
}

interface ProbedSite {
  readonly probes: Probes;
  readonly site: PlannedSite;
  readonly reader: HitReader;
}

export class Session<Module> {
  private state = INITIAL_STATE;
  private readonly modules: Module[];
  private readonly probes = new Map<EditionId, Probes>();
  private readonly bySite: (ProbedSite | undefined)[] = [];
  /** Editions that speak for their tracepoints. */
  private readonly voices = new Map<TracepointId, Probes>();
  private readonly errors = new Map<TracepointId, unknown>();
  private readonly waiting: { tracepoint: TracepointId; resolve: () => void }[] = [];
  private readonly pace = new DrainPace(() => this.drain());
  /** Records of sites whose installation is not back yet. */
  private early: EarlyRecord[] = [];
  private earlyBytes = 0;
  private installing = 0;
  private ended: (() => void) | undefined;
  private ending: Promise<void> | undefined;

  constructor(private readonly parts: SessionParts<Module>) {
    this.modules = [...parts.modules];
  }

  /** Adds a tracepoint, or changes what it is. The same definition again changes nothing. */
  set(tracepoint: TracepointId, definition: Definition): void {
    this.apply({ type: 'set', tracepoint, definition });
  }

  remove(tracepoint: TracepointId): void {
    this.apply({ type: 'remove', tracepoint });
  }

  addModules(modules: readonly Module[]): void {
    this.modules.push(...modules);
    this.apply({ type: 'modulesChanged' });
  }

  /** Resolves when the tracepoint is armed, pending, failed or removed. */
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
    const sites = (voice?.installed ?? []).flatMap(({ installation, sites: planned }) => {
      const counts = voice?.final ? undefined : installation.counts();
      return planned.map((site, i) => ({ site, counts: counts?.[i] ?? NO_COUNTS }));
    });
    const counted = voice?.final ? sites.map(({ site }, i) => ({ site, counts: voice.final![i]! })) : sites;
    return {
      state: known.failed
        ? 'failed'
        : this.isSettled(tracepoint)
          ? voice
            ? 'armed'
            : 'pending'
          : 'planning',
      error: voice && !known.failed ? undefined : this.errors.get(tracepoint),
      counts: sum(counted.map(({ counts }) => counts)),
      sites: counted,
      plannings: voice?.plannings ?? [],
    };
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
        this.later(() => this.plan(effect.edition));
        break;
      case 'install':
        void this.install(effect.edition);
        break;
      case 'promote':
        this.promote(effect.edition);
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

  /** Not within `apply`: planning answers at once, and events do not nest. */
  private later(work: () => void): void {
    queueMicrotask(work);
  }

  private plan(id: EditionId): void {
    const edition = this.state.editions.get(id);
    if (!edition) return;
    const { tracepoint, definition } = edition;
    const probes = this.probes.get(id) ?? newProbes(tracepoint, definition);
    this.probes.set(id, probes);
    if (edition.cancelled) return this.apply({ type: 'planned', edition: id, sites: 0 });
    const modules = this.modules.slice(probes.modulesSeen);
    probes.modulesSeen = this.modules.length;
    let sites = 0;
    try {
      probes.planned = this.parts.plan(definition, modules);
      sites = probes.planned.parts.reduce((count, part) => count + part.sites.length, 0);
    } catch (error) {
      if (!(error instanceof PlanError && isNowhere(error.failure))) return this.fail(id, error);
      if (!edition.armed) this.errors.set(tracepoint, error);
    }
    this.apply({ type: 'planned', edition: id, sites });
  }

  private async install(id: EditionId): Promise<void> {
    const probes = this.probes.get(id)!;
    const planning = probes.planned!;
    const installed: Probes['installed'] = [];
    this.installing++;
    this.pace.start();
    try {
      for (const { plan, sites } of planning.parts)
        installed.push({ installation: await this.parts.backend.install(plan), sites });
    } catch (error) {
      this.installing--;
      await Promise.all(installed.map(({ installation }) => removeEntirely(installation)));
      this.fail(id, error);
      this.replayEarly();
      return;
    }
    this.installing--;
    probes.plannings.push(planning);
    for (const part of installed) this.enter(probes, part);
    this.apply({ type: 'installed', edition: id });
    this.replayEarly();
  }

  private enter(probes: Probes, part: Probes['installed'][number]): void {
    probes.installed.push(part);
    for (const [i, site] of part.sites.entries()) {
      if (site.record)
        this.bySite[part.installation.sites[i]!] = { probes, site, reader: new HitReader(site.record) };
    }
  }

  private fail(id: EditionId, error: unknown): void {
    const edition = this.state.editions.get(id);
    if (edition && !edition.cancelled) this.errors.set(edition.tracepoint, error);
    this.apply({ type: 'failed', edition: id });
  }

  private promote(id: EditionId): void {
    const probes = this.probes.get(id)!;
    this.voices.set(probes.tracepoint, probes);
  }

  private async retire(id: EditionId): Promise<void> {
    const probes = this.probes.get(id)!;
    await Promise.all(probes.installed.map(({ installation }) => installation.detach()));
    await this.drainOut(probes);
    probes.final = probes.installed.flatMap(({ installation }) => installation.counts());
    for (const { installation } of probes.installed) {
      for (const site of installation.sites) this.bySite[site] = undefined;
      installation.dispose();
    }
    this.probes.delete(id);
    this.apply({ type: 'retired', edition: id });
    if (this.state.editions.size === 0) this.pace.stop();
  }

  /** Until every record that the kernel counted as delivered has been handed over. */
  private async drainOut(probes: Probes): Promise<void> {
    const delivered = probes.installed.reduce((total, { installation, sites }) => {
      const counts = installation.counts();
      return total + sites.reduce((count, site, i) => count + (site.record ? counts[i]!.delivered : 0), 0);
    }, 0);
    for (let empty = 0; probes.records < delivered && empty < EMPTY_DRAINS;) {
      const drained = this.drain();
      if (drained === 0 && this.mayDrain()) empty++;
      if (drained > 0) empty = 0;
      await sleep(drained > 0 ? 0 : 1);
    }
  }

  private mayDrain(): boolean {
    return this.parts.observer.ready() && this.earlyBytes < MAX_EARLY_BYTES;
  }

  private drain(): number {
    if (!this.mayDrain()) return 0;
    return this.parts.backend.drain((site, bytes, offset, size) => {
      this.deliver(site, bytes, offset, size);
    }, DRAIN_LIMIT);
  }

  private deliver(site: SiteId, bytes: DataView, offset: number, size: number): void {
    const probed = this.bySite[site];
    if (!probed) {
      this.keepEarly(site, bytes, offset, size);
      return;
    }
    const { probes } = probed;
    probes.records++;
    this.parts.observer.hit(new Hit(probes.tracepoint, probed.site, probed.reader, bytes, offset, size));
  }

  private keepEarly(site: SiteId, bytes: DataView, offset: number, size: number): void {
    if (this.installing === 0) return;
    const start = bytes.byteOffset + offset;
    this.early.push({ site, bytes: new DataView(bytes.buffer.slice(start, start + size)) });
    this.earlyBytes += size;
  }

  private replayEarly(): void {
    const early = this.early;
    this.early = [];
    this.earlyBytes = 0;
    for (const { site, bytes } of early) this.deliver(site, bytes, 0, bytes.byteLength);
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

interface EarlyRecord {
  readonly site: SiteId;
  readonly bytes: DataView;
}

const newProbes = (tracepoint: TracepointId, definition: Definition): Probes => ({
  tracepoint,
  definition,
  modulesSeen: 0,
  planned: undefined,
  plannings: [],
  installed: [],
  records: 0,
  final: undefined,
});

async function removeEntirely(installation: Installation): Promise<void> {
  await installation.detach();
  installation.dispose();
}

const NO_COUNTS: SiteCounts = {
  hits: 0,
  delivered: 0,
  lost: 0,
  filtered: 0,
  throttled: 0,
  conditionErrors: 0,
};

function sum(all: readonly SiteCounts[]): SiteCounts {
  const total = { ...NO_COUNTS };
  for (const counts of all)
    for (const key of Object.keys(total) as (keyof SiteCounts)[]) total[key] += counts[key];
  return total;
}

/** Records between two looks at the event loop. */
const DRAIN_LIMIT = 4096;
/** Kept while installations are under way; beyond that records wait in the ring. */
const MAX_EARLY_BYTES = 16 << 20;
/** A ring that was found empty so often has no more records of probes that are out. */
const EMPTY_DRAINS = 3;
