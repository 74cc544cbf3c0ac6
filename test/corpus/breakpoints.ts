/** The sites of lines against the breakpoints of a debugger, which is the oracle, with names for what differs. */
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import type { DebugInfo } from '../../adapter/dwarf/debugInfo';
import type { LineSite } from '../../adapter/dwarf/lineSite';
import type { LineTables } from '../../adapter/dwarf/lineTables';
import type { Scope } from '../../adapter/dwarf/scope';
import type { ScopeNode } from '../../adapter/dwarf/scopeNode';
import { formatAddress, virtualAddress, type VirtualAddress } from '../../adapter/elf/address';
import { openProgram } from '../../adapter/symbols/module';
import { gdbLines, type OracleLocation } from './gdb';
import { RowDump } from './rowDump';

export const linesOf = (program: string): LineTables => openProgram(program).debug!.lines;

/** Why our sites of a line and gdb's breakpoints on it differ. */
export const REASONS = {
  shadowed:
    'A row of another file follows at the same address, so the row covers no code; gdb drops it, and goes on to a later line where none is left.',
  repeated:
    'A copy of an inlined function starts with a row that has a discriminator and repeats the line before it; gdb drops the row.',
  cold: 'The cold part of a function is below its entry, which gdb takes for a prologue: it moves to the entry.',
  prologue:
    'The function starts with inlined code of other files, which gdb takes for its prologue: it moves behind it, even into the next function.',
  dwarf2:
    'Without DW_AT_ranges, gdb takes all addresses from the first to the last of what is inlined for one block, with one place.',
  thunk:
    'Code without a function in the debug information (thunks): gdb keeps one place for all such code of a unit.',
  other: '',
} as const;
export type Reason = keyof typeof REASONS;

export interface Comparison {
  /** Lines with code. */
  readonly lines: number;
  readonly same: number;
  /** Lines that differ for this reason; some differ for several. */
  readonly reasons: Readonly<Record<Reason, number>>;
  readonly different: readonly string[];
  /** Of ours, addresses that are neither a statement of their line nor the end of the prologue that has one. */
  readonly wrong: readonly string[];
}

export const share = ({ same, lines }: Comparison): number => same / lines;

/**
 * All lines with code.
 * @param basenames of the files to compare; all by default
 */
export function compare(program: string, basenames?: readonly string[]): Comparison {
  const { info, lines } = openProgram(program).debug!;
  const files = sitesByFile(lines, basenames);
  const questions = [...files].map(([file, places]) => [file, [...places.keys()]] as const);
  const theirs = gdbLines(program, Object.fromEntries(questions));
  const comparison = new LineComparison(info, RowDump.of(program));
  for (const [file, places] of files)
    for (const [line, sites] of places)
      comparison.add(`${basename(file)}:${line}`, line, sites, theirs.get(file)?.get(line) ?? []);
  return comparison;
}

type Sites = Map<VirtualAddress, LineSite>;

/** File -> line -> address -> site. */
function sitesByFile(lines: LineTables, basenames?: readonly string[]): Map<string, Map<number, Sites>> {
  const files = new Map<string, Map<number, Sites>>();
  for (const site of lines.statements()) {
    if (basenames && !basenames.includes(basename(site.file))) continue;
    const places = files.get(site.file) ?? new Map<number, Sites>();
    const sites = places.get(site.line) ?? new Map<VirtualAddress, LineSite>();
    files.set(site.file, places.set(site.line, sites.set(site.address, site)));
  }
  return files;
}

class LineComparison implements Comparison {
  lines = 0;
  same = 0;
  readonly reasons = { shadowed: 0, repeated: 0, cold: 0, prologue: 0, dwarf2: 0, thunk: 0, other: 0 };
  readonly different: string[] = [];
  readonly wrong: string[] = [];

  constructor(
    private readonly info: DebugInfo,
    private readonly dump: RowDump,
  ) {}

  add(name: string, line: number, sites: Sites, locations: readonly OracleLocation[]): void {
    for (const address of sites.keys())
      if (!this.isPlaceOf(line, address)) this.wrong.push(`${name} ${formatAddress(address)}`);
    this.lines++;
    const reasons = this.reasonsOf(line, sites, locations);
    if (reasons.size === 0) this.same++;
    for (const reason of reasons) this.reasons[reason]++;
    if (reasons.has('other')) this.different.push(`${name}: ${textOf(sites.keys(), locations)}`);
  }

