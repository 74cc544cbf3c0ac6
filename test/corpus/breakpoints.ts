/** The sites of lines against the breakpoints of gdb, which is the oracle, with names for what differs. */
import assert from 'node:assert/strict';
import { DebugFile } from '../../adapter/dwarf/debugFile';
import type { LineSite } from '../../adapter/dwarf/lineSite';
import type { LineTables } from '../../adapter/dwarf/lineTables';
import { formatAddress } from '../../adapter/elf/address';
import { ElfImage } from '../../adapter/elf/image';
import { openFile } from '../../adapter/sys/file';
import { dumpedLines } from './dwarfdump';
import { gdbLines, type GdbLocation } from './gdb';

export const linesOf = (program: string): LineTables =>
  DebugFile.open(ElfImage.parse(openFile(program)))!.lines;

/** How our sites of a line compare with gdb's breakpoints on it. */
type Agreement =
  | 'same'
  /** gdb has no place left for the line, all being shadowed by other files' rows, and goes on to a later line. */
  | 'lostByGdb'
  /** gdb takes code in the cold part of a function for a prologue, and moves to the function's entry. */
  | 'coldForGdb'
  | 'different';

export function agreement(
  line: number,
  sites: readonly LineSite[],
  locations: readonly GdbLocation[],
): Agreement {
  const ours = new Set<number>(sites.map(({ address }) => address));
  const theirs = new Set(locations.map(({ address }) => address));
  if (ours.size === theirs.size && [...ours].every((address) => theirs.has(address))) return 'same';
  const misplaced = locations.filter((location) => location.line !== line);
  if (misplaced.length === locations.length) return 'lostByGdb';
  const rightly = locations.filter((location) => location.line === line);
  if (misplaced.length > 0 && rightly.every(({ address }) => ours.has(address))) return 'coldForGdb';
  return 'different';
}

export interface Comparison {
  readonly counts: Record<Agreement, number>;
  /** Sites of the lines on which gdb differs. */
  readonly disputed: readonly LineSite[];
  readonly different: readonly string[];
}

/** All lines with code of some files. */
export function compare(program: string, files: readonly string[]): Comparison {
  const lines = linesOf(program);
  const counts = { same: 0, lostByGdb: 0, coldForGdb: 0, different: 0 };
  const disputed: LineSite[] = [];
  const different: string[] = [];
  for (const [file, places] of gdbLines(program, files))
    for (const [line, locations] of places) {
      const found = lines.resolve(file, line);
      if (!found.ok || found.sites.some(({ resolvedLine }) => resolvedLine !== line)) continue;
      const kind = agreement(line, found.sites, locations);
      counts[kind]++;
      if (kind !== 'same') disputed.push(...found.sites);
      if (kind === 'different') different.push(`${file}:${line}`);
    }
  return { counts, disputed, different };
}

export const share = ({ counts }: Comparison): number =>
  counts.same / (counts.same + counts.lostByGdb + counts.coldForGdb + counts.different);

/** Every address in dispute is where a statement of its line starts, or where the prologue before it ends. */
export function assertStatements(program: string, sites: readonly LineSite[]): void {
  const statements = new Set(
    dumpedLines(program)
      .rows.filter(({ isStmt, endSequence }) => isStmt && !endSequence)
      .map(({ address, line }) => `${address} ${line}`),
  );
  for (const { address, resolvedLine } of sites)
    assert.ok(statements.has(`${address} ${resolvedLine}`), `${formatAddress(address)} line ${resolvedLine}`);
}
