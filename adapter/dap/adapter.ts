/** The verbs of the Debug Adapter Protocol (https://microsoft.github.io/debug-adapter-protocol/specification). */
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ProtocolServer } from '@vscode/debugadapter/lib/protocol';
import { searchModules } from '../engine/moduleSearch';
import type { LaunchedTarget } from '../engine/launchedTarget';
import type { Target, TargetEnd } from '../engine/target';
import type { TerminalCommand } from '../engine/terminalTarget';
import { threadsOf } from '../engine/threads';
import { parseWhere, type LineWhere, type Where } from '../engine/where';
import { ExpressionError } from '../expression/expressionError';
import { unlinkedText, visibleLines, visibleText } from '../inertText';
import { errorMessage, gapInWords } from '../messages';
import {
  CHECK_REQUEST,
  COMPLETE_REQUEST,
  CONFIGURE_REQUEST,
  COUNT_REQUEST,
  COUNT_STOP_REQUEST,
  LINES_REQUEST,
  PRESET_REQUEST,
  RESET_REQUEST,
  type AttachArguments,
  type CommonArguments,
  type CompleteArguments,
  type CompleteResponseBody,
  type ConfigureArguments,
  type CountArguments,
  type DisconnectExtension,
  type Draft,
  type LaunchArguments,
  type LinesArguments,
  type LinesResponseBody,
  type Preset,
  type ResetArguments,
} from '../protocol';
import { FileClosedError } from '../sys/file';
import { check, complete, completionItem, typeNameAt } from './inquiries';
import { breakpointLocations, type SourceRange } from './breakpointLocations';
import { FUNCTIONS, type WantedBreakpoint } from './breakpointBook';
import { writtenExpression } from './console/consoleCommands';
import { wrongNumbers } from './limitNumbers';
import { hitVerbs } from './hitRequests';
import { ConfigurationError } from './configurationError';
import { attachTarget, DEFAULT_LIMITS, launchTarget } from './openTarget';
import { Positions } from './positions';
import { RequestError } from './requestError';
import { probeableLines } from './probeableLines';
import { lastOutput, TraceSession } from './traceSession';

type Verb = (args: never) => object | undefined | Promise<object | undefined>;

export class DebugAdapter extends ProtocolServer {
  private client: Partial<DebugProtocol.InitializeRequestArguments> = {};
  private positions = new Positions({});
  private trace: TraceSession | undefined;
  private launched = false;
  private terminated = false;
  /** Disconnected, and there to be asked for hits. */
  private stays = false;
  private outputs: Promise<void>[] = [];
  private readonly begun: Promise<TraceSession>;
  private begin!: (trace: TraceSession) => void;
  private ending: Promise<void> | undefined;
  private abandoned = false;

  /** @param exit called when there is nothing left to do. */
  constructor(private readonly exit: () => void) {
    super();
    this.begun = new Promise((resolve) => (this.begin = resolve));
    // A client that is gone, or does not speak the protocol.
    this.on('close', () => void this.abandon());
    this.on('error', () => void this.abandon());
  }

  /** Takes everything down without a word to the client. */
  async abandon(): Promise<void> {
    // What is written at the exit fails, too, where the client is gone, and that is told here again.
    if (this.abandoned) return;
    this.abandoned = true;
    if (!this.stays) await this.takeDown(this.launched);
    this.exit();
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.answer(request);
  }

  private async answer(request: DebugProtocol.Request): Promise<void> {
    const response: DebugProtocol.Response = {
      type: 'response',
      seq: 0,
      request_seq: request.seq,
      command: request.command,
      success: true,
    };
    try {
      const body = await this.verb(request.command)((request.arguments ?? {}) as never);
      this.sendResponse({ ...response, ...(body && { body }) });
    } catch (error) {
      const text = unlinkedText(messageOf(error));
      this.sendResponse({
        ...response,
        success: false,
        message: text,
        body: {
          error: {
            id: 1,
            format: '{_text}',
            variables: { _text: text },
            showUser: SHOWN.has(request.command),
          },
        },
      });
    }
    this.after(request.command);
  }

