/** A debug session from its target to its last count: the engine on one side, DAP events on the other. */
import { basename } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { openKernelBackend } from '../backend/kernelBackend';
import type { AddressContext } from '../dwarf/scope';
import { CostMeter } from '../engine/costMeter';
import { sameDefinition } from '../engine/definition';
import type { Hit } from '../engine/hit';
import { History, HISTORY_BYTES } from '../engine/history';
import { contextsAt } from '../engine/inquiry';
import { LineSurvey } from '../engine/lineSurvey';
import { ModuleWatch } from '../engine/moduleWatch';
import { planSteps, type PlanTarget } from '../engine/planner';
import { Session, type TracepointReport } from '../engine/session';
import { contextOf } from '../engine/site';
import type { Target, TargetEnd } from '../engine/target';
import type { TracepointId } from '../engine/tracepointState';
import { whereText, type Where } from '../engine/where';
import { functionName } from '../expression/special';
import { unlinkedText, visibleText } from '../inertText';
import {
  becameProgram,
  errorMessage,
  grouped,
  hitMessage,
  moreHits,
  NOT_IN_LATER_MODULES,
  planningNotes,
} from '../messages';
import {
  COUNTS_EVENT,
  UPDATE_EVENT,
  type ConfigureArguments,
  type CountArguments,
  type CountResponseBody,
  type Draft,
  type HitOrigin,
  type Limits,
  type NamedValueView,
  type Preset,
  type TracepointState,
} from '../protocol';
import { SourceMap } from '../symbols/sourceMap';
import type { NamedValue } from '../value/value';
import { BreakpointBook, definitionOf, type BookEntry, type WantedBreakpoint } from './breakpointBook';
import { sinceEpoch } from './clock';
import type { TracedLine } from './console/command';
import { ConsoleCommands } from './console/consoleCommands';
import { ConsoleLog } from './consoleLog';
import { costView } from './costView';
import { CountBase } from './countBase';
import { HitRequests } from './hitRequests';
import { LineCounting, type Refusal } from './lineCounting';
import { PlanningProgress } from './planningProgress';
import { RequestError } from './requestError';
import { siteViews } from './siteViews';
import { SourceAge } from './sourceAge';
import { UpdateBatch, type Snapshot } from './updateBatch';
import { ValueRanges } from './valueRanges';
import { shownName, valueView } from './valueView';

export interface TraceSessionOptions {
  readonly target: Target;
  readonly sourceFileMap: Readonly<Record<string, string>>;
  readonly limits: Limits;
  readonly ringBytes?: number | undefined;
  readonly presets?: readonly Preset[] | undefined;
  /** Puts `file:line` into the text of console lines: for clients that do not show the source of an output. */
  readonly placeInText: boolean;
  /** Is the client told of planning that takes long? */
  readonly tellProgress: boolean;
  readonly send: (event: string, body: object) => void;
  /** Can the client take more? */
  readonly ready: () => boolean;
}

export class TraceSession {
  readonly target: Target;
  readonly sourceMap: SourceMap;
  readonly hits: HitRequests;
  readonly commands: ConsoleCommands;
  /** Of tracepoints that have none of their own; commands change them. */
  readonly limits: Limits;
  private readonly history: History;
  readonly survey: LineSurvey;
  private readonly session: Session;
  private readonly costs: CostMeter;
  private readonly book = new BreakpointBook();
  /** What the client was last told of a breakpoint. */
  private readonly told = new Map<TracepointId, string>();
  private readonly last = new Map<TracepointId, { bytes: Uint8Array<ArrayBuffer>; hit: Hit }>();
  private readonly ranges = new Map<TracepointId, ValueRanges>();
  private readonly age = new SourceAge();
  private readonly base = new CountBase();
  private readonly updates = new UpdateBatch();
  private readonly console: ConsoleLog;
  private readonly counting: LineCounting;
  private readonly progress: PlanningProgress | undefined;
  private readonly watch: ModuleWatch;
  private readonly timer: NodeJS.Timeout;
  private finishing: Promise<void> | undefined;
  /** All probes are out, and the last counts told. */
  hasEnded = false;

