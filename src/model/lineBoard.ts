/**
 * What is known about every line with a tracepoint: reduces the adapter's updates, and the ends of sessions, to one
 * state for each line of each file. No clock, no editor.
 */
import {
  stateAtEnd,
  type Counts,
  type HitView,
  type TracepointView,
  type UpdateBody,
} from '../../adapter/protocol';
import { lookOf, type Look } from './look';
import type { ProgramLines } from './programLines';

export interface LineState extends Omit<TracepointView, 'id' | 'path' | 'line' | 'isSourceNewer'> {
  /** From 1, where the line is in the editor now: edits since the update have moved it. */
  line: number;
  look: Look;
  /** Why the line may be another one than the one in the program. */
  stale?: 'edited' | 'newer';
  /** The latest numbers of each value, the oldest first. */
  trends: ReadonlyMap<string, readonly number[]>;
  /** Of runs before a restart, where these are kept; not in `counts`. */
  earlierHits: number;
  /** Those that have the line, and what each counted. */
  sessions: readonly SessionCount[];
  /** The values are not the last ones: those of the chosen hit, of one before it, or there are none. */
  moment?: 'chosen' | 'before' | 'none';
}

/** A hit that was chosen, and what other lines had seen by then. */
export interface Moment {
  session: string;
  chosen: HitView;
  /** The chosen one, and of each other tracepoint at most one. */
  hits: readonly HitView[];
}

export interface SessionCount {
  session: string;
  /** Of its tracepoint there. */
  id: number;
  hits: number;
}

/** Of one session. */
export interface SessionView extends TracepointView {
  /** Its session has ended. */
  readonly isOver: boolean;
  /** Hits of the session's runs before it was restarted; not in `counts`. */
  readonly earlierHits: number;
}

/** That which speaks for all: of what runs the latest, then of what has hits. */
export const telling = (views: readonly SessionView[]): SessionView | undefined =>
  views.findLast(({ isOver }) => !isOver) ??
  views.findLast(({ counts: { hits } }) => hits > 0) ??
  views.at(-1);

interface Tracked {
  session: string;
  view: SessionView;
  trends: Map<string, number[]>;
}

export class LineBoard {
  /** Session and tracepoint id -> tracepoint; the most recently updated last. */
  readonly #tracked = new Map<string, Tracked>();
  /** Session and place -> hits of its runs that have ended. */
  readonly #earlierHits = new Map<string, number>();
  #moment: Moment | undefined;

  /** @param linesOf the program that a session runs */
  constructor(private readonly linesOf: (session: string) => Pick<ProgramLines, 'toEditor' | 'isEdited'>) {}

  /** A new run: what earlier ones left behind goes. */
  started(): void {
    this.#drop(({ view }) => view.isOver);
  }

