/**
 * The Debug Adapter Protocol (https://microsoft.github.io/debug-adapter-protocol/specification): requests go to their verbs; those of the life of
 * a session are here.
 */
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { ProtocolServer } from '@vscode/debugadapter/lib/protocol';
import type { LaunchedTarget } from '../engine/launchedTarget';
import type { Target, TargetEnd } from '../engine/target';
import type { TerminalCommand } from '../engine/terminalTarget';
import { threadsOf } from '../engine/threads';
import { unlinkedText, visibleText } from '../inertText';
import { programOverwritten } from '../messages';
import {
  INSPECT_REQUEST,
  type AttachArguments,
  type CommonArguments,
  type DisconnectExtension,
  type InspectArguments,
  type LaunchArguments,
} from '../protocol';
import { breakpointVerbs } from './breakpointVerbs';
import type { Conversation } from './conversation';
import { hitVerbs } from './hitRequests';
import type { Informant } from './informant';
import { inquiryVerbs } from './inquiryVerbs';
import { Inspection } from './inspection';
import { attachTarget, DEFAULT_LIMITS, launchTarget } from './openTarget';
import { Positions } from './positions';
import { lastOutput, pump } from './programOutput';
import { ProtocolTrace } from './protocolTrace';
import { refusalMessage, RequestError } from './requestError';
import { TraceSession } from './traceSession';

type Verb = (args: never) => object | undefined | Promise<object | undefined>;

export class DebugAdapter extends ProtocolServer implements Conversation {
  private client: Partial<DebugProtocol.InitializeRequestArguments> = {};
  positions = new Positions({});
  private trace: TraceSession | undefined;
  private launched = false;
  private terminated = false;
  /** Disconnected, and there to be asked for hits. */
  private stays = false;
  private outputs: Promise<void>[] = [];
  /** Programs to be looked at before there is a target. */
  private inspection: Inspection | undefined;
  readonly begun: Promise<TraceSession>;
  private begin!: (trace: TraceSession) => void;
  private ending: Promise<void> | undefined;
  private abandoned = false;
  private readonly traffic = new ProtocolTrace((event) => {
    super.sendEvent(event);
  });

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

  override handleMessage(message: DebugProtocol.ProtocolMessage): void {
    this.traffic.received(message);
    super.handleMessage(message);
  }

  override sendEvent(event: DebugProtocol.Event): void {
    super.sendEvent(event);
    this.traffic.sent(event);
  }

  override sendResponse(response: DebugProtocol.Response): void {
    super.sendResponse(response);
    this.traffic.sent(response);
  }

  override sendRequest(...request: Parameters<ProtocolServer['sendRequest']>): void {
    super.sendRequest(...request);
    const sent: Pick<DebugProtocol.Request, 'command' | 'arguments'> = {
      command: request[0],
      arguments: request[1] as unknown,
    };
    this.traffic.sent({ type: 'request', seq: 0, ...sent });
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
      const text = unlinkedText(refusalMessage(error));
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
    [INSPECT_REQUEST]: ({ programs }: InspectArguments) => {
      (this.inspection ??= new Inspection()).inspect(programs);
      return undefined;
    },
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
    ...breakpointVerbs(this),
    ...inquiryVerbs(this),
    ...hitVerbs(() => this.running.hits),
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
      // Who takes leave is not told of the end.
      this.terminated = true;
      await this.takeDown(this.launched && args.terminateDebuggee !== false);
      this.stays = args.keepHits === true && this.trace?.hits.areKept === true;
      return undefined;
    },
  };

  get running(): TraceSession {
    if (!this.trace) throw new RequestError('There is no target yet: launch or attach first.');
    return this.trace;
  }

  get informant(): Informant | Promise<Informant> {
    return this.trace ?? this.inspection ?? this.begun;
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
    this.inspection?.close();
    if ('stdout' in target) this.pumpOutputs(target as Target & Outputs);
    void target.ended.then(async (end) => {
      const { overwritten } = end;
      if (overwritten !== undefined)
        this.send('output', { category: 'important', output: `${programOverwritten(overwritten)}\n` });
      await this.terminate(await lastOutput(this.outputs, end), false);
    });
    this.begin(trace);
  }

  private pumpOutputs({ stdout, stderr }: Outputs): void {
    const send = (event: string, body: object): void => {
      this.send(event, body);
    };
    if (stdout) this.outputs.push(pump(stdout, 'stdout', send));
    if (stderr) this.outputs.push(pump(stderr, 'stderr', send));
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

  private breakpointOut(body: DebugProtocol.BreakpointEvent['body']): DebugProtocol.BreakpointEvent['body'] {
    return { ...body, breakpoint: this.positions.out(body.breakpoint) };
  }
}

type Outputs = Pick<LaunchedTarget, 'stdout' | 'stderr'>;

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
const TERMINAL_MS = 30_000;
