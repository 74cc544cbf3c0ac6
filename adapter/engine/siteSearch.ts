import type { VirtualAddress } from '../elf/address';
import { functionSymbols } from '../elf/symbolTable';
import type { LineGap, LineSite } from '../dwarf/lineSite';
import type { FunctionMatch } from '../dwarf/debugInfo';
import type { DebugFile } from '../dwarf/debugFile';
import type { Scope } from '../dwarf/scope';
import type { Module } from '../symbols/module';
import type { SourceMap } from '../symbols/sourceMap';
import { PreferredFile } from './preferredFile';
import { searchModules, undescribed } from './moduleSearch';
import { sourceNames } from './sourceName';
import { PlanError, type MissingUnits, type PlanFailure, type UnsearchedModule } from './planError';
import type { CandidateSite } from './site';
import type { LineWhere, Where } from './where';

/** Of all modules that could be searched. */
export interface FoundSites {
  readonly sites: readonly CandidateSite[];
  /** Modules that may have more, but are damaged. */
  readonly damaged: readonly UnsearchedModule[];
  readonly missedColumn: MissedColumn | undefined;
}

/**
 * All addresses of a place in the source over all modules. None at all is an error that says why: the most telling
 * reason of any module. What is wrong with one module's file costs that module alone.
 * @param modules the program first.
 * @param withColumns the sites of lines tell their columns, which takes longer.
 * @throws PlanError; SymbolError, DecodeError where no module could be searched
 */
export function findSites(
  where: Where,
  modules: readonly Module[],
  map: SourceMap,
  withColumns = false,
): FoundSites {
  const gaps: PlanError[] = [];
  const preferred = new PreferredFile(where, map);
  const searched = searchModules(isOfProgram(where) ? modules.slice(0, 1) : modules, (module) => {
    try {
      return preferred.only(sitesInModule(where, module, map, withColumns));
    } catch (error) {
      if (!(error instanceof PlanError)) throw error;
      gaps.push(error);
      preferred.note(error.failure, module);
      return error.failure.code === 'noDebugInformation' ? undefined : [];
    }
  });
  const { unsearched } = searched;
  const sites = searched.found.flat();
  const damaged = unsearched.filter(({ error }) => error !== undefined);
  if (sites.length > 0) return { sites, damaged, missedColumn: missedColumnOf(where, sites) };
  const telling = mostTelling(gaps);
  // What a library has of that name says nothing where the program could not be asked.
  const program = gaps[0]?.failure;
  if (program?.code === 'noDebugInformation' && where.kind === 'line' && telling?.failure.code === 'line')
    throw new PlanError(telling.failure.gap.code === 'noSuchFile' ? telling.failure : program, unsearched);
  if (!telling && damaged.length > 0) throw damaged[0]!.error;
  const failure = bySymbol(where, modules) ?? telling?.failure ?? { code: 'noModules' };
  throw new PlanError(failure, unsearched, missingUnits(where, modules));
}

/** Is it a place of the program alone, and of no library? */
export const isOfProgram = (where: Where): boolean =>
  where.kind === 'address' || (where.kind === 'lines' && where.name === undefined);

/** A column of a line that was asked for and has nothing, so that it became the whole line. */
export type MissedColumn = Required<Pick<LineWhere, 'line' | 'column'>>;

function missedColumnOf(where: Where, sites: readonly CandidateSite[]): MissedColumn | undefined {
  if (where.kind !== 'line' || where.column === undefined) return undefined;
  const { line, column } = where;
  const isWholeLine = sites.every((site) => site.resolvedLine === line && site.column !== column);
  return isWholeLine ? { line, column } : undefined;
}

/** A function that is in no debug information may still be a symbol of a module or unit that has none. */
function bySymbol(where: Where, modules: readonly Module[]): PlanFailure | undefined {
  if (where.kind !== 'function' && where.kind !== 'name') return undefined;
  const { name } = where;
  const { found } = searchModules(modules, (module): PlanFailure[] => {
    const symbol = functionSymbols(module.image).find((candidate) => candidate.name === name);
    if (!symbol) return [];
    if (!module.debug)
      return [{ code: 'functionWithoutDebugInformation', name, module: undescribed(module) }];
    const gap = module.debug.info.unitAt(symbol.address)?.gap();
    return gap ? [{ code: 'functionOfUnreadUnit', name, gap }] : [];
  });
  return found.flat()[0];
}

/** Where functions may be that have no symbol either. */
function missingUnits({ kind }: Where, modules: readonly Module[]): MissingUnits | undefined {
  if (kind !== 'function' && kind !== 'name') return undefined;
  const { found } = searchModules(modules, ({ debug }) =>
    debug?.info.units.flatMap((unit) => unit.missingFile() ?? []),
  );
  const [gap, ...others] = found.flat();
  return gap && { gap, others: others.length };
}