  private reasonsOf(line: number, sites: Sites, locations: readonly OracleLocation[]): Set<Reason> {
    const reasons = new Set<Reason>();
    const theirs = new Set(locations.map(({ address }) => address));
    const missing = [...sites.keys()].filter((address) => !theirs.has(address));
    for (const address of missing) reasons.add(this.reasonOfMissing(line, address, locations));
    for (const location of locations)
      if (!sites.has(virtualAddress(location.address)))
        reasons.add(this.reasonOfExtra(line, location, locations, missing));
    return reasons;
  }

  /** Of an address that gdb does not have. */
  private reasonOfMissing(
    line: number,
    address: VirtualAddress,
    locations: readonly OracleLocation[],
  ): Reason {
    const subprogram = this.info.subprogramAt(address);
    if (subprogram && isBelowEntry(subprogram, address)) return 'cold';
    if (!subprogram && locations.some((other) => !this.info.subprogramAt(virtualAddress(other.address))))
      return 'thunk';
    if (subprogram && (subprogram as ScopeNode).die.unit.encoding.version === 2) return 'dwarf2';
    if (this.dump.isShadowed(address, line)) return 'shadowed';
    if (this.dump.isRepeated(address, line)) return 'repeated';
    return this.isMovedOn(address, line, locations) ? 'prologue' : 'other';
  }

  /** Of an address that gdb alone has. */
  private reasonOfExtra(
    line: number,
    { address, line: reported }: OracleLocation,
    locations: readonly OracleLocation[],
    missing: readonly VirtualAddress[],
  ): Reason {
    if (reported === line || missing.length === 0) return 'other';
    const subprogram = this.info.subprogramAt(virtualAddress(address));
    const cold = missing.some(
      (ours) => this.info.subprogramAt(ours) === subprogram && subprogram && isBelowEntry(subprogram, ours),
    );
    if (cold) return 'cold';
    const [ours] = missing;
    const why = this.reasonOfMissing(line, ours!, locations);
    if (locations.every((other) => other.line !== line)) return why;
    if (missing.some((ours) => this.isMovedOn(ours, line, [{ address, line: reported, function: null }])))
      return 'prologue';
    return 'other';
  }

  /** Does gdb have, in its place, one on another line further on, in the function or where that ends? */
  private isMovedOn(ours: VirtualAddress, line: number, locations: readonly OracleLocation[]): boolean {
    const subprogram = this.info.subprogramAt(ours);
    return (
      subprogram !== undefined &&
      locations.some(
        (other) =>
          (other.line !== line ||
            locations.some((twin) => twin !== other && twin.address === other.address)) &&
          other.address > ours &&
          isSameOrNext(subprogram, this.info.subprogramAt(virtualAddress(other.address))) &&
          this.dump.hasStatement(ours, line) &&
          !this.dump.isShadowed(ours, line),
      )
    );
  }

  /** Is it where a statement of the line starts, or the end of a prologue that has one? */
  private isPlaceOf(line: number, address: VirtualAddress): boolean {
    if (this.dump.hasStatement(address, line)) return true;
    const subprogram = this.info.subprogramAt(address);
    return (
      subprogram !== undefined &&
      this.dump.isStatement(address) &&
      this.dump.hasStatementBetween(subprogram.entry, address, line)
    );
  }
}

const isSameOrNext = (subprogram: Scope, other: Scope | undefined): boolean =>
  other === subprogram || subprogram.ranges.some(({ high }) => high === other?.entry);

const isBelowEntry = ({ entry }: Scope, address: VirtualAddress): boolean => address < entry;

const textOf = (ours: Iterable<VirtualAddress>, theirs: readonly OracleLocation[]): string =>
  [
    ...[...ours].map(formatAddress),
    '|',
    ...theirs.map(({ address, line }) => `${formatAddress(virtualAddress(address))} (line ${line})`),
  ].join(' ');

/** @throws AssertionError with what is not as it should be */
export function assertExplained({ different, wrong }: Comparison): void {
  assert.deepEqual(wrong, [], 'addresses that are no places of their lines');
  assert.deepEqual(different, [], 'differences without a reason');
}
