/**
 * What tracepoints are beyond VS Code's breakpoints: kept in the workspace's state by the breakpoints' ids, and, but for the marks,
 * told to the adapters as presets.
 */
import * as vscode from 'vscode';
import { PRESET_REQUEST, type Preset } from '../adapter/protocol';
import { isOnSource, onSource } from './breakpoints';
import type { Extras } from './model/draft';
import { groupNames, withMark, type Mark } from './model/mark';
import type { Sessions } from './sessions';

const KEY = 'sourcetap.tracepoints';

export class ExtrasStore implements vscode.Disposable {
  readonly #byId: Map<string, Extras>;
  readonly #listener: vscode.Disposable;
  readonly #marked = new vscode.EventEmitter<void>();
  /** Other groups or colours. */
  readonly onDidMark = this.#marked.event;

  constructor(
    private readonly state: vscode.Memento,
    private readonly sessions: Sessions,
  ) {
    this.#byId = new Map(Object.entries(state.get<Record<string, Extras>>(KEY, {})));
    this.#listener = vscode.debug.onDidChangeBreakpoints(({ removed }) => {
      for (const breakpoint of removed)
        if (this.#byId.delete(breakpoint.id)) void this.#set(breakpoint, {}, true);
    });
  }

  of(breakpoint: vscode.Breakpoint): Extras {
    return this.#byId.get(breakpoint.id) ?? {};
  }

  /** Of all tracepoints, by their names. */
  groups(): string[] {
    return groupNames(vscode.debug.breakpoints.map((one) => this.of(one)));
  }

  /** @param change undefined takes a part away */
  async mark(
    breakpoints: readonly vscode.Breakpoint[],
    change: { [Part in keyof Mark]: Mark[Part] | undefined },
  ): Promise<void> {
    for (const breakpoint of breakpoints) this.#keep(breakpoint, withMark(this.of(breakpoint), change));
    this.#marked.fire();
    await this.#save();
  }

  /**
   * Of a breakpoint that is about to be added in place of another. Resolves when the adapters know, so that no hit comes in
   * between.
   */
  async replace(
    before: vscode.Breakpoint | undefined,
    after: vscode.Breakpoint,
    extras: Extras,
  ): Promise<void> {
    const had = before !== undefined && this.#byId.has(before.id);
    await this.#set(after, extras, had);
    // Not before: meanwhile it is still there, in its group.
    if (had && this.#byId.delete(before.id)) await this.#save();
  }

  /** Of one that was told of in `replace`, and is not added. */
  forget(after: vscode.Breakpoint): Promise<void> {
    return this.#set(after, {}, true);
  }

  async #set(breakpoint: vscode.Breakpoint, extras: Extras, wasSet: boolean): Promise<void> {
    if (Object.keys(extras).length === 0 && !wasSet) return;
    this.#keep(breakpoint, extras);
    await this.#save();
    if (isOnSource(breakpoint)) await this.sessions.tellAll(PRESET_REQUEST, presetOf(breakpoint, extras));
  }

  #keep({ id }: vscode.Breakpoint, extras: Extras): void {
    if (Object.keys(extras).length === 0) this.#byId.delete(id);
    else this.#byId.set(id, extras);
  }

  async #save(): Promise<void> {
    await this.state.update(KEY, Object.fromEntries(this.#byId));
  }

  /** For a session that is about to start. */
  presets(): Preset[] {
    return onSource()
      .filter(({ id }) => this.#byId.has(id))
      .map((breakpoint) => presetOf(breakpoint, this.of(breakpoint)));
  }

  dispose(): void {
    this.#marked.dispose();
    this.#listener.dispose();
  }
}

const presetOf = (
  { location: { uri, range } }: vscode.SourceBreakpoint,
  { mode, limits, filter }: Extras,
): Preset => ({
  path: uri.fsPath,
  line: range.start.line + 1,
  ...(mode !== undefined && { mode }),
  ...(limits !== undefined && { limits }),
  ...(filter !== undefined && { filter }),
});