  update(session: string, body: UpdateBody): void {
    for (const id of body.removed) this.#tracked.delete(key(session, id));
    for (const view of body.tracepoints) {
      const at = key(session, view.id);
      const latest = this.#tracked.get(at);
      const before = latest?.view.isOver ? undefined : latest; // a restart begins anew
      const earlierHits =
        before?.view.earlierHits ?? this.#earlierHits.get(this.#placeOf({ session, view })) ?? 0;
      const wasReset = before !== undefined && view.counts.hits < before.view.counts.hits;
      this.#tracked.delete(at);
      this.#tracked.set(at, {
        session,
        view: { ...view, isOver: false, earlierHits: wasReset ? 0 : earlierHits },
        trends: trendsOf(before, view),
      });
    }
  }

  /** @param keepCounts for the session's next run, if it is restarted */
  ended(session: string, keepCounts = false): void {
    for (const tracked of this.#tracked.values()) {
      const { view } = tracked;
      if (tracked.session !== session || view.isOver) continue;
      tracked.view = { ...view, isOver: true, state: stateAtEnd(view), rate: 0, throttledRate: 0 };
      if (keepCounts) this.#earlierHits.set(this.#placeOf(tracked), view.earlierHits + view.counts.hits);
    }
  }

  /** Forgets a tracepoint that its session, which has ended, left. */
  forget({ session, id }: Pick<SessionCount, 'session' | 'id'>): void {
    this.#drop((tracked) => tracked.view.isOver && tracked.session === session && tracked.view.id === id);
  }

  /** Forgets what ended sessions left. */
  clear(): void {
    this.#drop(({ view }) => view.isOver);
    this.#earlierHits.clear();
  }

  /** All lines show the values of this moment; the last ones where undefined. */
  choose(moment: Moment | undefined): void {
    this.#moment = moment;
  }

  /** The lines of a file that have a tracepoint, in their order. */
  lines(path: string): LineState[] {
    const lines = new Map<number, Map<string, Tracked>>();
    for (const tracked of this.#tracked.values()) {
      const { session, view } = tracked;
      const line = view.path === path ? this.#lineOf(tracked) : undefined;
      if (line === undefined) continue;
      let bySession = lines.get(line);
      if (!bySession) lines.set(line, (bySession = new Map<string, Tracked>()));
      // Two tracepoints of a session that sit on one line count the same hits: one of them speaks for both.
      bySession.delete(session);
      bySession.set(session, tracked);
    }
    return [...lines]
      .map(([line, bySession]) => {
        const edited = [...bySession.keys()].some((session) => this.linesOf(session).isEdited(path));
        const state = merged(line, [...bySession.values()], edited);
        return this.#moment ? atMoment(state, this.#moment, bySession) : state;
      })
      .sort((a, b) => a.line - b.line);
  }

  /** A session's tracepoint by its id. */
  view(session: string, id: number): SessionView | undefined {
    return this.#tracked.get(key(session, id))?.view;
  }

  /** Of all files, in the sessions that run. */
  liveViews(): TracepointView[] {
    return [...this.#tracked.values()].flatMap(({ view }) => (view.isOver ? [] : [view]));
  }

  /** In the editor; undefined when an edit has deleted it. */
  #lineOf({
    session,
    view: { path, line },
  }: Pick<Tracked, 'session'> & { view: TracepointView }): number | undefined {
    if (path === undefined || line === undefined) return undefined;
    return this.linesOf(session).toEditor(path, line);
  }

  /** The same in the session's next run. */
  #placeOf(tracked: Pick<Tracked, 'session'> & { view: TracepointView }): string {
    return [tracked.session, tracked.view.path, this.#lineOf(tracked)].join('\0');
  }

  #drop(which: (tracked: Tracked) => boolean): void {
    for (const [at, tracked] of this.#tracked) if (which(tracked)) this.#tracked.delete(at);
  }
}

const key = (session: string, id: number): string => `${session}\0${id}`;

/** Sessions add up; what cannot be added is that of the most recent update. */
function merged(line: number, all: readonly Tracked[], edited: boolean): LineState {
  const views = all.map((tracked) => tracked.view);
  const view = telling(views)!;
  const { trends } = all.find((tracked) => tracked.view === view)!;
  const { state, mode, values, message, lastHit, cost } = view;
  const rate = views.reduce((total, one) => total + one.rate, 0);
  const throttledRate = views.reduce((total, one) => total + one.throttledRate, 0);
  const stale = edited ? 'edited' : view.isSourceNewer ? 'newer' : undefined;
  return {
    line,
    state,
    mode,
    look: lookOf({ state, rate, throttledRate }),
    counts: views.map(({ counts }) => counts).reduce(sum),
    earlierHits: views.reduce((total, one) => total + one.earlierHits, 0),
    rate,
    throttledRate,
    values,
    trends,
    sites: views.flatMap(({ sites }) => sites),
    sessions: all.map(({ session, view: { id, counts } }) => ({ session, id, hits: counts.hits })),
    ...(message !== undefined && { message }),
    ...(lastHit !== undefined && { lastHit }),
    ...(cost !== undefined && { cost }),
    ...(stale !== undefined && { stale }),
  };
}

function atMoment(state: LineState, moment: Moment, bySession: ReadonlyMap<string, Tracked>): LineState {
  const id = bySession.get(moment.session)?.view.id;
  if (id === undefined) return state;
  const hit = moment.hits.find(({ tracepoint }) => tracepoint === id);
  if (!hit) return { ...state, values: [], moment: 'none' };
  return { ...state, values: hit.values, moment: hit.id === moment.chosen.id ? 'chosen' : 'before' };
}

/** With what is new in a view. */
function trendsOf(before: Tracked | undefined, { counts, values }: TracepointView): Map<string, number[]> {
  const trends = before?.trends ?? new Map<string, number[]>();
  if (before?.view.counts.delivered === counts.delivered) return trends;
  for (const one of values) {
    if (one.range === undefined || !('value' in one)) continue;
    trends.set(one.name, [...(trends.get(one.name) ?? []), Number(one.value)].slice(-TREND_LENGTH));
  }
  return trends;
}

const TREND_LENGTH = 8;

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
