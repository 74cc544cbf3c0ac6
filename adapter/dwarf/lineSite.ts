import type { VirtualAddress } from '../elf/address';
import type { Scope } from './scope';

/** One machine address of a source line by the breakpoint rule (ARCHITECTURE.md). */
export interface LineSite {
  /** Path as the line table gives it, made absolute with the compilation directory. */
  readonly file: string;
  /** The line that was asked for. */
  readonly line: number;
  /** The line that the address belongs to: `line`, or the next line with code in the same function. */
  readonly resolvedLine: number;
  /** In bytes, from 1, of the row that gave the site; 0 where the compiler gives none. Present where it was asked for. */
  readonly column?: number;
  readonly address: VirtualAddress;
  /**
   * The function, inlined ones included, whose source the line is in; undefined where no subprogram covers the address.
   * Optimised code also puts lines into copies of other functions that are inlined there.
   */
  readonly scope: Scope | undefined;
  /**
   * Reads the inlined function whose source the line is in, if the compiler put this address outside the ranges of its copy:
   * names of the line are its names, and of what they stand for nothing is known here.
   */
  readonly displaced: () => Scope | undefined;
  /**
   * Further is_stmt addresses of the same line in the same innermost block, in the order to try them when `address`
   * itself cannot be probed.
   */
  readonly alternatives: readonly VirtualAddress[];
}

/** What a question about a line has to do with columns; decoding them is left out where it has nothing. */
export interface ColumnQuestion {
  /** Only the statements of this column, if the line has any there; otherwise the whole line. */
  readonly column?: number | undefined;
  /** The sites tell their columns. */
  readonly withColumns?: boolean;
}

/** A place in a source file that has code. */
export interface Position {
  readonly line: number;
  /** As in LineSite. */
  readonly column: number;
}

/** Why a line has no sites. */
export type LineGap =
  /** No line table of the program names such a file; `similar` has up to five paths with the same or a like basename. */
  | { readonly code: 'noSuchFile'; readonly similar: readonly string[] }
  /** The file is in the program, the line has no code, and no later line of the same function has. */
  | { readonly code: 'noCode'; readonly nearest: readonly number[] }
  /** A basename or relative path that fits several files. */
  | { readonly code: 'ambiguousFile'; readonly files: readonly string[] };

export type LineResolution =
  { readonly ok: true; readonly sites: readonly LineSite[] } | { readonly ok: false; readonly gap: LineGap };