  /** What follows an answer. */
  private after(command: string): void {
    if (command === 'launch' || command === 'attach') {
      if (this.trace) this.send('initialized', {});
    } else if (command === 'disconnect' && !this.stays) {
      this.exit();
    }
  }

  private verb(command: string): Verb {
    const verb = (this.verbs as Readonly<Record<string, Verb>>)[command];
    if (verb && Object.hasOwn(this.verbs, command)) return verb;
    if (STOPPING.has(command))
      throw new RequestError(
        'Sourcetap never stops the program, so there is nothing to pause, step or continue.',
      );
    throw new RequestError(`Sourcetap does not serve the request "${command}".`);
  }

  private readonly verbs = {
    initialize: (args: DebugProtocol.InitializeRequestArguments): DebugProtocol.Capabilities => {
      this.client = args;
      this.positions = new Positions(args);
      return CAPABILITIES;
    },
    launch: async (args: LaunchArguments) => {
      this.launched = true;
      const terminal = this.client.supportsRunInTerminalRequest === true;
      const target = await launchTarget(
        args,
        terminal ? (kind, command) => this.runInTerminal(kind, command) : undefined,
      );
      this.openTrace(target, args);
      return undefined;
    },
    attach: (args: AttachArguments) => {
      this.openTrace(attachTarget(args), args);
      return undefined;
    },
    setBreakpoints: async (args: DebugProtocol.SetBreakpointsArguments) => {
      const { path } = args.source;
      const trace = await this.begun;
      const asked = args.breakpoints ?? [];
      if (path === undefined) throw new RequestError('The source has no path.');
      const wanted = asked.map((one) => wantedAt(this.lineIn(path, one), one));
      return { breakpoints: this.breakpointsOut(await trace.setBreakpoints(path, wanted)) };
    },
    setFunctionBreakpoints: async (args: DebugProtocol.SetFunctionBreakpointsArguments) => {
      const trace = await this.begun;
      const wanted = args.breakpoints.map(wantedFunction);
      return { breakpoints: this.breakpointsOut(await trace.setBreakpoints(FUNCTIONS, wanted)) };
    },
    // Clients send this whatever the capabilities say.
    setExceptionBreakpoints: () => ({ breakpoints: [] }),
    configurationDone: async () => {
      const trace = await this.begun;
      // Not every client waits for the answers to setBreakpoints.
      await trace.settled();
      trace.target.release();
      return undefined;
    },
    threads: async () => {
      const { target } = await this.begun;
      const threads = target.pid === 0 ? [] : threadsOf(target.pid);
      const shown = threads.length > 0 ? threads : [{ id: 1, name: basename(target.modules[0]!.path) }];
      return { threads: shown.map(({ id, name }) => ({ id, name: visibleText(name) })) };
    },
    evaluate: async (args: DebugProtocol.EvaluateArguments) => {
      const trace = await this.begun;
      const isWritten = args.context === 'repl';
      const answer = isWritten ? await trace.commands.run(args.expression) : undefined;
      if (answer !== undefined) return { result: answer, variablesReference: 0 };
      const expression = isWritten ? writtenExpression(args.expression) : args.expression.trim();
      const value = trace.evaluate(expression);
      if (!value)
        return isWritten
          ? withHelp(() => this.typeAlone(trace, expression, args))
          : this.typeAlone(trace, expression, args);
      const result = 'value' in value ? visibleText(value.value) : gapInWords(value.unavailable);
      return { result, type: visibleText(value.type), variablesReference: 0 };
    },
    completions: async ({ text, column }: DebugProtocol.CompletionsArguments) => {
      const trace = await this.begun;
      const offset = this.positions.column(column) - 1;
      const { targets, isArgument } = trace.commands.complete(text.slice(0, offset));
      if (isArgument) return { targets };
      try {
        const items = complete({ field: 'condition', text, offset }, trace.contexts(undefined));
        return { targets: [...targets, ...items.map(completionItem)] };
      } catch (error) {
        // After the end of the program there are its commands, and what has been read of it.
        if (error instanceof FileClosedError) return { targets };
        throw error;
      }
    },
    [COMPLETE_REQUEST]: async (args: CompleteArguments): Promise<CompleteResponseBody> => {
      const trace = await this.begun;
      if (typeof args.text !== 'string' || !Number.isSafeInteger(args.offset))
        throw new RequestError('"text" is what is being written, and "offset" where in it the cursor is.');
      return { items: complete(args, trace.contexts(this.lineOf(args))) };
    },
    [CHECK_REQUEST]: async (args: Draft) => {
      const trace = await this.begun;
      return check(this.lineOf(args), args, trace.limits, trace.planTarget);
    },
    loadedSources: async () => {
      const trace = await this.begun;
      const { found } = searchModules(trace.target.modules, ({ debug }) => debug?.lines.files());
      const files = found.flat().slice(0, MAX_SOURCES);
      const paths = [...new Set(files.map((file) => trace.sourceMap.toEditor(file)))];
      return { sources: paths.map((path) => ({ name: basename(path), path })) };
    },
    breakpointLocations: async (args: DebugProtocol.BreakpointLocationsArguments) => {
      const { path } = args.source;
      const range = this.rangeOf(args);
      const { target, sourceMap } = await this.begun;
      if (path === undefined) throw new RequestError('The source has no path.');
      const found = breakpointLocations(path, range, target.modules, sourceMap);
      return { breakpoints: found.map((place) => this.positions.out(place)) };
    },
    [LINES_REQUEST]: async ({ path, first, last }: LinesArguments): Promise<LinesResponseBody> => {
      const from = this.lineOf({ path, line: first });
      const to = this.lineOf({ path, line: last });
      const { survey, target, sourceMap } = await this.begun;
      const source = { survey, modules: target.modules, sourceMap };
      const lines = await probeableLines(path, from.line, to.line, source);
      return { lines: lines.map((one) => this.positions.out(one)) };
    },
    [CONFIGURE_REQUEST]: async (args: ConfigureArguments) => {
      const wrong = wrongNumbers({ ...args.limits, ...args.filter });
      if (wrong !== undefined) throw new RequestError(wrong);
      if (!(await (await this.begun).configure(args)))
        throw new RequestError(`There is no tracepoint ${args.breakpointId}.`);
      return undefined;
    },
    [PRESET_REQUEST]: async (args: Preset) => {
      const wrong = wrongNumbers({ ...args.limits, ...args.filter });
      if (wrong !== undefined) throw new RequestError(wrong);
      await (await this.begun).preset({ ...args, line: this.positions.line(args.line) });
      return undefined;
    },
    [RESET_REQUEST]: async ({ breakpointId }: ResetArguments) => {
      if (!(await this.begun).reset(breakpointId))
        throw new RequestError(`There is no tracepoint ${breakpointId}.`);
      return undefined;
    },
    [COUNT_REQUEST]: async (args: CountArguments) => {
      const { functionAt } = args;
      const at = functionAt && { ...functionAt, line: this.positions.line(functionAt.line) };
      const counting = await this.running().count({ ...args, ...(at && { functionAt: at }) });
      if ('refusal' in counting) throw new RequestError(counting.refusal);
      return counting;
    },
    [COUNT_STOP_REQUEST]: () => {
      this.running().stopCounting();
      return undefined;
    },
    ...hitVerbs(() => this.running().hits),
    // Requests are answered soon enough; what may be cancelled is what progress events tell of.
    cancel: ({ progressId }: DebugProtocol.CancelArguments) => {
      if (progressId !== undefined) this.trace?.cancelProgress(progressId);
      return undefined;
    },
    terminate: () => {
      void this.terminate({ exitCode: undefined, signal: undefined }, true);
      return undefined;
    },
    disconnect: async (args: DebugProtocol.DisconnectArguments & DisconnectExtension) => {
      await this.takeDown(this.launched && args.terminateDebuggee !== false);
      this.stays = args.keepHits === true && this.trace?.hits.areKept === true;
      return undefined;
    },
  };

