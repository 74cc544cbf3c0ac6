/** A Sourcetap session in this window: everything its adapter said, and the tracepoints by the updates that the API delivered. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { UPDATE_EVENT, type TracepointView, type UpdateBody } from '../../../adapter/protocol';
import type { Exports } from '../../../src/extension';
import { until } from './until';
import { FOLDER } from './workspace';

type Configuration = Record<string, unknown> & { request: 'launch' | 'attach' };

export class Tracing {
  readonly messages: DebugProtocol.ProtocolMessage[] = [];
  readonly views = new Map<number, TracepointView>();
  readonly #listeners: vscode.Disposable[];
  #session: vscode.DebugSession | undefined;
  #ended = false;

  private constructor(extension: Exports) {
    this.#listeners = [
      vscode.debug.registerDebugAdapterTrackerFactory('sourcetap', {
        createDebugAdapterTracker: () => ({
          onDidSendMessage: (message: DebugProtocol.ProtocolMessage) => {
            this.messages.push(message);
          },
        }),
      }),
      vscode.debug.onDidStartDebugSession((session) => {
        this.#session = session;
      }),
      vscode.debug.onDidTerminateDebugSession(({ id }) => {
        if (id === this.#session?.id) this.#ended = true;
      }),
      extension.onDidTell(({ event, body }) => {
        if (event === UPDATE_EVENT) this.#update(body as UpdateBody);
      }),
    ];
  }

  /** As F5 does. A run that is refused gives a tracing that never started. */
  static async start(configuration: Configuration): Promise<Tracing> {
    const extension = vscode.extensions.getExtension<Exports>('sourcetap.sourcetap')!;
    const tracing = new Tracing(await extension.activate());
    const full = { type: 'sourcetap', name: 'test', ...configuration };
    const started = await vscode.debug.startDebugging(FOLDER, full);
    if (started) await until('the session', () => tracing.#session);
    return tracing;
  }

  get started(): boolean {
    return this.#session !== undefined;
  }

  /** As it was resolved. */
  get configuration(): vscode.DebugConfiguration {
    return this.#session!.configuration;
  }

  get ended(): boolean {
    return this.#ended;
  }

  events(name: string): DebugProtocol.Event[] {
    return this.messages.filter(
      (message): message is DebugProtocol.Event =>
        message.type === 'event' && (message as DebugProtocol.Event).event === name,
    );
  }

  /** What the adapter answered for a breakpoint, once it did and the answer fits. */
  answer(
    breakpoint: vscode.Breakpoint,
    fits: (answer: DebugProtocol.Breakpoint) => boolean = () => true,
  ): Promise<DebugProtocol.Breakpoint> {
    const read = async (): Promise<DebugProtocol.Breakpoint | undefined> =>
      (await this.#session!.getDebugProtocolBreakpoint(breakpoint)) as DebugProtocol.Breakpoint | undefined;
    return until(
      'the answer for a breakpoint',
      read,
      (found) => found !== undefined && fits(found),
    ) as Promise<DebugProtocol.Breakpoint>;
  }

  /** The tracepoint of a breakpoint, once its updates show more hits than `hits`. */
  async hit(breakpoint: vscode.Breakpoint, hits = 0): Promise<TracepointView> {
    const { id } = await this.answer(breakpoint, (answer) => answer.verified);
    const view = await until(
      `more than ${hits} hits`,
      () => this.views.get(id!),
      (found) => found !== undefined && found.counts.hits > hits && found.values.length > 0,
    );
    return view!;
  }

  async stop(): Promise<void> {
    if (!this.#session || this.#ended) return;
    await vscode.debug.stopDebugging(this.#session);
    await until('the end of the session', () => this.#ended);
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }

  #update({ tracepoints, removed }: UpdateBody): void {
    for (const view of tracepoints) this.views.set(view.id, view);
    for (const id of removed) this.views.delete(id);
  }
}
