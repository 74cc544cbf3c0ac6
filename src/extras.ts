/** What tracepoints are beyond VS Code's breakpoints: kept in the workspace's state by the breakpoints' ids, told to the adapters as presets. */
import * as vscode from 'vscode';
import { PRESET_REQUEST, type Preset } from '../adapter/protocol';
import { isOnSource, onSource } from './breakpoints';
import type { Extras } from './model/draft';
import type { Sessions } from './sessions';

const KEY = 'sourcetap.tracepoints';

export class ExtrasStore implements vscode.Disposable {
  readonly #byId: Map<string, Extras>;
  readonly #listener: vscode.Disposable;

  constructor(
    private readonly state: vscode.Memento,
    private readonly sessions: Sessions,
  ) {
    this.#byId = new Map(Object.entries(state.get<Record<string, Extras>>(KEY, {})));
    this.#listener = vscode.debug.onDidChangeBreakpoints(({ removed }) => {
      for (const breakpoint of removed.filter(isOnSource))
        if (this.#byId.delete(breakpoint.id)) void this.#set(breakpoint, {}, true);
    });
  }

  of(breakpoint: vscode.Breakpoint): Extras {
    return this.#byId.get(breakpoint.id) ?? {};
  }

  /**
   * Of a breakpoint that is about to be added in place of another. Resolves when the adapters know, so that no hit comes in
   * between.
   */
  async replace(
    before: vscode.SourceBreakpoint | undefined,
    after: vscode.SourceBreakpoint,
    extras: Extras,
  ): Promise<void> {
    if (before) this.#byId.delete(before.id);
    await this.#set(after, extras, before !== undefined);
  }

  async #set(breakpoint: vscode.SourceBreakpoint, extras: Extras, wasSet: boolean): Promise<void> {
    const isNone = Object.keys(extras).length === 0;
    if (isNone && !wasSet) return;
    if (!isNone) this.#byId.set(breakpoint.id, extras);
    await this.state.update(KEY, Object.fromEntries(this.#byId));
    await this.sessions.tellAll(PRESET_REQUEST, presetOf(breakpoint, extras));
  }

  /** For a session that is about to start. */
  presets(): Preset[] {
    return onSource()
      .filter(({ id }) => this.#byId.has(id))
      .map((breakpoint) => presetOf(breakpoint, this.of(breakpoint)));
  }

  dispose(): void {
    this.#listener.dispose();
  }
}

const presetOf = ({ location: { uri, range } }: vscode.SourceBreakpoint, extras: Extras): Preset => ({
  path: uri.fsPath,
  line: range.start.line + 1,
  ...extras,
});
