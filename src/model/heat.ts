/** Counts of every line of files, as they are told, and how hot each line is beside the others. No editor. */
import type { LineCountView } from '../../adapter/protocol';
import type { ProgramLines } from './programLines';

export interface HeatLine {
  /** From 1, where the line is now. */
  readonly line: number;
  /** Of all functions that have the line, in all sessions; undefined where no probe can be. */
  readonly hits: number | undefined;
  /** Why not. */
  readonly unavailable?: string;
  /** 0 where it never ran, up to HOTTEST. */
  readonly heat: number;
}

export const HOTTEST = 5;

interface Counted {
  readonly session: string;
  readonly view: LineCountView;
}

export class HeatBoard {
  /** By session, path, line and function. */
  readonly #counted = new Map<string, Counted>();

  /** @param linesOf the program that a session runs */
  constructor(private readonly linesOf: (session: string) => Pick<ProgramLines, 'toEditor'>) {}

  update(session: string, lines: readonly LineCountView[]): void {
    for (const view of lines) {
      const key = `${session}\0${view.path}\0${view.line}\0${view.function}`;
      this.#counted.set(key, { session, view });
    }
  }

  /** A session counts other lines from now on. Those of sessions that no longer run go, too. */
  begin(session: string, running: readonly string[]): void {
    const others = new Set(running.filter((id) => id !== session));
    for (const [key, counted] of this.#counted) if (!others.has(counted.session)) this.#counted.delete(key);
  }

  clear(): void {
    this.#counted.clear();
  }

  get isEmpty(): boolean {
    return this.#counted.size === 0;
  }

  /** In their order. Heat is by the logarithm, against the hottest line of the file. */
  lines(path: string): HeatLine[] {
    const sums = new Map<number, { hits: number | undefined; unavailable?: string }>();
    for (const { session, view } of this.#counted.values()) {
      const line = view.path === path ? this.linesOf(session).toEditor(path, view.line) : undefined;
      if (line === undefined) continue;
      const before = sums.get(line)?.hits;
      if ('hits' in view) sums.set(line, { hits: (before ?? 0) + view.hits });
      else if (before === undefined) sums.set(line, { hits: undefined, unavailable: view.unavailable });
    }
    const most = Math.max(1, ...[...sums.values()].map(({ hits = 0 }) => hits));
    return [...sums]
      .map(([line, { hits, unavailable }]) => ({
        line,
        hits,
        heat: heatOf(hits ?? 0, most),
        ...(unavailable !== undefined && { unavailable }),
      }))
      .sort((a, b) => a.line - b.line);
  }
}

/** The hottest alone are HOTTEST. */
const heatOf = (hits: number, most: number): number =>
  hits === 0 ? 0 : 1 + Math.floor(((HOTTEST - 1) * Math.log1p(hits)) / Math.log1p(most));
