import type { Attempt } from '../dwarf/relatedFile';
import type { MissingFile, UnitGap } from '../dwarf/unitDescription';
import type { VirtualAddress } from '../elf/address';
import type { LineGap } from '../dwarf/lineSite';
import type { ExpressionError } from '../expression/expressionError';
import type { ValueGap } from '../value/value';
import type { RefusedSite } from './site';

/** Why a tracepoint cannot be. Sentences are in messages.ts. */
export class PlanError extends Error {
  constructor(
    readonly failure: PlanFailure,
    /** Modules that may have the place, for all we know. */
    readonly unsearched: readonly UnsearchedModule[] = [],
    /** The same of units. */
    readonly missing?: MissingUnits,
  ) {
    super(failure.code);
    this.name = 'PlanError';
  }
}

/** A module without debug information. */
export interface UndescribedModule {
  readonly path: string;
  /** Where it was looked for in vain. */
  readonly debugAttempts: readonly Attempt[];
}

/** A module in which nothing can be found. */
export interface UnsearchedModule extends UndescribedModule {
  /** The target's executable, or a library. */
  readonly isProgram: boolean;
  /** What is wrong with its file; undefined where it merely has no debug information. */
  readonly error: unknown;
}

/** Units of which a file is missing. */
export interface MissingUnits {
  /** Of the first. */
  readonly gap: MissingFile;
  /** How many there are beside it. */
  readonly others: number;
}

export type PlanFailure =
  /** `line` is undefined where a whole file was asked for. */
  | { readonly code: 'line'; readonly file: string; readonly line: number | undefined; readonly gap: LineGap }
  | { readonly code: 'noSuchFunction'; readonly name: string }
  /** Neither a file nor a function. */
  | { readonly code: 'noSuchName'; readonly name: string }
  | { readonly code: 'notCode'; readonly path: string; readonly address: VirtualAddress }
  | { readonly code: 'noDebugInformation'; readonly module: UndescribedModule }
  /** The module has the function, by its symbols, and no debug information. */
  | {
      readonly code: 'functionWithoutDebugInformation';
      readonly name: string;
      readonly module: UndescribedModule;
    }
  /** It is a function, by the symbols, of a unit that cannot be read. */
  | { readonly code: 'functionOfUnreadUnit'; readonly name: string; readonly gap: UnitGap }
  /** The module that had it was unloaded. */
  | { readonly code: 'unloaded'; readonly path: string }
  /** It was in a program that the process no longer runs: by exec(2) it has become `program`. */
  | { readonly code: 'becameProgram'; readonly program: string }
  /** The target has no modules: it is gone. */
  | { readonly code: 'noModules' }
  /** There are addresses, but no probe may go to any of them. */
  | { readonly code: 'allRefused'; readonly refused: readonly RefusedSite[] }
  | { readonly code: 'tooManySites'; readonly found: number; readonly limit: number }
  /** It does not parse; or, of a condition, it means nothing at any site. */
  | {
      readonly code: 'expression';
      readonly part: 'message' | 'condition' | 'changed';
      readonly text: string;
      readonly error: ExpressionError;
    }
  /** A condition that can be worked out at no site. */
  | { readonly code: 'unknownCondition'; readonly text: string; readonly gap: ValueGap }
  | { readonly code: 'hitCondition'; readonly text: string }
  /** The user did not want to wait. */
  | { readonly code: 'interrupted' };

/** These modules have no such place, and others might. */
export function isNowhere(failure: PlanFailure): boolean {
  switch (failure.code) {
    case 'line':
      return failure.gap.code === 'noSuchFile';
    case 'noSuchFunction':
    case 'noSuchName':
    case 'noDebugInformation':
    case 'functionWithoutDebugInformation':
    case 'functionOfUnreadUnit':
    case 'noModules':
    case 'unloaded':
    case 'becameProgram':
      return true;
    case 'notCode':
    case 'allRefused':
    case 'tooManySites':
    case 'expression':
    case 'unknownCondition':
    case 'hitCondition':
    case 'interrupted':
      return false;
  }
}