  /** Of what no hit has a value of. @throws RequestError unless it is for a hover, which shows the type */
  private typeAlone(
    trace: TraceSession,
    expression: string,
    { context, source, line, column }: DebugProtocol.EvaluateArguments,
  ): DebugProtocol.EvaluateResponse['body'] {
    const where =
      source?.path !== undefined && line !== undefined
        ? this.lineOf({ path: source.path, line, ...(column !== undefined && { column }) })
        : undefined;
    const isWritten = context === 'repl';
    // After the end the program's files are closed.
    const [place] = isWritten && trace.hasEnded ? [] : trace.contexts(where);
    const type = place && typeNameAt(expression, place);
    const advice = `No hit so far has a value of ${expression}: name it in a log message, {${expression}}.`;
    const shown = `Shown are the values of the last hit${isWritten ? '; help lists the commands' : ''}.`;
    if (type === undefined) throw new RequestError(`${advice} ${shown}`);
    if (context !== 'hover') throw new RequestError(`${advice} Its type is ${type}.`);
    return { result: `(${type}) not captured`, type, variablesReference: 0 };
  }

  /** @throws RequestError */
  private lineOf({ path, line, column }: Pick<Draft, 'path' | 'line' | 'column'>): LineWhere {
    const wrong = wrongPosition({ line, column: column ?? FIRST });
    if (wrong !== undefined) throw new RequestError(wrong);
    if (typeof path !== 'string') throw new RequestError('"path" is no path of a source file.');
    return this.lineIn(path, { line, ...(column !== undefined && { column }) });
  }

