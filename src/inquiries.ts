/** Questions about lines: what could be written there, what is wrong with it, where probes may go. */
import type * as vscode from 'vscode';
import { HAS_SOURCE_REQUEST, type HasSourceArguments, type HasSourceResponseBody } from '../adapter/protocol';
import type { Inspector, LineAnswer, LineQuestion } from './inspector';
import type { Sessions } from './sessions';

/** The sessions are asked first, and then what is known without one. */
export class Inquiries {
  constructor(
    private readonly sessions: Sessions,
    private readonly inspector: Inspector,
  ) {}

  /** Undefined where the adapter refuses: for what can be done without. */
  async ask<Body>(request: string, args: LineQuestion): Promise<Body | undefined> {
    let first: LineAnswer | undefined;
    for (const session of this.#running) {
      const answer = await answerOf(session, request, args);
      if (answer.isKnown) return answer.body as Body;
      first ??= answer;
    }
    const { isKnown, body } = await this.inspector.answer(request, args);
    return (isKnown ? body : (first?.body ?? body)) as Body;
  }

  /** Is anything known of the lines of a file? */
  async know(path: string): Promise<boolean> {
    for (const session of this.#running) if (await hasSource(session, path)) return true;
    return this.inspector.has(path);
  }

  get #running(): Iterable<vscode.DebugSession> {
    const { current, running } = this.sessions;
    return new Set([...(current ? [current] : []), ...running]);
  }
}

async function answerOf(
  session: vscode.DebugSession,
  request: string,
  args: LineQuestion,
): Promise<LineAnswer> {
  const asked: Thenable<unknown> = session.customRequest(request, args).then(undefined, () => undefined);
  const [body, isKnown] = await Promise.all([asked, hasSource(session, args.path)]);
  return { isKnown, body };
}

async function hasSource(session: vscode.DebugSession, path: string): Promise<boolean> {
  try {
    const args: HasSourceArguments = { path };
    return ((await session.customRequest(HAS_SOURCE_REQUEST, args)) as HasSourceResponseBody).hasSource;
  } catch {
    return false; // it has ended
  }
}
