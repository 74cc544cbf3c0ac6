import type { ProbeBackend } from '../backend/backend';
import { openKernelBackend } from '../backend/kernelBackend';
import { isRingSize } from '../backend/ringSize';
import { durationInWords } from '../durationText';
import { CostMeter, type HitCost } from '../engine/costMeter';
import { DEFAULT_LIMITS, type CaptureRequest, type Definition } from '../engine/definition';
import { ModuleWatch } from '../engine/moduleWatch';
import { isNowhere, PlanError } from '../engine/planError';
import { planSteps, planTargetOf, planTracepoint, type Planning, type PlanSteps } from '../engine/planner';
import { Session, type TracepointReport } from '../engine/session';
import type { Target } from '../engine/target';
import { whereText } from '../engine/where';
import { hitJson } from '../hitJson';
import { visibleText } from '../inertText';
import { becameProgram, errorMessage, planningNotes } from '../messages';
import type { Module } from '../symbols/module';
import { SourceMap } from '../symbols/sourceMap';
import { parseArguments, text, whereOf, type Parsed } from './arguments';
import { hitLine } from './hitText';
import { OutputQueue } from './outputQueue';
import { durationOf, openTarget, stopping, TARGET_OPTIONS } from './targetRun';
import { UsageError } from './usage';

const OPTIONS = {
  ...TARGET_OPTIONS,
  log: { type: 'string' },
  count: { type: 'boolean' },
  pending: { type: 'boolean' },
  if: { type: 'string' },
  hits: { type: 'string' },
  'max-hits': { type: 'string' },
  sample: { type: 'string' },
  changed: { type: 'string' },
  rate: { type: 'string' },
  ring: { type: 'string' },
} as const;

/** `sourcetap trace` */
export async function traceCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  const request = requestOf(parsed);
  const target = await openTarget(parsed, request.json);
  try {
    return await OutputQueue.to(1, (output) => new Trace(request, target, output).run());
  } finally {
    await target.end();
    target.dispose();
  }
}

interface TraceRequest {
  readonly definitions: readonly Definition[];
  readonly json: boolean;
  readonly pending: boolean;
  readonly durationMs: number | undefined;
  readonly ringBytes: number | undefined;
}

function requestOf({ values, positionals }: Parsed): TraceRequest {
  if (positionals.length === 0) throw new UsageError('trace needs a WHERE');
  const message = text(values['log']);
  if (message !== undefined && values['count'] === true) throw new UsageError('give either --log or --count');
  const capture: CaptureRequest =
    values['count'] === true
      ? { mode: 'count' }
      : message === undefined
        ? { mode: 'snapshot' }
        : { mode: 'log', message };
  const selection = selectionOf(values);
  return {
    definitions: positionals.map((where) => ({ where: whereOf(where), capture, ...selection })),
    json: values['json'] === true,
    pending: values['pending'] === true,
    durationMs: durationOf(text(values['duration'])),
    ringBytes: ringBytesOf(text(values['ring'])),
  };
}

function ringBytesOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const [, digits, unit] = /^(\d{1,10})([KMG]?)$/i.exec(given) ?? [];
  const bytes = Number(digits) * UNITS[(unit ?? '').toUpperCase()]!;
  if (!isRingSize(bytes)) throw new UsageError(`--ring takes a power of two from 4K to 1G, not "${given}"`);
  return bytes;
}
const UNITS: Readonly<Record<string, number>> = { '': 1, K: 1 << 10, M: 1 << 20, G: 1 << 30 };

/** Which hits are wanted. */
function selectionOf(values: Parsed['values']): Pick<Definition, 'condition' | 'filter' | 'limits'> {
  const condition = text(values['if']);
  const [hitCondition, changed] = [text(values['hits']), text(values['changed'])];
  const [sampling, maxHits, rate] = ['sample', 'max-hits', 'rate'].map((name) => numberOf(name, values));
  return {
    ...(condition !== undefined && { condition }),
    filter: {
      ...(hitCondition !== undefined && { hitCondition }),
      ...(changed !== undefined && { changed }),
      ...(sampling !== undefined && { sampling }),
      ...(maxHits !== undefined && { maxHits }),
    },
    limits: { ...DEFAULT_LIMITS, ...(rate !== undefined && { hitsPerSecond: rate }) },
  };
}

