/** Starts the debug adapter: dist/adapter.js on stdio, by the Node that runs this extension. */
import * as vscode from 'vscode';
import { join } from 'node:path';
import { AdapterProcess, type Held } from './adapterProcess';
import { nodeCommand } from './model/privilege';
import { privilege } from './privilegeSetting';
import { SESSION_TYPE } from './sessions';

/** An event of our own, `sourcetap/*`. */
export interface Told {
  readonly session: vscode.DebugSession;
  readonly event: string;
  readonly body: unknown;
}

export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory, vscode.Disposable {
  /** By the session's id. */
  readonly #adapters = new Map<string, AdapterProcess>();
  readonly #told = new vscode.EventEmitter<Told>();
  /** In their order among what VS Code tells of the session. */
  readonly onDidTell = this.#told.event;
  readonly #listener = vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
    if (session.type !== SESSION_TYPE) return;
    const held = this.find(session.id)?.takeBody(body as Held);
    if (held !== undefined) this.#told.fire({ session, event, body: held });
  });

  constructor(private readonly extensionPath: string) {}

  createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
    const { command, args } = nodeCommand(privilege(), process.execPath, [
      `--max-semi-space-size=${MAX_SEMI_SPACE}`,
      join(this.extensionPath, 'dist', 'adapter.js'),
    ]);
    const adapter = new AdapterProcess(command, args);
    this.#adapters.set(session.id, adapter);
    adapter.onDidExit(() => this.#adapters.delete(session.id));
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
    this.#listener.dispose();
    this.#told.dispose();
    for (const adapter of this.#adapters.values()) adapter.end();
  }
}

/**
 * MiB. Hits leave nothing but garbage, and V8 lets the space for new objects grow to several times 32 MiB for that; the adapter
 * shares a machine with what it looks at.
 */
const MAX_SEMI_SPACE = 8;
