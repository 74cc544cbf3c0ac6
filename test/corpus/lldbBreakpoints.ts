/** The sites of lines against the breakpoints of lldb, with names for what differs. */
import { basename } from 'node:path';
import type { DebugInfo } from '../../adapter/dwarf/debugInfo';
import type { Scope } from '../../adapter/dwarf/scope';
import {
  formatAddress,
  virtualAddress,
  type AddressRange,
  type VirtualAddress,
} from '../../adapter/elf/address';
import { openProgram } from '../../adapter/symbols/module';
import { sitesByFile, thunksOf, type Sites } from './breakpoints';
import { lldbLines } from './lldb';
import { RowDump } from './rowDump';

/** Why our sites of a line and lldb's breakpoints on it differ. */
export const LLDB_REASONS = {
  notStatement: 'lldb takes rows that are no statements, too, where a new block begins with one.',
  block:
    'lldb has a place in each lexical block, also in those without variables, and may take another statement of a copy.',
  prologue:
    'On the first lines of a function lldb goes behind what it takes for the prologue, even where that is another line, or stays before the frame set-up.',
  thunk: 'lldb stops in thunks as well as in the functions that they go on in.',
  other: '',
} as const;
export type LldbReason = keyof typeof LLDB_REASONS;

export interface LldbComparison {
  readonly lines: number;
  readonly same: number;
  /** Lines that differ for this reason; some differ for several. */
  readonly reasons: Readonly<Record<LldbReason, number>>;
  readonly different: readonly string[];
}

/** All lines with code. */
export function compareWithLldb(program: string): LldbComparison {
  const { info, lines } = openProgram(program).debug!;
  const files = sitesByFile(lines);
  const theirs = lldbLines(program, new Map([...files].map(([file, places]) => [file, [...places.keys()]])));
  const classes = new Classes(info, RowDump.of(program), thunksOf(program));
  const reasons = { notStatement: 0, block: 0, prologue: 0, thunk: 0, other: 0 };
  const different: string[] = [];
  let all = 0;
  let same = 0;
  for (const [file, places] of files)
    for (const [line, sites] of places) {
      all++;
      const found = classes.of(sites, theirs.get(file)?.get(line) ?? []);
      if (found.size === 0) same++;
      for (const reason of found) reasons[reason]++;
      if (found.has('other'))
        different.push(`${basename(file)}:${line} ${[...sites.keys()].map(formatAddress).join(' ')}`);
    }
  return { lines: all, same, reasons, different };
}

class Classes {
  constructor(
    private readonly info: DebugInfo,
    private readonly dump: RowDump,
    private readonly thunks: readonly AddressRange[],
  ) {}

  of(sites: Sites, theirs: readonly number[]): Set<LldbReason> {
    const known = new Set(theirs);
    const missing = [...sites.keys()].filter((address) => !known.has(address));
    const extra = theirs.map(virtualAddress).filter((address) => !sites.has(address));
    return new Set([
      ...missing.map((address) => this.ofMissing(address, extra)),
      ...extra.map((address) => this.ofExtra(address, [...sites.keys()], missing)),
    ]);
  }

  private ofMissing(address: VirtualAddress, extra: readonly VirtualAddress[]): LldbReason {
    if (this.isAtStart(address)) return 'prologue';
    return this.isInFunctionOf(address, extra) ? 'block' : 'other';
  }

  private ofExtra(
    address: VirtualAddress,
    sites: readonly VirtualAddress[],
    missing: readonly VirtualAddress[],
  ): LldbReason {
    if (this.thunks.some(({ low, high }) => low <= address && address < high)) return 'thunk';
    if (!this.dump.isStatement(address)) return 'notStatement';
    if (this.isAtStart(address)) return 'prologue';
    const subprogram = this.info.subprogramAt(address);
    if (missing.some((one) => this.isAtStart(one) && this.info.subprogramAt(one) === subprogram))
      return 'prologue';
    return this.isInFunctionOf(address, sites) ? 'block' : 'other';
  }

  /** Is it the first statement of a function, or the next, where the prologue ends? */
  private isAtStart(address: VirtualAddress): boolean {
    const entry = this.info.subprogramAt(address)?.entry;
    return entry !== undefined && this.dump.statementsBetween(entry, address) <= 1;
  }

  private isInFunctionOf(address: VirtualAddress, others: readonly VirtualAddress[]): boolean {
    const wanted = this.functionAt(address);
    return others.some((other) => this.functionAt(other) === wanted);
  }

  private functionAt(address: VirtualAddress): Scope | undefined {
    let scope = this.info.innermostScope(address);
    while (scope?.kind === 'block') scope = scope.parent;
    return scope;
  }
}
