/** What hits cost the threads that make them: the trap into the kernel, and the tracepoint's program there. */
import {
  BackendError,
  type BackendFailure,
  type Installation,
  type ProbeBackend,
  type RunTime,
  type TrapCost,
} from '../backend/backend';
import type { Session } from './session';
import type { CountedSite } from './siteTally';
import type { TracepointId } from './tracepointState';

/** Nanoseconds. What is not measured is absent. */
export interface HitCost {
  /** Of one hit, over all sites by their hits: the parts that are known. */
  readonly mean: number;
  readonly traps: TrapCost | undefined;
  readonly program: number | undefined;
  /** What will not be measured, and why. */
  readonly gaps: readonly CostGap[];
}

export interface CostGap {
  readonly part: 'trap' | 'program';
  readonly failure: BackendFailure;
}

type Backend = Pick<ProbeBackend, 'trapCost' | 'timePrograms'>;

export class CostMeter {
  private traps: TrapCost | undefined;
  private readonly programs = new Map<TracepointId, number>();
  private readonly gaps: CostGap[] = [];
  private isMeasuring = false;
  private next = 0;

  constructor(
    private readonly backend: Backend,
    private readonly session: Pick<Session, 'installations'>,
  ) {}

  /** To be called while there are hits: measures when it is time. `now` in milliseconds. */
  look(now: number): void {
    if (this.isMeasuring || now < this.next) return;
    this.isMeasuring = true;
    this.next = now + PAUSE_MS;
    void this.measure().finally(() => (this.isMeasuring = false));
  }

  /** Undefined before anything of it is measured, or hit. */
  of(tracepoint: TracepointId, sites: readonly CountedSite[]): HitCost | undefined {
    const { traps, gaps } = this;
    const program = this.programs.get(tracepoint);
    const hits = sites.reduce((sum, { counts }) => sum + counts.hits, 0);
    const isKnown = traps !== undefined || program !== undefined || gaps.length > 0;
    if (hits === 0 || !isKnown) return undefined;
    const trapped = (sum: number, { site, counts }: CountedSite): number =>
      sum + counts.hits * traps![site.emulated ? 'emulated' : 'stepped'];
    const trap = traps ? sites.reduce(trapped, 0) / hits : 0;
    return { mean: trap + (program ?? 0), traps, program, gaps };
  }

  /** It has another program now. */
  forget(tracepoint: TracepointId): void {
    this.programs.delete(tracepoint);
  }

  /** What is under way then means nothing. */
  stop(): void {
    this.next = Infinity;
  }

  private async measure(): Promise<void> {
    if (!this.traps) await this.trying('trap', async () => (this.traps = await this.backend.trapCost()));
    await this.trying('program', () => this.timePrograms());
  }

  /** What was refused once is not tried again. */
  private async trying(part: CostGap['part'], work: () => Promise<unknown>): Promise<void> {
    if (this.next === Infinity || this.gaps.some((gap) => gap.part === part)) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      if (this.next < Infinity) this.gaps.push({ part, failure: error.failure });
    }
  }

  private async timePrograms(): Promise<void> {
    const before = new Map<Installation, RunTime>();
    for (const one of [...this.session.installations().values()].flat()) before.set(one, one.runTime());
    await this.backend.timePrograms(WINDOW_MS);
    for (const [tracepoint, installations] of this.session.installations()) {
      const spent = installations.flatMap((one) => {
        const then = before.get(one);
        return then ? [difference(then, one.runTime())] : [];
      });
      const { runs, ns } = spent.reduce(sum, { runs: 0, ns: 0 });
      if (runs > 0) this.programs.set(tracepoint, ns / runs);
    }
  }
}

const sum = (a: RunTime, b: RunTime): RunTime => ({ runs: a.runs + b.runs, ns: a.ns + b.ns });
const difference = (a: RunTime, b: RunTime): RunTime => ({ runs: b.runs - a.runs, ns: b.ns - a.ns });

/** While programs are timed, each hit takes some nanoseconds more: a small part of the time. */
const WINDOW_MS = 200;
const PAUSE_MS = 4000;