function numberOf(name: string, values: Parsed['values']): number | undefined {
  const given = text(values[name]);
  if (given === undefined) return undefined;
  if (!/^[1-9]\d{0,14}$/.test(given)) throw new UsageError(`--${name} takes a number from 1, not "${given}"`);
  return Number(given);
}

/** One run, from the first probe to the summaries. */
class Trace {
  private readonly sourceMap = new SourceMap();
  private readonly backend: ProbeBackend;
  private readonly session: Session;
  private readonly costs: CostMeter;
  /** Tracepoints that were armed once. */
  private readonly announced = new Set<number>();
  private readonly states = new Map<number, TracepointReport['state']>();
  private stop: (() => void) | undefined;
  /** When it was looked last. */
  private hits = 0;
  /** What was planned before anything is put in. */
  private readonly checked = new Map<Definition, Planning>();

  constructor(
    private readonly request: TraceRequest,
    private readonly target: Target,
    private readonly output: OutputQueue,
  ) {
    this.backend = openKernelBackend({ ringBytes: request.ringBytes });
    this.session = new Session({
      backend: this.backend,
      plan: (definition, modules) => this.plan(definition, modules),
      modules: target.modules,
      observer: {
        hit: (hit) => {
          this.output.line(request.json ? hitJson(hit) : hitLine(hit));
        },
        ready: () => this.output.ready,
        settled: (tracepoint) => {
          this.announce(tracepoint);
        },
      },
    });
    this.costs = new CostMeter(this.backend, this.session);
  }

  async run(): Promise<number> {
    const { stopped, stop } = stopping(this.target, this.output);
    this.stop = stop;
    if (!this.check()) {
      await this.session.end();
      return 1;
    }
    if (!(await this.arm())) {
      await this.finish();
      return 1;
    }
    await this.output.flush();
    const { target, session, backend } = this;
    const watch = new ModuleWatch({
      target,
      session,
      backend,
      becameProgram: ({ path }) => {
        this.complain(becameProgram(path));
      },
    });
    target.release();
    const { durationMs, json } = this.request;
    const timer = durationMs === undefined ? undefined : setTimeout(stop, durationMs);
    // JSON does not tell the cost.
    const looks = json
      ? undefined
      : setInterval(() => {
          this.measure();
        }, MEASURE_MS);
    await stopped;
    clearTimeout(timer);
    clearInterval(looks);
    this.costs.stop();
    await watch.stop();
    await this.finish();
    return 0;
  }

  /** What hits cost, while there are some. */
  private measure(): void {
    const { session } = this;
    const hits = session.tracepoints.reduce((sum, id) => sum + (session.report(id)?.counts.hits ?? 0), 0);
    if (hits > this.hits) this.costs.look(performance.now());
    this.hits = hits;
  }

  /** The summaries of what was armed. */
  private async finish(): Promise<void> {
    await this.session.end();
    for (const tracepoint of this.session.tracepoints)
      if (this.announced.has(tracepoint) || this.request.pending) this.summarise(tracepoint);
  }

  /** Plans all tracepoints; says of each that cannot be why. */
  private check(): boolean {
    let served = true;
    for (const definition of this.request.definitions) {
      try {
        this.checked.set(definition, planTracepoint(definition, planTargetOf(this.target, this.sourceMap)));
      } catch (error) {
        if (this.request.pending && error instanceof PlanError && isNowhere(error.failure)) continue;
        this.complain(`${whereText(definition.where)}: ${errorMessage(error)}`);
        served = false;
      }
    }
    return served;
  }

  private *plan(definition: Definition, modules: readonly Module[]): PlanSteps {
    const checked = this.checked.get(definition);
    this.checked.delete(definition);
    return checked ?? (yield* planSteps(definition, planTargetOf(this.target, this.sourceMap, modules)));
  }