  private lineIn(file: string, { line, column }: { line: number; column?: number }): LineWhere {
    const { positions } = this;
    return {
      kind: 'line',
      file,
      line: positions.line(line),
      ...(column !== undefined && { column: positions.column(column) }),
    };
  }

  private running(): TraceSession {
    if (!this.trace) throw new RequestError('There is no target yet: launch or attach first.');
    return this.trace;
  }

  private openTrace(target: Target, args: CommonArguments): void {
    const trace = new TraceSession({
      target,
      sourceFileMap: args.sourceFileMap ?? {},
      limits: { ...DEFAULT_LIMITS, ...args.limits },
      ringBytes: args.ringBytes,
      presets: args.presets,
      placeInText: this.client.clientID !== 'vscode',
      tellProgress: this.client.supportsProgressReporting === true,
      send: (event, body) => {
        this.send(
          event,
          event === 'breakpoint' ? this.breakpointOut(body as DebugProtocol.BreakpointEvent['body']) : body,
        );
      },
      ready: () => process.stdout.writableLength < MAX_UNSENT,
    });
    this.trace = trace;
    if ('stdout' in target) this.pumpOutputs(target as Target & Outputs);
    void target.ended.then(async (end) => this.terminate(await lastOutput(this.outputs, end), false));
    this.begin(trace);
  }

  private pumpOutputs({ stdout, stderr }: Outputs): void {
    if (stdout) this.outputs.push(this.trace!.pump(stdout, 'stdout'));
    if (stderr) this.outputs.push(this.trace!.pump(stderr, 'stderr'));
  }

  /** The target has ended, or is to: the last counts go out first. */
  private async terminate({ exitCode }: TargetEnd, end: boolean): Promise<void> {
    await this.takeDown(end && this.launched);
    if (this.terminated) return;
    this.terminated = true;
    if (exitCode !== undefined) this.send('exited', { exitCode });
    this.send('terminated', {});
  }

  private async takeDown(endTarget: boolean): Promise<void> {
    if (!this.trace) return;
    const { trace } = this;
    this.ending ??= trace.finish();
    await this.ending;
    if (endTarget) await trace.target.end();
    trace.target.dispose();
  }