  constructor(private readonly options: TraceSessionOptions) {
    const { target } = options;
    const limits = (this.limits = { ...options.limits });
    this.target = target;
    this.sourceMap = new SourceMap(options.sourceFileMap);
    this.survey = new LineSurvey(this.sourceMap);
    for (const preset of options.presets ?? []) this.book.preset(preset);
    this.history = new History({
      get hits() {
        return limits.history;
      },
      bytes: HISTORY_BYTES,
    });
    this.hits = new HitRequests(this.history, (tracepoint) => {
      const where = this.book.find(tracepoint)?.wanted.where;
      return where?.kind === 'line' ? where.file : undefined;
    });
    this.commands = new ConsoleCommands({
      history: this.history,
      limits,
      tracepoints: () => this.tracedLines(),
      countedLines: () => this.counting.lines(),
      reset: (id) => this.reset(id),
      setLimit: (name, value) => this.setLimit(name, value),
    });
    const backend = openKernelBackend({ ringBytes: options.ringBytes });
    this.session = new Session({
      backend,
      plan: (definition, modules) => planSteps(definition, { ...this.planTarget, modules }),
      modules: target.modules,
      observer: {
        hit: (hit) => {
          this.noteHit(hit);
        },
        ready: options.ready,
        settled: (tracepoint) => {
          this.tellChange(tracepoint);
        },
        planning: (progress) => {
          this.progress?.note(progress, Date.now());
        },
      },
    });
    this.costs = new CostMeter(backend, this.session);
    if (options.tellProgress)
      this.progress = new PlanningProgress(options.send, (tracepoint) => {
        const where = this.session.definition(tracepoint)?.where;
        return where?.kind === 'line'
          ? `${basename(where.file)}:${where.line}`
          : where
            ? whereText(where)
            : '';
      });
    this.counting = new LineCounting(this.session, limits);
    this.console = new ConsoleLog(
      (tracepoint) => this.limitsOf(tracepoint).consoleLinesPerSecond,
      (hits) => {
        this.tellSkipped(hits);
      },
    );
    this.watch = new ModuleWatch({
      target,
      session: this.session,
      backend,
      becameProgram: ({ path }) => {
        options.send('output', { category: 'console', output: `${becameProgram(path)}\n` });
      },
    });
    this.timer = setInterval(() => {
      this.console.flush(Date.now());
      this.update();
      if (options.ready()) this.tellCounts(this.counting.newsAt(Date.now()));
      this.tellHits();
    }, UPDATE_PAUSE_MS);
  }

  /** With the modules that are loaded now. */
  get planTarget(): PlanTarget {
    const { target, sourceMap } = this;
    return { modules: target.modules, program: target.modules[0], sourceMap, pid: target.pid };
  }

  /** At the sites of a place, of the first few; without one, where the latest hit was. */
  contexts(where: Where | undefined): AddressContext[] {
    if (where) return contextsAt(where, this.target.modules, this.sourceMap);
    const site = this.lastHits()[0]?.site;
    const context = site && contextOf(site);
    return context ? [context] : [];
  }

  /** Resolves when all of the group's tracepoints are in, waiting for a library, or refused. */
  async setBreakpoints(
    group: string,
    wanted: readonly WantedBreakpoint[],
  ): Promise<DebugProtocol.Breakpoint[]> {
    const { entries, removed } = this.book.set(group, wanted, (id) => this.lineOf(id));
    for (const id of removed) this.drop(id);
    for (const entry of entries) this.define(entry);
    await Promise.all(entries.map(({ id }) => this.session.settled(id)));
    return entries.map((entry) => this.tell(entry));
  }

  /** Resolves when all tracepoints so far are in, waiting for a library, or refused. */
  async settled(): Promise<void> {
    await Promise.all(this.book.entries().map(({ id }) => this.session.settled(id)));
  }

  /** False when there is no such tracepoint. */
  async configure(change: ConfigureArguments): Promise<boolean> {
    const entry = this.book.configure(change);
    if (!entry) return false;
    this.define(entry);
    await this.session.settled(entry.id);
    return true;
  }

  /** Of all tracepoints, those to come as well. Resolves when they have it. @throws RequestError */
  private async setLimit(name: keyof Limits, value: number): Promise<void> {
    if (this.finishing) throw new RequestError('The session has ended: there is nothing left to limit.');
    this.limits[name] = value;
    const ids = this.book.entries().map(({ id }) => id);
    await Promise.all(ids.map((breakpointId) => this.configure({ breakpointId, limits: { [name]: value } })));
  }

