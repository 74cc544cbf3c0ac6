import type { ProcessScope } from '../capture/plan';
import type { Module } from '../symbols/module';

/** What is traced: a process, a program that is launched, or every process of a program. */
export interface Target {
  /** Thread group, or 0 for every process. */
  readonly pid: number;
  /** Under 0: which ones. */
  readonly scope?: ProcessScope;
  /** Loaded at the last look; the program itself is the first. */
  readonly modules: readonly Module[];
  /**
   * Looks what is loaded now. True when `modules` has changed, or where one of them is.
   * @throws SymbolError
   */
  look(): boolean;
  /** Resolves when there is nothing left to trace. */
  readonly ended: Promise<TargetEnd>;
  /** Lets a launched program run: nothing of it has run before. */
  release(): void;
  /** Ends a launched program; another one runs on. */
  end(): Promise<void>;
  /** Closes files. */
  dispose(): void;
}

export interface TargetEnd {
  /** Of a launched program that ended by itself. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Path of the program whose every process was traced: its file has been written to, and would be damaged by its probes. */
  readonly overwritten?: string;
}

/** Why there is nothing to trace. */
export type TargetFailure =
  | { readonly code: 'noSuchProcess'; readonly pid: number }
  | { readonly code: 'noProcessNamed'; readonly name: string }
  | { readonly code: 'severalProcesses'; readonly name: string; readonly pids: readonly number[] }
  /** It belongs to another user, and we are not root. */
  | { readonly code: 'otherUser'; readonly pid: number; readonly uid: number }
  /** Every process of a program that is another user's whoever starts it, and we are not root. */
  | { readonly code: 'runsAsOther'; readonly program: string }
  /** The process runs another file than the one named. */
  | { readonly code: 'otherProgram'; readonly pid: number; readonly program: string }
  | { readonly code: 'notExecutable'; readonly program: string }
  | { readonly code: 'noSuchDirectory'; readonly path: string }
  | { readonly code: 'notStarted'; readonly program: string; readonly detail: string };

export class TargetError extends Error {
  constructor(readonly failure: TargetFailure) {
    super(failure.code);
    this.name = 'TargetError';
  }
}