/** Every is_stmt row of a module's line tables, one after the other as they stand there. */
export function* statementRows({ debug }: Module, map: SourceMap): Generator<StatementRow> {
  for (const unit of debug?.lines.rows(true) ?? []) {
    const rows: { file: number; line: number; column: number | undefined; address: VirtualAddress }[] = [];
    unit.each((file, line, address, row) => rows.push({ file, line, column: unit.column(row), address }));
    for (const { file, line, column, address } of rows) {
      const path = unit.path(file);
      const scope = enclosingFunction(debug?.info.innermostScope(address));
      yield { file: path === undefined ? undefined : map.toEditor(path), line, column, address, scope };
    }
  }
}
export type StatementRow = Pick<CandidateSite, 'file' | 'line' | 'column' | 'address' | 'scope'>;

/** Every line with code of one of a module's files, by the breakpoint rule. */
function* allSites(
  module: Module,
  map: SourceMap,
  file: string,
  withColumns = false,
): Generator<CandidateSite> {
  const { debug } = module;
  if (!debug) return;
  for (const name of sourceNames(debug, map, file)) {
    let some = false;
    for (const site of debug.lines.statements(name, withColumns)) {
      some = true;
      yield ofLine(module, site, map);
    }
    if (some) return;
  }
}

function sitesInModule(where: Where, module: Module, map: SourceMap, withColumns: boolean): CandidateSite[] {
  if (where.kind === 'address') return [atAddress(module, where.address, map)];
  const debug = module.debug;
  if (!debug) throw new PlanError({ code: 'noDebugInformation', module: undescribed(module) });
  switch (where.kind) {
    case 'line':
      return ofLines(module, debug, map, where, withColumns);
    case 'function':
      return (
        ofFunction(module, debug, map, where.name) ?? raise({ code: 'noSuchFunction', name: where.name })
      );
    case 'name':
      return (
        ofFile(module, map, where.name, withColumns) ??
        ofFunction(module, debug, map, where.name) ??
        raise({ code: 'noSuchName', name: where.name })
      );
    case 'lines':
      if (where.name === undefined) return eachLine([...debug.lines.statements()], module, map);
      return (
        linesOfFile(module, debug, map, where.name) ??
        linesOfFunction(module, debug, map, where.name) ??
        raise({ code: 'noSuchName', name: where.name })
      );
  }
}

function ofLines(
  module: Module,
  debug: DebugFile,
  map: SourceMap,
  { file, line, column }: LineWhere,
  withColumns: boolean,
): CandidateSite[] {
  const gaps: LineGap[] = [];
  for (const name of sourceNames(debug, map, file)) {
    const resolution = debug.lines.resolve(name, line, { column, withColumns });
    if (resolution.ok) return resolution.sites.map((site) => ofLine(module, site, map));
    gaps.push(resolution.gap);
    // It is this file, and no other that it might be.
    if (resolution.gap.code !== 'noSuchFile') break;
  }
  throw new PlanError({ code: 'line', file, line, gap: mostTellingGap(gaps) });
}

function ofFile(
  module: Module,
  map: SourceMap,
  file: string,
  withColumns: boolean,
): CandidateSite[] | undefined {
  const found = [...allSites(module, map, file, withColumns)];
  const files = [...new Set(found.map((site) => site.file!))].sort();
  if (files.length > 1) raise({ code: 'line', file, line: undefined, gap: { code: 'ambiguousFile', files } });
  if (found.length === 0) return undefined;
  const byLine = new Map<number | undefined, CandidateSite[]>();
  for (const site of found) {
    const sites = byLine.get(site.resolvedLine) ?? [];
    byLine.set(site.resolvedLine, sites);
    sites.push(site);
  }
  return [...byLine.values()].flatMap(distinct);
}

function linesOfFile(
  module: Module,
  debug: DebugFile,
  map: SourceMap,
  file: string,
): CandidateSite[] | undefined {
  for (const name of sourceNames(debug, map, file)) {
    const found = [...debug.lines.statements(name)];
    if (found.length === 0) continue;
    const files = [...new Set(found.map((site) => map.toEditor(site.file)))].sort();
    if (files.length > 1)
      raise({ code: 'line', file, line: undefined, gap: { code: 'ambiguousFile', files } });
    return eachLine(found, module, map);
  }
  return undefined;
}

/** What the function's own source has, in its own code and in copies of it. */
function linesOfFunction(
  module: Module,
  debug: DebugFile,
  map: SourceMap,
  name: string,
): CandidateSite[] | undefined {
  const matches = debug.info.functionsNamed(name);
  if (matches.length === 0) return undefined;
  const names = new Set(matches.map(({ scope }) => scope.name));
  const code = matches.flatMap(({ scope }) => scope.ranges);
  const files = new Set(matches.flatMap(({ entry }) => debug.lines.locate(entry)?.file ?? []));
  const found = [...files].flatMap((file) => [...debug.lines.statements(file)]);
  const isOwn = ({ address, scope }: LineSite): boolean =>
    names.has(scope?.name) && code.some(({ low, high }) => low <= address && address < high);
  return eachLine(found.filter(isOwn), module, map);
}