  /** Resolves when the tracepoints that are on the line are so. */
  async preset(preset: Preset): Promise<void> {
    const entries = this.book.preset(preset);
    for (const entry of entries) this.define(entry);
    await Promise.all(entries.map(({ id }) => this.session.settled(id)));
  }

  /** Of what is told by progress events; one that has ended meanwhile is nothing to cancel. */
  cancelProgress(progressId: string): void {
    if (this.progress?.isUnderWay(progressId)) this.session.interruptPlanning();
  }

  /** False when there is no such tracepoint. */
  reset(id: TracepointId | undefined): boolean {
    const ids = this.book
      .entries()
      .flatMap((entry) => (id === undefined || entry.id === id ? [entry.id] : []));
    for (const one of ids) {
      const report = this.session.report(one);
      if (report) this.base.reset(one, report);
      this.ranges.delete(one);
    }
    return id === undefined || ids.length > 0;
  }

  /** Counts every line of files and functions; a refusal says why not. */
  async count(wanted: CountArguments): Promise<CountResponseBody | Refusal> {
    if (this.finishing) return { refusal: 'The session has ended: there is nothing to count.' };
    this.tellCounts(this.counting.news());
    const { functionAt, files = [], functions = [] } = wanted;
    const around = functionAt ? this.functionAt(functionAt) : [];
    if (functionAt && around.length === 0)
      return {
        refusal: `Nothing is known of the function at ${functionAt.path}:${functionAt.line}: count the file, or name the function.`,
      };
    return this.counting.start({ files, functions: [...functions, ...around] });
  }

  /** By its name. @throws PlanError where the line has no code */
  private functionAt({ path, line }: Pick<Draft, 'path' | 'line'>): string[] {
    const [context] = this.contexts({ kind: 'line', file: path, line });
    return context ? [functionName(context)] : [];
  }

  stopCounting(): void {
    this.tellCounts(this.counting.news());
    this.counting.stop();
  }

  /** The value with that name in the latest hit that has one. */
  evaluate(expression: string): NamedValue | undefined {
    for (const hit of this.lastHits()) {
      const value = hit.values().find(({ name }) => name === expression);
      if (value) return value;
    }
    return undefined;
  }

  /** Of each tracepoint, the latest first. */
  private lastHits(): Hit[] {
    return [...this.last.values()].map(({ hit }) => hit).sort((a, b) => (a.time < b.time ? 1 : -1));
  }

  /** Shows what a launched program prints. */
  pump(stream: Readable, category: 'stdout' | 'stderr'): Promise<void> {
    const decoder = new StringDecoder('utf8');
    const emit = (output: string): void => {
      if (output !== '') this.options.send('output', { category, output });
    };
    stream.on('data', (data: Buffer) => {
      emit(decoder.write(data));
    });
    return new Promise((resolve) => {
      stream.once('close', () => {
        emit(decoder.end());
        resolve();
      });
    });
  }

  /** Takes out all probes and tells the last counts. May be called again. */
  finish(): Promise<void> {
    this.finishing ??= this.end();
    return this.finishing;
  }

  private async end(): Promise<void> {
    clearInterval(this.timer);
    this.costs.stop();
    await this.watch.stop();
    await this.session.end();
    this.hasEnded = true;
    this.console.flush();
    this.update();
    this.tellCounts(this.counting.news());
    this.tellHits();
  }

  private tellHits(): void {
    const news = this.hits.news(this.updates.lastRates);
    if (news) this.options.send(news.event, news.body);
  }

  private tellCounts(news: object | undefined): void {
    if (news) this.options.send(COUNTS_EVENT, news);
  }

  private define(entry: BookEntry): void {
    const { id, wanted } = entry;
    if (wanted.refusal !== undefined) return this.session.remove(id);
    const definition = definitionOf(entry, this.limits);
    const before = this.session.definition(id);
    // Another definition counts from 0 by itself.
    if (before && !sameDefinition(before, definition)) this.forgetTold(id);
    this.session.set(id, definition);
  }

  private forgetTold(id: TracepointId): void {
    this.ranges.delete(id);
    this.base.forget(id);
    this.costs.forget(id);
  }

  private drop(id: TracepointId): void {
    this.session.remove(id);
    this.told.delete(id);
    this.last.delete(id);
    this.forgetTold(id);
  }

