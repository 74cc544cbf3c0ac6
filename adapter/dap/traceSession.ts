/** A debug session from its target to its last count: the engine on one side, DAP events on the other. */
import { basename } from 'node:path';
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
import { planSteps, planTargetOf, type PlanTarget } from '../engine/planner';
import { Session } from '../engine/session';
import { contextOf } from '../engine/site';
import type { Target } from '../engine/target';
import type { TracepointId } from '../engine/tracepointState';
import { whereText, type LineWhere, type Where } from '../engine/where';
import { functionName } from '../expression/special';
import { visibleText } from '../inertText';
import { becameProgram, hitMessage, moreHits } from '../messages';
import {
  COUNTS_EVENT,
  UPDATE_EVENT,
  type CheckResponseBody,
  type ConfigureArguments,
  type CountArguments,
  type CountResponseBody,
  type Draft,
  type Limits,
  type Preset,
} from '../protocol';
import { SourceMap } from '../symbols/sourceMap';
import type { NamedValue } from '../value/value';
import { BreakpointBook, definitionOf, type BookEntry, type WantedBreakpoint } from './breakpointBook';
import { ConsoleCommands } from './console/consoleCommands';
import { ConsoleLog } from './consoleLog';
import { CountBase } from './countBase';
import { CountHistory } from './countHistory';
import { HitRequests } from './hitRequests';
import type { Informant } from './informant';
import { check } from './inquiries';
import { LastHits } from './lastHits';
import { LineCounting, type Refusal } from './lineCounting';
import { PlanningProgress } from './planningProgress';
import type { LineSource } from './probeableLines';
import { RequestError } from './requestError';
import { TracepointViews } from './tracepointViews';
import { UpdateBatch } from './updateBatch';

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

export class TraceSession implements Informant {
  readonly target: Target;
  readonly sourceMap: SourceMap;
  readonly hits: HitRequests;
  readonly commands: ConsoleCommands;
  /** Of tracepoints that have none of their own; commands change them. */
  readonly limits: Limits;
  private readonly history: History;
  private readonly counts = new CountHistory(monotonicNow());
  private readonly survey: LineSurvey;
  private readonly session: Session;
  private readonly costs: CostMeter;
  private readonly book = new BreakpointBook();
  /** What the client was last told of a breakpoint. */
  private readonly told = new Map<TracepointId, string>();
  private readonly last = new LastHits();
  private readonly views: TracepointViews;
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
    this.hits = new HitRequests(this.history, this.counts, (tracepoint) => {
      const where = this.book.find(tracepoint)?.wanted.where;
      return where?.kind === 'line' ? where.file : undefined;
    });
    this.commands = new ConsoleCommands({
      history: this.history,
      limits,
      tracepoints: () => this.views.tracedLines(this.updates.lastRates),
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
    this.views = new TracepointViews({
      session: this.session,
      costs: this.costs,
      book: this.book,
      base: this.base,
      lastHits: this.last,
      limits,
      hasEnded: () => this.hasEnded,
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
  private get planTarget(): PlanTarget {
    return planTargetOf(this.target, this.sourceMap);
  }

  lineSource(): LineSource {
    const { survey, target, sourceMap } = this;
    return { survey, modules: target.modules, sourceMap };
  }

  check(where: LineWhere, draft: Draft): CheckResponseBody {
    return check(where, draft, this.limits, this.planTarget);
  }

  /** At the sites of a place, of the first few; without one, where the latest hit was. */
  contexts(where: Where | undefined): AddressContext[] {
    if (where) return contextsAt(where, this.target.modules, this.sourceMap);
    const site = this.last.all()[0]?.site;
    const context = site && contextOf(site);
    return context ? [context] : [];
  }

  /** Resolves when all of the group's tracepoints are in, waiting for a library, or refused. */
  async setBreakpoints(
    group: string,
    wanted: readonly WantedBreakpoint[],
    sourceModified?: boolean,
  ): Promise<DebugProtocol.Breakpoint[]> {
    const { entries, removed } = this.book.set(group, wanted, (id) => this.lineOf(id), sourceModified);
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

  /** The tracepoints that are on the line become so, one edit after the other. */
  preset(preset: Preset): void {
    for (const entry of this.book.preset(preset)) this.define(entry);
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
      this.last.forgetRanges(one);
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
    return this.last.value(expression);
  }

  /** An answer goes to the console, and hits leave it there to be read. */
  holdConsole(): void {
    this.console.hold(Date.now());
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
    this.last.forgetRanges(id);
    this.base.forget(id);
    this.costs.forget(id);
  }

  private drop(id: TracepointId): void {
    this.session.remove(id);
    this.told.delete(id);
    this.last.forget(id);
    this.forgetTold(id);
  }

  private tell(entry: BookEntry): DebugProtocol.Breakpoint {
    const breakpoint = this.views.breakpoint(entry);
    this.told.set(entry.id, JSON.stringify(breakpoint));
    return breakpoint;
  }

  private tellChange(id: TracepointId): void {
    const before = this.told.get(id);
    const entry = this.book.find(id);
    if (before === undefined || !entry) return;
    const breakpoint = this.views.breakpoint(entry);
    const now = JSON.stringify(breakpoint);
    if (now === before) return;
    this.told.set(id, now);
    this.options.send('breakpoint', { reason: 'changed', breakpoint });
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
    this.last.note(hit);
    if (this.console.admits(hit.tracepoint, Date.now()))
      this.print(entry, hitMessage(hit, hit.values()), hit.site.resolvedLine);
  }

  /** Of one tracepoint at its line; of several in one line of text. */
  private tellSkipped(skipped: ReadonlyMap<TracepointId, number>): void {
    const all = [...skipped].flatMap(([id, hits]) => {
      const entry = this.book.find(id);
      if (!entry) return [];
      const { line } = this.views.place(entry);
      return [{ entry, line, place: this.views.placeText(entry, line), hits }];
    });
    const [first, second] = all;
    const text = moreHits(all);
    if (first && !second) this.print(first.entry, text, first.line);
    else if (first) this.output(text);
  }

  private print(entry: BookEntry, text: string, line: number | undefined): void {
    const { path } = this.views.place(entry);
    const where = this.views.placeText(entry, line);
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

  private update(): void {
    const views = this.book.entries().map((entry) => this.views.snapshot(entry));
    const now = Date.now();
    this.counts.note(views, monotonicNow());
    const body = this.updates.next(views, now);
    if (body) this.options.send(UPDATE_EVENT, body);
    if (this.updates.lastRates.some(({ rate }) => rate > 0)) this.costs.look(now);
  }
}

/** Nanoseconds, as hits are stamped with. */
const monotonicNow = (): number => Number(process.hrtime.bigint());

/** More often, each costs the window more than it shows: the numbers are not read as fast. */
const UPDATE_PAUSE_MS = 200;
