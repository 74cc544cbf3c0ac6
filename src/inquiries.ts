/** Questions about lines: what could be written there, what is wrong with it, where probes may go. */
import type * as vscode from 'vscode';
import { HAS_SOURCE_REQUEST, type HasSourceArguments, type HasSourceResponseBody } from '../adapter/protocol';
import type { Inspector, LineQuestion } from './inspector';
import type { Sessions } from './sessions';

/** Who knows the file is asked: a session before what is known without one. */
export class Inquiries {
  /** What a session has debug information of it keeps. */
  readonly #known = new WeakMap<vscode.DebugSession, Set<string>>();

  constructor(
    private readonly sessions: Sessions,
    private readonly inspector: Inspector,
  ) {}

  /** Undefined where the adapter refuses: for what can be done without. */
  async ask<Body>(request: string, args: LineQuestion): Promise<Body | undefined> {
    const running = this.#running;
    let session = await this.#sessionWith(args.path);
    if (!session && !(await this.inspector.has(args.path))) session = running[0];
    const asked = session ? session.customRequest(request, args) : this.inspector.ask(request, args);
    return asked.then(undefined, () => undefined);
  }

  /** Is anything known of the lines of a file? */
  async know(path: string): Promise<boolean> {
    return (await this.#sessionWith(path)) !== undefined || this.inspector.has(path);
  }

  async #sessionWith(path: string): Promise<vscode.DebugSession | undefined> {
    for (const session of this.#running) if (await this.#has(session, path)) return session;
    return undefined;
  }

  async #has(session: vscode.DebugSession, path: string): Promise<boolean> {
    const known = this.#known.get(session) ?? new Set();
    this.#known.set(session, known);
    if (!known.has(path) && (await hasSource(session, path))) known.add(path);
    return known.has(path);
  }

  get #running(): readonly vscode.DebugSession[] {
    const { current, running } = this.sessions;
    return [...new Set([...(current ? [current] : []), ...running])];
  }
}

async function hasSource(session: vscode.DebugSession, path: string): Promise<boolean> {
  try {
    const args: HasSourceArguments = { path };
    return ((await session.customRequest(HAS_SOURCE_REQUEST, args)) as HasSourceResponseBody).hasSource;
  } catch {
    return false; // it has ended
  }
}