  private tell(entry: BookEntry): DebugProtocol.Breakpoint {
    const breakpoint = this.breakpointOf(entry);
    this.told.set(entry.id, JSON.stringify(breakpoint));
    return breakpoint;
  }

  private tellChange(id: TracepointId): void {
    const before = this.told.get(id);
    const entry = this.book.find(id);
    if (before === undefined || !entry) return;
    const breakpoint = this.breakpointOf(entry);
    const now = JSON.stringify(breakpoint);
    if (now === before) return;
    this.told.set(id, now);
    this.options.send('breakpoint', { reason: 'changed', breakpoint });
  }

  private breakpointOf(entry: BookEntry): DebugProtocol.Breakpoint {
    const { id } = entry;
    const status = this.statusOf(entry);
    const place = this.placeOf(entry);
    return {
      id,
      verified: status.state === 'armed' || status.state === 'spent',
      ...(place.line !== undefined && { line: place.line }),
      ...(place.column !== undefined && { column: place.column }),
      ...(place.path !== undefined && {
        source: { name: visibleText(basename(place.path)), path: place.path },
      }),
      ...(status.message !== undefined && { message: unlinkedText(status.message) }),
      ...(status.state === 'pending' || status.state === 'failed' ? { reason: status.state } : {}),
    };
  }

  private statusOf(entry: BookEntry): { state: TracepointState; message: string | undefined } {
    if (entry.wanted.refusal !== undefined) return { state: 'failed', message: entry.wanted.refusal };
    const report = this.session.report(entry.id);
    if (!report) return { state: 'failed', message: undefined };
    if (report.error !== undefined)
      return {
        state: report.state === 'failed' ? 'failed' : 'pending',
        message: errorMessage(report.error),
      };
    if (report.state === 'spent')
      return {
        state: 'spent',
        message: `its ${grouped(report.counts.delivered)} hits are here, and its probes are out: edit it to go on`,
      };
    const interrupted = report.interrupted ? [NOT_IN_LATER_MODULES] : [];
    const notes = [...planningNotes(report.plannings), ...interrupted].join('; ');
    return {
      state: report.state === 'armed' ? 'armed' : 'pending',
      message: notes === '' ? undefined : notes,
    };
  }

  /** The path as the client names it, and where in it the tracepoint is; the column where one was asked for. */
  private placeOf({ id, wanted: { where } }: BookEntry): Place {
    const site = this.session.report(id)?.sites[0]?.site;
    if (where.kind === 'line')
      return {
        path: where.file,
        line: site?.resolvedLine ?? where.line,
        ...(where.column !== undefined && site?.column === where.column && { column: where.column }),
      };
    return {
      ...(site?.file !== undefined && { path: site.file }),
      ...(site?.resolvedLine !== undefined && { line: site.resolvedLine }),
    };
  }

  private isSourceNewer(path: string | undefined, report: TracepointReport | undefined): boolean {
    const module = report?.sites[0]?.site.module;
    return path !== undefined && module !== undefined && this.age.isNewer(path, module.path, Date.now());
  }

  private lineOf(id: TracepointId): number | undefined {
    return this.session.report(id)?.sites[0]?.site.resolvedLine;
  }

  private limitsOf(id: TracepointId): Limits {
    return { ...this.limits, ...this.book.find(id)?.configured.limits };
  }

  private noteHit(hit: Hit): void {
    const entry = this.book.find(hit.tracepoint);
    if (!entry) return;
    this.history.add(hit);
    this.last.set(hit.tracepoint, hit.kept(this.last.get(hit.tracepoint)?.bytes));
    const values = hit.values();
    this.rangesOf(hit.tracepoint).note(values);
    if (this.console.admits(hit.tracepoint, Date.now()))
      this.print(entry, hitMessage(hit, values), hit.site.resolvedLine);
  }

  private rangesOf(id: TracepointId): ValueRanges {
    let ranges = this.ranges.get(id);
    if (!ranges) this.ranges.set(id, (ranges = new ValueRanges()));
    return ranges;
  }

