/** The sites of lines against the breakpoints of a debugger, which is the oracle, with names for what differs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { DebugInfo } from '../../adapter/dwarf/debugInfo';
import type { LineSite } from '../../adapter/dwarf/lineSite';
import type { LineTables } from '../../adapter/dwarf/lineTables';
import type { Scope } from '../../adapter/dwarf/scope';
import type { ScopeNode } from '../../adapter/dwarf/scopeNode';
import {
  formatAddress,
  virtualAddress,
  type AddressRange,
  type VirtualAddress,
} from '../../adapter/elf/address';
import { openProgram } from '../../adapter/symbols/module';
import { gdbLines, type OracleLines, type OracleLocation } from './gdb';
import { RowDump } from './rowDump';

export const linesOf = (program: string): LineTables => openProgram(program).debug!.lines;

/** Why our sites of a line and gdb's breakpoints on it differ. */
export const REASONS = {
  shadowed:
    'A row of another file follows at the same address, so the row covers no code; gdb drops it, and goes on to a later line where none is left.',
  repeated:
    'A copy of an inlined function, or an instance of a template, starts with a row that has a discriminator and repeats the line before it; gdb drops the row.',
  cold: 'The cold part of a function is below its entry, which gdb takes for a prologue: it moves to the entry.',
  thunk:
    'What a thunk has of the line only adjusts `this` and goes on in the function: gdb stops in both, and a call would count twice.',
  prologue:
    'The function starts with inlined code of other files, which gdb takes for its prologue: it moves behind it, even into the next function.',
  dwarf2:
    'Without DW_AT_ranges, gdb takes all addresses from the first to the last of what is inlined for one block, with one place.',
  other: '',
} as const;
export type Reason = keyof typeof REASONS;

/** Where gdb has lost places that the line table has, or has some that no source line has. */
const LOSSES: ReadonlySet<Reason> = new Set(['shadowed', 'repeated', 'cold', 'thunk']);

export interface Comparison {
  /** Lines with code. */
  readonly lines: number;
  readonly same: number;
  /** Lines of which gdb loses places, or has some twice, and is the same but for these. */
  readonly lost: number;
  /** Lines that differ for this reason; some differ for several. */
  readonly reasons: Readonly<Record<Reason, number>>;
  readonly different: readonly string[];
  /** Of ours, addresses that are neither a statement of their line nor the end of the prologue that has one. */
  readonly wrong: readonly string[];
}

/** How many are alike of the lines that gdb has as they are. */
export const share = ({ same, lines, lost }: Comparison): number => same / (lines - lost);

/**
 * All lines with code.
 * @param basenames of the files to compare; all by default
 */
export function compare(program: string, basenames?: readonly string[]): Comparison {
  const { info, lines } = openProgram(program).debug!;
  const files = sitesByFile(lines, basenames);
  const questions = [...files].map(([file, places]) => [file, [...places.keys()]] as const);
  const theirs = gdbLines(program, Object.fromEntries(questions));
  const comparison = new LineComparison(info, RowDump.of(program), thunksOf(program), addressesOf(theirs));
  for (const [file, places] of files)
    for (const [line, sites] of places)
      comparison.add(`${basename(file)}:${line}`, line, sites, theirs.get(file)?.get(line) ?? []);
  return comparison;
}

/**
 * Lines with code of one file, evenly chosen, in a program that is too large to be asked about as a whole.
 * @param sample how many lines at least, if there are as many
 */
export function compareFile(program: string, file: string, sample: number): Comparison {
  const { info, lines } = openProgram(program).debug!;
  const files = filed(lines.statements(file));
  const [places] = [...files.values()] as [Map<number, Sites>];
  const step = Math.max(1, Math.floor(places.size / sample));
  const chosen = [...places].sort(([a], [b]) => a - b).filter((_, i) => i % step === 0);
  const theirs = gdbLines(program, { [file]: chosen.map(([line]) => line) }, file);
  const addresses = chosen.flatMap(([, sites]) => [...sites.keys()]);
  const tables = new Set(addresses.map((address) => info.unitAt(address)!.lineOffset!));
  const dump = RowDump.ofTables(program, tables);
  const comparison = new LineComparison(info, dump, thunksOf(program), addressesOf(theirs));
  for (const [line, sites] of chosen)
    comparison.add(`${file}:${line}`, line, sites, theirs.get(file)?.get(line) ?? []);
  return comparison;
}

/** Lines without code up to the last one with code of each file: how many have sites further on, and how many of those are gdb's. */
export function compareGaps(program: string): { readonly moved: number; readonly alike: number } {
  const { lines } = openProgram(program).debug!;
  const gaps = [...sitesByFile(lines)].map(([file, places]) => {
    const last = Math.max(...places.keys());
    return [
      file,
      Array.from({ length: last }, (_, index) => index + 1).filter((line) => !places.has(line)),
    ] as const;
  });
  const theirs = gdbLines(program, Object.fromEntries(gaps));
  let moved = 0;
  let alike = 0;
  for (const [file, without] of gaps)
    for (const line of without) {
      const found = lines.resolve(file, line);
      if (!found.ok) continue;
      const locations = new Set((theirs.get(file)?.get(line) ?? []).map(({ address }) => address));
      const addresses = new Set(found.sites.map(({ address }) => address));
      moved++;
      if (locations.size === addresses.size && [...addresses].every((address) => locations.has(address)))
        alike++;
    }
  return { moved, alike };
}

/** Of one line of a file, for each site. */
export type Sites = Map<VirtualAddress, LineSite>;

