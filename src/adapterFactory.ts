/** Starts the debug adapter: dist/adapter.js on stdio, by the Node that runs this extension. */
import * as vscode from 'vscode';
import { join } from 'node:path';
import type { Preset } from '../adapter/protocol';
import { AdapterProcess, type Held } from './adapterProcess';
import { nodeCommand, type CommandLine, type Privilege } from './model/privilege';
import { privilege } from './privilegeSetting';
import type { SourceEdits } from './sourceEdits';
import { SESSION_TYPE } from './sessions';

/** An event of our own, `sourcetap/*`. */
export interface Told {
  readonly session: vscode.DebugSession;
  readonly event: string;
  readonly body: unknown;
}

/** What runs an adapter under a privilege. */
export const adapterCommand = (extensionPath: string, under: Privilege): CommandLine =>
  nodeCommand(under, process.execPath, [
    `--max-semi-space-size=${MAX_SEMI_SPACE}`,
    join(extensionPath, 'dist', 'adapter.js'),
  ]);

export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory, vscode.Disposable {
  /** By the session's id. */
  readonly #adapters = new Map<string, AdapterProcess>();
  /** Those of the sessions that VS Code has, until it has told all that they said. */
  readonly #ofSessions = new Map<string, AdapterProcess>();
  readonly #told = new vscode.EventEmitter<Told>();
  /** In their order among what VS Code tells of the session. */
  readonly onDidTell = this.#told.event;
  readonly #listeners = [
    vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body: held }) => {
      if (session.type !== SESSION_TYPE) return;
      const body = this.#ofSessions.get(session.id)?.takeBody(held as Held);
      if (body !== undefined) this.#told.fire({ session, event, body });
    }),
    vscode.debug.onDidTerminateDebugSession(({ id }) => this.#ofSessions.delete(id)),
  ];

  /** @param presets of the tracepoints as they are now */
  constructor(
    private readonly extensionPath: string,
    private readonly presets: () => Preset[],
    private readonly edits: SourceEdits,
  ) {}

  createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const { command, args } = adapterCommand(this.extensionPath, privilege());
    const adapter = new AdapterProcess(command, args, this.presets, this.edits.begin(session.id));
    this.#adapters.get(session.id)?.end(); // of the run before a restart, which is the same session
    this.#adapters.set(session.id, adapter);
    this.#ofSessions.set(session.id, adapter);
    adapter.onDidExit(() => {
      if (this.find(session.id) === adapter) this.#adapters.delete(session.id);
    });
    return new vscode.DebugAdapterInlineImplementation(adapter);
  }

  /** The adapter of a session, also of one that has ended, as long as it remembers hits. */
  find(session: string): AdapterProcess | undefined {
    return this.#adapters.get(session);
  }

  /** Those of sessions that have ended go, with the hits that they remember. */
  forgetEnded(): void {
    for (const adapter of this.#adapters.values()) if (adapter.released) adapter.end();
  }

  dispose(): void {
    for (const one of [this.#told, ...this.#listeners]) one.dispose();
    for (const adapter of this.#adapters.values()) adapter.end();
  }
}

/**
 * MiB. Hits leave nothing but garbage, and V8 lets the space for new objects grow to several times 32 MiB for that; the adapter
 * shares a machine with what it looks at.
 */
const MAX_SEMI_SPACE = 8;
