/** The sessions of Sourcetap that run now. */
import * as vscode from 'vscode';

export const SESSION_TYPE = 'sourcetap';

export class Sessions implements vscode.Disposable {
  /** The most recently started last. */
  readonly #running = new Map<string, vscode.DebugSession>();
  /** Of those that have ended, too: their results stay. */
  readonly #names = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #listeners = [
    vscode.debug.onDidStartDebugSession((session) => {
      if (session.type !== SESSION_TYPE) return;
      this.#running.set(session.id, session);
      this.#names.set(session.id, session.name);
      this.#changed.fire();
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      if (this.#running.delete(session.id)) this.#changed.fire();
    }),
  ];

  get running(): readonly vscode.DebugSession[] {
    return [...this.#running.values()];
  }

  nameOf(session: string): string {
    return this.#names.get(session) ?? session;
  }

  /** The one that is chosen in the window, if it is ours, otherwise the latest. */
  get current(): vscode.DebugSession | undefined {
    const active = vscode.debug.activeDebugSession;
    return active && this.#running.has(active.id) ? active : this.running.at(-1);
  }

  /** Resolves when all of them know; one that refuses has ended. */
  async tellAll(request: string, args: object): Promise<void> {
    await Promise.allSettled(this.running.map((session) => session.customRequest(request, args)));
  }

  dispose(): void {
    for (const one of [this.#changed, ...this.#listeners]) one.dispose();
  }
}