  private runInTerminal(kind: 'integrated' | 'external', command: TerminalCommand): Promise<void> {
    const args = { kind, title: 'Sourcetap', cwd: command.cwd, args: [...command.args], env: command.env };
    return new Promise((resolve, reject) => {
      this.sendRequest('runInTerminal', args, TERMINAL_MS, (response) => {
        if (response.success) resolve();
        else
          reject(
            new RequestError(
              `The terminal did not start the program: ${response.message ?? 'no reason given'}.`,
            ),
          );
      });
    });
  }

  private send(event: string, body: object): void {
    this.sendEvent({ type: 'event', seq: 0, event, body });
  }

  private rangeOf(args: DebugProtocol.BreakpointLocationsArguments): SourceRange {
    const { positions } = this;
    const { line, column, endLine = line, endColumn } = args;
    const wrong = wrongPosition({ line, column: column ?? FIRST, endLine, endColumn: endColumn ?? FIRST });
    if (wrong !== undefined) throw new RequestError(wrong);
    if (endLine < line) throw new RequestError(`endLine ${endLine} comes before line ${line}.`);
    return {
      first: { line: positions.line(line), column: column === undefined ? 1 : positions.column(column) },
      last: {
        line: positions.line(endLine),
        column: endColumn === undefined ? Infinity : positions.column(endColumn),
      },
    };
  }

  private breakpointsOut(breakpoints: readonly DebugProtocol.Breakpoint[]): DebugProtocol.Breakpoint[] {
    return breakpoints.map((one) => this.positions.out(one));
  }

  private breakpointOut(body: DebugProtocol.BreakpointEvent['body']): DebugProtocol.BreakpointEvent['body'] {
    return { ...body, breakpoint: this.positions.out(body.breakpoint) };
  }
}

type Outputs = Pick<LaunchedTarget, 'stdout' | 'stderr'>;

function wantedAt(
  where: Where,
  {
    line = FIRST,
    column = FIRST,
    condition,
    hitCondition,
    logMessage,
  }: Partial<DebugProtocol.SourceBreakpoint>,
): WantedBreakpoint {
  return { where, logMessage, condition, hitCondition, refusal: wrongPosition({ line, column }) };
}

function wantedFunction(asked: DebugProtocol.FunctionBreakpoint): WantedBreakpoint {
  const where = asked.name.startsWith('*') ? parseWhere(asked.name) : undefined;
  const wanted = wantedAt(where ?? { kind: 'function', name: asked.name }, asked);
  return asked.name.startsWith('*') && !where
    ? { ...wanted, refusal: `${asked.name} is no address: write *0x and hexadecimal digits.` }
    : wanted;
}

/** What is wrong with the lines and columns of a request, in words. */
function wrongPosition(numbers: Readonly<Record<string, number>>): string | undefined {
  const wrong = Object.entries(numbers).find(([, value]) => !Number.isSafeInteger(value) || value < 0);
  return wrong && `${wrong[0]} is no whole number: ${JSON.stringify(wrong[1])}.`;
}

/** What means nothing may be a command that is written wrong. */
function withHelp<T>(answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new RequestError(`${messageOf(error)} For the commands write help.`);
  }
}

/** In place of a line or column that is not given: any good one. */
const FIRST = 1;

const messageOf = (error: unknown): string =>
  error instanceof RequestError || error instanceof ConfigurationError
    ? visibleLines(error.message)
    : errorMessage(error);

const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsCompletionsRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsBreakpointLocationsRequest: true,
  supportsTerminateRequest: true,
  supportsCancelRequest: true,
};

/** Failures that the user sees in a window of their own. */
const SHOWN: ReadonlySet<string> = new Set(['launch', 'attach']);
const STOPPING: ReadonlySet<string> = new Set([
  'pause',
  'continue',
  'next',
  'stepIn',
  'stepOut',
  'stepBack',
  'reverseContinue',
  'goto',
  'restartFrame',
  'stackTrace',
  'scopes',
  'variables',
  'setVariable',
  'setExpression',
]);
/** Bytes on their way to the client before records have to wait. */
const MAX_UNSENT = 4 << 20;
const MAX_SOURCES = 10_000;
const TERMINAL_MS = 30_000;
