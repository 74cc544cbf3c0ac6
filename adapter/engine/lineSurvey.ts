/** What tracepoints on lines would find there, before there are any. Reads debug information and code, and installs nothing. */
import { setImmediate as otherWork } from 'node:timers/promises';
import { DEFAULT_CAPTURE_LIMITS } from '../capture/captured';
import { lowerVariable } from '../capture/lower';
import type { AddressContext, Variable } from '../dwarf/scope';
import { DecodeError } from '../elf/decodeError';
import type { Module } from '../symbols/module';
import { SymbolError } from '../symbols/symbolError';
import type { SourceMap } from '../symbols/sourceMap';
import type { ValueGap } from '../value/value';
import type { RefusalReason } from '../x86/placement';
import { CodePlacement } from './codePlacement';
import { PlanError } from './planError';
import { chooseAddress } from './planner';
import { contextOf, type CandidateSite } from './site';
import { findSites, oneAtEachAddress } from './siteSearch';

export interface SurveyedLine {
  readonly line: number;
  /** Machine addresses by the breakpoint rule. */
  readonly copies: number;
  /** Why no probe may go to any of them; undefined where one may. */
  readonly refusal: RefusalReason | undefined;
  /** Arguments and locals of the line's function that have no value at any of them, because the compiler did without. */
  readonly optimisedOut: readonly string[];
}

/** Answers are kept for as long as the modules are the same. */
export class LineSurvey {
  private modules: readonly Module[] = [];
  private readonly placements = new Map<Module, CodePlacement>();
  /** By file and line; undefined for lines without code of their own. */
  private readonly known = new Map<string, SurveyedLine | undefined>();

  constructor(private readonly map: SourceMap) {}

  /** Those of the lines that have code. Other work is let in between. @param modules the program first. */
  async of(file: string, lines: readonly number[], modules: readonly Module[]): Promise<SurveyedLine[]> {
    const found: SurveyedLine[] = [];
    let since = performance.now();
    for (const line of lines) {
      if (performance.now() - since > MAX_BLOCK_MS) {
        await otherWork();
        since = performance.now();
      }
      const surveyed = this.at(file, line, modules);
      if (surveyed) found.push(surveyed);
    }
    return found;
  }

  private at(file: string, line: number, modules: readonly Module[]): SurveyedLine | undefined {
    this.renew(modules);
    const key = `${line} ${file}`;
    if (this.known.has(key)) return this.known.get(key);
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    const surveyed = this.survey(file, line);
    this.known.set(key, surveyed);
    return surveyed;
  }

  private renew(modules: readonly Module[]): void {
    const before = this.modules;
    if (modules.length === before.length && modules.every((one, i) => one === before[i])) return;
    this.modules = [...modules];
    this.known.clear();
    this.placements.clear();
  }

  private survey(file: string, line: number): SurveyedLine | undefined {
    const all = this.sitesAt(file, line);
    const sites = all.slice(0, MAX_SITES);
    if (sites.length === 0) return undefined;
    const choices = sites.map((site) =>
      chooseAddress(site, this.placementIn(site.module), () => READS_NOTHING),
    );
    const refused = choices.flatMap((choice) => (choice.kind === 'refused' ? [choice.reason] : []));
    return {
      line,
      copies: all.length,
      refusal: refused.length === choices.length ? refused[0] : undefined,
      optimisedOut: optimisedOutAt(sites.flatMap((site) => contextOf(site) ?? [])),
    };
  }

  /** Of the line itself: a tracepoint on a line without code goes to another. */
  private sitesAt(file: string, line: number): CandidateSite[] {
    try {
      const { sites } = findSites({ kind: 'line', file, line }, this.modules, this.map);
      return oneAtEachAddress(sites.filter(({ resolvedLine }) => resolvedLine === line));
    } catch (error) {
      if (error instanceof PlanError || error instanceof SymbolError || error instanceof DecodeError)
        return [];
      throw error;
    }
  }

  private placementIn(module: Module): CodePlacement {
    let placement = this.placements.get(module);
    if (!placement) this.placements.set(module, (placement = new CodePlacement(module)));
    return placement;
  }
}

/** What every copy has and none has a value of. @param contexts of the line's sites */
function optimisedOutAt([first, ...others]: readonly AddressContext[]): string[] {
  let names = first ? optimisedOut(first) : [];
  for (const other of others) {
    const too = new Set(optimisedOut(other));
    names = names.filter((name) => too.has(name));
  }
  return names;
}

/** Without what compilers add of their own, whose names nobody may choose. */
const optimisedOut = (context: AddressContext): string[] =>
  context
    .frameLocals()
    .filter((variable) => !variable.name.startsWith('__') && isOptimisedOut(variable, context))
    .map(({ name }) => name);

function isOptimisedOut(variable: Variable, context: AddressContext): boolean {
  const { source } = lowerVariable(variable, context, DEFAULT_CAPTURE_LIMITS).expression;
  return source.kind === 'unavailable' && GAPS.has(source.reason.code);
}

const GAPS: ReadonlySet<ValueGap['code']> = new Set([
  'optimisedOut',
  'notAtThisAddress',
  'displaced',
  'callerValue',
]);
const READS_NOTHING = { registers: new Set<never>() };
/** Of a line that are looked at; all are counted. */
const MAX_SITES = 16;
const MAX_KNOWN = 20_000;
/** Milliseconds: records wait in the ring meanwhile. */
const MAX_BLOCK_MS = 20;