/** Where lines share an address, each has it; a line of a header comes once for each unit that has it. */
function eachLine(sites: readonly LineSite[], module: Module, map: SourceMap): CandidateSite[] {
  const seen = new Map<VirtualAddress, LineSite[]>();
  return sites
    .filter((site) => {
      const known = seen.get(site.address) ?? [];
      if (known.some(({ line, file }) => line === site.line && file === site.file)) return false;
      known.push(site);
      return seen.set(site.address, known);
    })
    .map((site) => ofLine(module, site, map));
}

/** Where a breakpoint on the function would be: behind its prologue. An inlined copy has none: its first address. */
function ofFunction(
  module: Module,
  debug: DebugFile,
  map: SourceMap,
  name: string,
): CandidateSite[] | undefined {
  const named = debug.info.functionsNamed(name);
  const matches = named.length > 0 ? named : functionsBySymbol(module, debug, name);
  if (matches.length === 0) return undefined;
  return distinct(
    matches.map((match) => {
      const at = debug.lines.locate(match.entry, match);
      const resolution = at && !match.inlined ? debug.lines.resolve(at.file, at.line) : undefined;
      const sites = resolution?.ok ? resolution.sites : [];
      const site = sites.find(({ address }) =>
        match.scope.ranges.some(({ low, high }) => low <= address && address < high),
      );
      if (site) {
        const body = debug.lines.locate(site.address, match)?.line ?? site.resolvedLine;
        return { ...ofLine(module, site, map), line: body, resolvedLine: body, scope: match.scope };
      }
      return {
        module,
        file: at && map.toEditor(at.file),
        line: at?.line,
        resolvedLine: at?.line,
        address: match.entry,
        scope: match.scope,
        alternatives: [],
      };
    }),
  );
}

/** Those that only the symbols call so: aliases, and functions that the linker folded into others of the same code. */
function functionsBySymbol(
  { image }: Module,
  { info }: DebugFile,
  name: string,
): Pick<FunctionMatch, 'entry' | 'scope' | 'unit' | 'inlined'>[] {
  const symbols = functionSymbols(image).filter((symbol) => symbol.name === name && !symbol.isResolver);
  return [...new Set(symbols.map(({ address }) => address))].flatMap((entry) => {
    const scope = info.subprogramAt(entry);
    const unit = info.unitAt(entry);
    return scope?.entry === entry && unit ? [{ entry, scope, unit, inlined: false }] : [];
  });
}

function atAddress(module: Module, address: VirtualAddress, map: SourceMap): CandidateSite {
  const { image, debug } = module;
  const code = image.sections.find(
    (section) => section.executable && section.address <= address && address < section.address + section.size,
  );
  if (!code) throw new PlanError({ code: 'notCode', path: module.path, address });
  const at = debug?.lines.locate(address);
  return {
    module,
    file: at && map.toEditor(at.file),
    line: at?.line,
    resolvedLine: at?.line,
    address,
    scope: enclosingFunction(debug?.info.innermostScope(address)),
    alternatives: [],
  };
}

function enclosingFunction(scope: Scope | undefined): Scope | undefined {
  let inner = scope;
  while (inner?.kind === 'block') inner = inner.parent;
  return inner;
}

const ofLine = (module: Module, site: LineSite, map: SourceMap): CandidateSite => ({
  ...site,
  module,
  file: map.toEditor(site.file),
});

/** A line of a header comes once for each unit that has it. */
function distinct(sites: readonly CandidateSite[]): CandidateSite[] {
  const seen = new Set<VirtualAddress>();
  return sites.filter(({ address }) => !seen.has(address) && seen.add(address));
}

/**
 * Of several lines' sites at one address that of the line that is there: a breakpoint on the line where a function begins is
 * behind the prologue, where another line is.
 */
export function oneAtEachAddress(sites: readonly CandidateSite[]): CandidateSite[] {
  const chosen = new Map<Module, Map<VirtualAddress, CandidateSite>>();
  for (const site of sites) {
    const { module, address } = site;
    const inModule = chosen.get(module) ?? new Map<VirtualAddress, CandidateSite>();
    chosen.set(module, inModule);
    if (!inModule.has(address) || module.debug?.lines.locate(address)?.line === site.resolvedLine)
      inModule.set(address, site);
  }
  return [...chosen.values()].flatMap((inModule) => [...inModule.values()]);
}

function raise(failure: PlanFailure): never {
  throw new PlanError(failure);
}

/** What is said when no module has the place: the module that comes nearest to having it speaks. */
const mostTelling = (errors: readonly PlanError[]): PlanError | undefined =>
  [...errors].sort((a, b) => telling(a) - telling(b))[0];

function telling({ failure }: PlanError): number {
  if (failure.code === 'line') return gapTelling(failure.gap);
  return failure.code === 'noDebugInformation' ? 4 : 3;
}

const mostTellingGap = (gaps: readonly LineGap[]): LineGap =>
  [...gaps].sort((a, b) => gapTelling(a) - gapTelling(b))[0]!;

const gapTelling = ({ code }: LineGap): number => ['noCode', 'ambiguousFile', 'noSuchFile'].indexOf(code);