  /** Puts all tracepoints in; says of each that cannot be why. */
  private async arm(): Promise<boolean> {
    for (const [i, definition] of this.request.definitions.entries()) this.session.set(i + 1, definition);
    let served = true;
    for (const [i, { where }] of this.request.definitions.entries()) {
      await this.session.settled(i + 1);
      const report = this.session.report(i + 1)!;
      if (report.state === 'armed' || (report.state === 'pending' && this.request.pending)) continue;
      this.complain(`${whereText(where)}: ${errorMessage(report.error)}`);
      served = false;
    }
    return served;
  }

  private announce(tracepoint: number): void {
    const report = this.session.report(tracepoint);
    if (!report || report.state === 'failed') return;
    if (this.states.get(tracepoint) === report.state) return;
    const isFirst = !this.announced.has(tracepoint);
    this.states.set(tracepoint, report.state);
    if (report.state === 'spent') return this.endWhenSpent();
    if (report.state === 'armed') this.announceArmed(tracepoint, report, isFirst);
    else if (!isFirst && report.state === 'pending')
      this.complain(`${this.whereOf(tracepoint)}: ${errorMessage(report.error)}`);
  }

  private endWhenSpent(): void {
    const isSpent = (_: Definition, index: number): boolean => this.states.get(index + 1) === 'spent';
    if (this.request.definitions.every(isSpent)) this.stop?.();
  }

  private announceArmed(tracepoint: number, report: TracepointReport, isFirst: boolean): void {
    this.announced.add(tracepoint);
    const where = this.whereOf(tracepoint);
    const notes = planningNotes(report.plannings);
    if (!this.request.json || !isFirst) {
      process.stderr.write(`${[`tracing ${where}${isFirst ? '' : ' again'}`, ...notes].join('; ')}\n`);
      return;
    }
    this.output.line(JSON.stringify({ type: 'armed', tracepoint, sites: report.sites.length }));
    if (notes.length > 0) this.complain(`${where}: ${notes.join('; ')}`);
  }

  private whereOf(tracepoint: number): string {
    return whereText(this.request.definitions[tracepoint - 1]!.where);
  }

  private summarise(tracepoint: number): void {
    const { counts, sites } = this.session.report(tracepoint)!;
    if (this.request.json) {
      this.output.line(JSON.stringify({ type: 'summary', tracepoint, ...counts }));
      return;
    }
    const cost = this.costs.of(tracepoint, sites);
    this.output.line(`${this.whereOf(tracepoint)}: ${countsText(counts)}${cost ? costText(cost) : ''}`);
    if (sites.length > 1)
      for (const { site, counts: own } of sites)
        this.output.line(
          `  ${visibleText(site.scope?.name ?? '?')}${site.scope?.kind === 'inlined' ? ' (inlined)' : ''}: ${own.hits}`,
        );
  }

  private complain(message: string): void {
    process.stderr.write(`sourcetap: ${message}\n`);
  }
}

function countsText({ hits, delivered, ...others }: TracepointReport['counts']): string {
  const rest = Object.entries(others).flatMap(([name, count]) =>
    count > 0 ? [`${count} ${WORDS[name as keyof typeof WORDS]}`] : [],
  );
  return `${hits} ${hits === 1 ? 'hit' : 'hits'}${rest.length > 0 ? ` (${[`${delivered} shown`, ...rest].join(', ')})` : ''}`;
}

/** `, cost 1.9 µs each`; nothing where nothing could be measured. */
function costText({ mean, traps, program }: HitCost): string {
  if (mean === 0) return '';
  const least = traps && program !== undefined ? '' : 'at least ';
  return `, cost ${least}${durationInWords(mean)} each`;
}

/** Shorter runs are not measured. */
const MEASURE_MS = 1000;
const WORDS = {
  lost: 'lost',
  filtered: 'filtered',
  throttled: 'throttled',
  conditionErrors: 'with errors in the condition',
} as const;
