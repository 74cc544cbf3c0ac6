/** Which tracepoint of which session a breakpoint is. */
import * as vscode from 'vscode';
import { tracepoints } from './breakpoints';
import type { Sessions } from './sessions';

/** A tracepoint of a session. */
export interface TracepointRef {
  readonly session: string;
  readonly id: number;
}

export class TracepointIds implements vscode.Disposable {
  /** By the breakpoint's id. */
  #refs = new Map<string, readonly TracepointRef[]>();
  /** By session and tracepoint. */
  #breakpoints = new Map<string, vscode.Breakpoint>();
  #looking: Promise<void> | undefined;
  #again = false;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #listeners: vscode.Disposable[];

  constructor(private readonly sessions: Sessions) {
    const look = (): void => {
      this.look();
    };
    this.#listeners = [vscode.debug.onDidChangeBreakpoints(look), sessions.onDidChange(look)];
  }

  of(breakpoint: vscode.Breakpoint): readonly TracepointRef[] {
    return this.#refs.get(breakpoint.id) ?? [];
  }

  /** The breakpoint that a tracepoint is. */
  breakpoint(session: string, id: number): vscode.Breakpoint | undefined {
    return this.#breakpoints.get(key({ session, id }));
  }

  /** Resolves when what is being asked is answered. */
  async looked(): Promise<void> {
    await this.#looking;
  }

  /** Asks anew: once at a time, and once more where something has changed meanwhile. */
  look(): void {
    this.#again = true;
    this.#looking ??= this.#lookUntilDone().finally(() => (this.#looking = undefined));
  }

  async #lookUntilDone(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const found = await Promise.all(tracepoints().map((one) => this.#refsOf(one)));
      this.#refs = new Map(found.map(({ breakpoint, refs }) => [breakpoint.id, refs]));
      this.#breakpoints = new Map(
        found.flatMap(({ breakpoint, refs }) => refs.map((ref) => [key(ref), breakpoint] as const)),
      );
      this.#changed.fire();
    }
  }

  async #refsOf(
    breakpoint: vscode.Breakpoint,
  ): Promise<{ breakpoint: vscode.Breakpoint; refs: TracepointRef[] }> {
    const live = await Promise.all(
      this.sessions.running.map(async (session): Promise<TracepointRef[]> => {
        const known = (await session.getDebugProtocolBreakpoint(breakpoint)) as { id?: number } | undefined;
        return known?.id === undefined ? [] : [{ session: session.id, id: known.id }];
      }),
    );
    // What is left of sessions that have ended, also of those that ended while they were asked.
    const isRunning = new Set(this.sessions.running.map(({ id }) => id));
    const found = live.flat().filter(({ session }) => isRunning.has(session));
    const ended = this.of(breakpoint).filter(({ session }) => !isRunning.has(session));
    return { breakpoint, refs: [...ended, ...found] };
  }

  dispose(): void {
    for (const one of [this.#changed, ...this.#listeners]) one.dispose();
  }
}

const key = ({ session, id }: TracepointRef): string => `${session}\0${id}`;
