/**
 * What is known about every line with a tracepoint: reduces the adapter's updates, and the ends of sessions, to one
 * state for each line of each file. No clock, no editor.
 */
import type {
  Counts,
  NamedValueView,
  TracepointState,
  TracepointView,
  UpdateBody,
} from '../../adapter/protocol';
import { lineAfter, type TextEdit } from './textEdit';

export interface LineState {
  /** From 1, where the line is in the editor now: edits since the update have moved it. */
  line: number;
  state: TracepointState;
  counts: Counts;
  rate: number;
  values: readonly NamedValueView[];
  message?: string;
  sites: TracepointView['sites'];
}

interface Tracked {
  session: string;
  view: TracepointView;
  /** Undefined when an edit has deleted the line. */
  line: number | undefined;
}

export class LineBoard {
  /** Session and tracepoint id -> tracepoint; the most recently updated last. */
  readonly #tracked = new Map<string, Tracked>();

  /** A new run: what earlier ones left behind goes. */
  started(): void {
    this.#drop(({ view }) => view.state === 'ended');
  }

  update(session: string, body: UpdateBody): void {
    for (const id of body.removed) this.#tracked.delete(key(session, id));
    for (const view of body.tracepoints) {
      const at = key(session, view.id);
      const before = this.#tracked.get(at);
      const line = before && before.view.line === view.line ? before.line : view.line;
      this.#tracked.delete(at);
      this.#tracked.set(at, { session, view, line });
    }
  }

  ended(session: string): void {
    for (const tracked of this.#tracked.values()) {
      if (tracked.session === session) tracked.view = { ...tracked.view, state: 'ended', rate: 0 };
    }
  }

  /** Forgets what ended sessions left on one line. */
  forget(path: string, line: number): void {
    this.#drop(
      (tracked) => tracked.view.state === 'ended' && tracked.view.path === path && tracked.line === line,
    );
  }

  clear(): void {
    this.#tracked.clear();
  }

  edited(path: string, edit: TextEdit): void {
    for (const tracked of this.#tracked.values()) {
      if (tracked.view.path === path && tracked.line !== undefined)
        tracked.line = lineAfter(tracked.line, edit);
    }
  }

  /** The lines of a file that have a tracepoint, in their order. */
  lines(path: string): LineState[] {
    const lines = new Map<number, Map<string, TracepointView>>();
    for (const { session, view, line } of this.#tracked.values()) {
      if (view.path !== path || line === undefined) continue;
      let bySession = lines.get(line);
      if (!bySession) lines.set(line, (bySession = new Map<string, TracepointView>()));
      // Two tracepoints of a session that sit on one line count the same hits: one of them speaks for both.
      bySession.delete(session);
      bySession.set(session, view);
    }
    return [...lines]
      .map(([line, bySession]) => merged(line, [...bySession.values()]))
      .sort((a, b) => a.line - b.line);
  }

  #drop(which: (tracked: Tracked) => boolean): void {
    for (const [at, tracked] of this.#tracked) if (which(tracked)) this.#tracked.delete(at);
  }
}

const key = (session: string, id: number): string => `${session}\0${id}`;

/** Sessions add up; what cannot be added is that of the most recent update. */
function merged(line: number, views: readonly TracepointView[]): LineState {
  const last = views.at(-1)!;
  const live = views.filter(({ state }) => state !== 'ended');
  const shown = live.at(-1) ?? last;
  return {
    line,
    state: shown.state,
    counts: views.map(({ counts }) => counts).reduce(sum),
    rate: views.reduce((total, { rate }) => total + rate, 0),
    values: shown.values,
    sites: views.flatMap(({ sites }) => sites),
    ...(shown.message === undefined ? {} : { message: shown.message }),
  };
}

function sum(a: Counts, b: Counts): Counts {
  return {
    hits: a.hits + b.hits,
    delivered: a.delivered + b.delivered,
    lost: a.lost + b.lost,
    filtered: a.filtered + b.filtered,
    throttled: a.throttled + b.throttled,
    conditionErrors: a.conditionErrors + b.conditionErrors,
  };
}