  /** Of one tracepoint at its line; of several in one line of text. */
  private tellSkipped(skipped: ReadonlyMap<TracepointId, number>): void {
    const all = [...skipped].flatMap(([id, hits]) => {
      const entry = this.book.find(id);
      if (!entry) return [];
      const { line } = this.placeOf(entry);
      return [{ entry, line, place: this.placeText(entry, line), hits }];
    });
    const [first, second] = all;
    const text = moreHits(all);
    if (first && !second) this.print(first.entry, text, first.line);
    else if (first) this.output(text);
  }

  private print(entry: BookEntry, text: string, line: number | undefined): void {
    const { path } = this.placeOf(entry);
    const where = this.placeText(entry, line);
    this.output(`${this.options.placeInText ? `${where}: ` : ''}${text}`, {
      ...(path !== undefined && { source: { name: visibleText(basename(path)), path } }),
      ...(line !== undefined && { line }),
    });
  }

  private output(text: string, place: { source?: { name: string; path: string }; line?: number } = {}): void {
    this.options.send('output', {
      // VS Code paints `console` as a warning, in high contrast as dark green on black.
      category: this.options.placeInText ? 'console' : 'stdout',
      output: `${text}\n`,
      ...place,
    });
  }

  private placeText(entry: BookEntry, line: number | undefined): string {
    const { path } = this.placeOf(entry);
    return path === undefined || line === undefined
      ? whereText(entry.wanted.where)
      : visibleText(`${basename(path)}:${line}`);
  }

  private tracedLines(): TracedLine[] {
    const rates = new Map(this.updates.lastRates.map(({ tracepoint, rate }) => [tracepoint, rate]));
    return this.book.entries().map((entry) => ({
      ...this.snapshotOf(entry),
      place: this.placeText(entry, this.placeOf(entry).line),
      rate: rates.get(entry.id) ?? 0,
      last: this.last.get(entry.id)?.hit,
      ownLimits: entry.configured.limits ?? {},
    }));
  }

  private update(): void {
    const views = this.book.entries().map((entry) => this.snapshotOf(entry));
    const now = Date.now();
    const body = this.updates.next(views, now);
    if (body) this.options.send(UPDATE_EVENT, body);
    if (this.updates.lastRates.some(({ rate }) => rate > 0)) this.costs.look(now);
  }

  private snapshotOf(entry: BookEntry): Snapshot {
    const report = this.session.report(entry.id);
    const { state, message } = this.statusOf(entry);
    const told = report && this.base.since(entry.id, report);
    const kept = this.last.get(entry.id);
    const place = this.placeOf(entry);
    const cost = report && this.costs.of(entry.id, report.sites);
    return {
      id: entry.id,
      state: this.hasEnded && state !== 'failed' ? 'ended' : state,
      ...(place.path !== undefined && { path: place.path }),
      ...(place.line !== undefined && { line: place.line }),
      counts: told?.counts ?? NO_COUNTS,
      mode: definitionOf(entry, this.limits).capture.mode,
      values: kept?.hit.values().map((value) => withRange(value, this.ranges.get(entry.id))) ?? [],
      ...(kept && { lastHit: originOf(kept.hit) }),
      ...(this.isSourceNewer(place.path, report) && { isSourceNewer: true }),
      ...(message !== undefined && { message }),
      ...(cost && { cost: costView(cost) }),
      sites: siteViews(report?.sites ?? [], told?.hits ?? []),
    };
  }
}

const originOf = ({ time, pid, tid, site: { scope } }: Hit): HitOrigin => ({
  time: Math.round(sinceEpoch(time)),
  pid,
  tid,
  ...(scope?.name !== undefined && { function: shownName(scope.name) }),
});

/** The range is of all hits; a value that is missing from the last one has one all the same. */
function withRange(value: NamedValue, ranges: ValueRanges | undefined): NamedValueView {
  const range = ranges?.of(value.name);
  return { ...valueView(value), ...(range && { range }) };
}

interface Place {
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

/** The end of a launched program: what it printed last comes before the word of its end. */
export async function lastOutput(outputs: readonly Promise<void>[], end: TargetEnd): Promise<TargetEnd> {
  // A child that it left behind may hold its output open.
  await Promise.race([Promise.all(outputs), sleep(OUTPUT_GRACE_MS)]);
  return end;
}

const NO_COUNTS = { hits: 0, delivered: 0, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 };
/** At most 10 a second. */
const UPDATE_PAUSE_MS = 100;
const OUTPUT_GRACE_MS = 200;
