/** What a command of the Debug Console is, and what it works on. */
import type { Hit } from '../../engine/hit';
import type { History } from '../../engine/history';
import type { LineCount } from '../../engine/lineCounts';
import type { TracepointId } from '../../engine/tracepointState';
import type { Limits } from '../../protocol';
import { RequestError } from '../requestError';
import type { Snapshot } from '../updateBatch';

/** A tracepoint with what it has come to. */
export interface TracedLine extends Snapshot {
  /** `loop.c:32`; of a function without a line, its name. */
  readonly place: string;
  /** Hits a second over the last second. */
  readonly rate: number;
  readonly last: Hit | undefined;
  /** Those that are its own, whatever the session's are. */
  readonly ownLimits: Partial<Limits>;
}

export interface ConsoleSession {
  readonly history: History;
  readonly limits: Readonly<Limits>;
  /** In the order of the client's breakpoints. */
  tracepoints(): readonly TracedLine[];
  /** Of the files and functions that are counted line by line. */
  countedLines(): readonly LineCount[];
  reset(id: TracepointId): void;
  /** For all tracepoints, those to come as well. Resolves when they are so. */
  setLimit(name: keyof Limits, value: number): Promise<void>;
}

/** Without their ends. */
export type Lines = readonly string[];

export interface Command {
  readonly name: string;
  /** What may follow the name: `[N]`; empty where nothing may. */
  readonly parameters: string;
  readonly summary: string;
  /** @throws RequestError with what to write instead */
  readonly run: (argument: string, session: ConsoleSession) => Lines | Promise<Lines>;
  /** What could stand as the argument, for completion. */
  readonly suggest?: (session: ConsoleSession) => readonly string[];
}

/** @throws RequestError */
export function expectNothing(name: string, argument: string): void {
  if (argument === '') return;
  throw new RequestError(
    `Nothing may follow ${name}: write ${name} alone. An expression that begins with this name is written in braces: {${name} ${argument}}.`,
  );
}

/** A number of rows, as is written after a command. @throws RequestError */
export function rowsOf(name: string, argument: string): number {
  if (argument === '') return DEFAULT_ROWS;
  const rows = Number(argument);
  if (/^\d+$/.test(argument) && rows >= 1 && rows <= MAX_ROWS) return rows;
  throw new RequestError(
    `${JSON.stringify(argument)} is no number of rows: write ${name} and a whole number from 1 to ${MAX_ROWS}, such as ${name} ${DEFAULT_ROWS}.`,
  );
}

const DEFAULT_ROWS = 10;
const MAX_ROWS = 1000;