/** Where thunks are, by the program's symbols (Itanium C++ ABI, 5.1.4.3). */
export function thunksOf(program: string): readonly AddressRange[] {
  const debug = `${program}.debug`;
  const listing = execFileSync('nm', ['-S', existsSync(debug) ? debug : program], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return [...listing.matchAll(/^(\w+) (\w+) . _ZT[hvc]/gm)].map(([, start, size]) => {
    const low = virtualAddress(parseInt(start!, 16));
    return { low, high: virtualAddress(low + parseInt(size!, 16)) };
  });
}

function addressesOf(lines: OracleLines): ReadonlySet<number> {
  const locations = [...lines.values()].flatMap((file) => [...file.values()].flat());
  return new Set(locations.map(({ address }) => address));
}

/** File -> line -> address -> site. */
export function sitesByFile(
  lines: LineTables,
  basenames?: readonly string[],
): Map<string, Map<number, Sites>> {
  return filed(lines.statements(), basenames);
}

function filed(
  statements: Iterable<LineSite>,
  basenames?: readonly string[],
): Map<string, Map<number, Sites>> {
  const files = new Map<string, Map<number, Sites>>();
  for (const site of statements) {
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
  lost = 0;
  readonly reasons = { shadowed: 0, repeated: 0, cold: 0, thunk: 0, prologue: 0, dwarf2: 0, other: 0 };
  readonly different: string[] = [];
  readonly wrong: string[] = [];

  constructor(
    private readonly info: DebugInfo,
    private readonly dump: RowDump,
    private readonly thunks: readonly AddressRange[],
    /** All that gdb has, of any line. */
    private readonly oracles: ReadonlySet<number>,
  ) {}

  add(name: string, line: number, sites: Sites, locations: readonly OracleLocation[]): void {
    for (const address of sites.keys())
      if (!this.isPlaceOf(line, address)) this.wrong.push(`${name} ${formatAddress(address)}`);
    this.lines++;
    const reasons = this.reasonsOf(line, sites, locations);
    if (reasons.size === 0) this.same++;
    else if ([...reasons].every((reason) => LOSSES.has(reason))) this.lost++;
    for (const reason of reasons) this.reasons[reason]++;
    if (reasons.has('other')) this.different.push(`${name}: ${textOf(sites.keys(), locations)}`);
  }

  private reasonsOf(line: number, sites: Sites, locations: readonly OracleLocation[]): Set<Reason> {
    const theirs = new Set(locations.map(({ address }) => address));
    const ours = [...sites.keys()];
    const missing = ours.filter((address) => !theirs.has(address));
    const extra = locations.filter(({ address }) => !sites.has(virtualAddress(address)));
    return new Set([
      ...missing.map((address) => this.reasonOfMissing(line, address, locations)),
      ...extra.map((location) => this.reasonOfExtra(line, location, ours, missing)),
    ]);
  }

  /** Of an address that gdb does not have. */
  private reasonOfMissing(
    line: number,
    address: VirtualAddress,
    locations: readonly OracleLocation[],
  ): Reason {
    if (this.isCold(address)) return 'cold';
    if (this.isDwarf2(address)) return 'dwarf2';
    if (this.dump.isShadowed(address, line)) return 'shadowed';
    if (this.isRepeated(address, line)) return 'repeated';
    return this.isMovedOn(address, line, locations) ? 'prologue' : 'other';
  }

  /** Of an address that gdb alone has. */
  private reasonOfExtra(
    line: number,
    location: OracleLocation,
    ours: readonly VirtualAddress[],
    missing: readonly VirtualAddress[],
  ): Reason {
    const address = virtualAddress(location.address);
    if (this.thunks.some(({ low, high }) => low <= address && address < high)) return 'thunk';
    if (this.dump.hasStatement(address, line)) return this.isDwarf2(address) ? 'dwarf2' : 'other';
    // It is none of the line: gdb has moved from one of those that it lacks, or from all.
    const subprogram = this.info.subprogramAt(address);
    if (missing.some((one) => this.isCold(one) && this.info.subprogramAt(one) === subprogram)) return 'cold';
    const isShadowed = (one: VirtualAddress): boolean => this.dump.isShadowed(one, line);
    if (ours.every((one) => isShadowed(one) || this.isRepeated(one, line)))
      return ours.some(isShadowed) ? 'shadowed' : 'repeated';
    return missing.some((one) => this.isMovedOn(one, line, [location])) ? 'prologue' : 'other';
  }

  /** Below the entry of its function. */
  private isCold(address: VirtualAddress): boolean {
    const subprogram = this.info.subprogramAt(address);
    return subprogram !== undefined && address < subprogram.entry;
  }

  private isDwarf2(address: VirtualAddress): boolean {
    const subprogram = this.info.subprogramAt(address);
    return subprogram !== undefined && (subprogram as ScopeNode).die.unit.encoding.version === 2;
  }

  /** Itself, or the entry of a function whose prologue ends there. */
  private isRepeated(address: VirtualAddress, line: number): boolean {
    const entry = this.info.subprogramAt(address)?.entry;
    return this.dump.isRepeated(address, line) || (entry !== undefined && this.dump.isRepeated(entry, line));
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

  /** Is it where a statement of the line starts, or the end of a prologue that has one, by gdb as well? */
  private isPlaceOf(line: number, address: VirtualAddress): boolean {
    if (this.dump.hasStatement(address, line)) return true;
    const subprogram = this.info.subprogramAt(address);
    return (
      subprogram !== undefined &&
      this.oracles.has(address) &&
      this.dump.isStatement(address) &&
      this.dump.hasStatementBetween(subprogram.entry, address, line)
    );
  }
}

const isSameOrNext = (subprogram: Scope, other: Scope | undefined): boolean =>
  other === subprogram || subprogram.ranges.some(({ high }) => high === other?.entry);

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
