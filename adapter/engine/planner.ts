/** From a tracepoint's definition to plans: one for each module that has sites of it. */
import { captureReads } from '../capture/lower';
import type { CaptureProgram, Plan, PlanSite, ProcessScope } from '../capture/plan';
import { lowerSite, type SiteCapture, type SiteExpression } from '../capture/site';
import { DEFAULT_CAPTURE_LIMITS } from '../capture/captured';
import type { AddressContext } from '../dwarf/scope';
import type { VirtualAddress } from '../elf/address';
import type { Expression } from '../expression/expression';
import { ExpressionError, refusal } from '../expression/expressionError';
import { radixOf, typeFormatted } from '../expression/format';
import { parseMessage, type Format, type Message } from '../expression/message';
import type { Module } from '../symbols/module';
import type { SourceMap } from '../symbols/sourceMap';
import type { ValueGap } from '../value/value';
import type { CaptureReads, RefusalReason } from '../x86/placement';
import { CodePlacement } from './codePlacement';
import type { CaptureRequest, Definition } from './definition';
import { PlanError, type UnsearchedModule } from './planError';
import { gateAt, parseGate, type GateGap, type WantedGate } from './siteGate';
import { contextOf, type CandidateSite, type RefusedSite } from './site';
import { findSites, isOfProgram, oneAtEachAddress, type MissedColumn } from './siteSearch';
import type { Target } from './target';
import type { Where } from './where';

/** A site that gets a probe. */
export interface PlannedSite extends CandidateSite {
  readonly probeAddress: VirtualAddress;
  /** A hit takes no single step, and so a fraction of the time. */
  readonly emulated: boolean;
  readonly program: CaptureProgram;
  /** Undefined when hits are only counted. */
  readonly record: SiteRecord | undefined;
  /** What of the condition cannot be worked out there. */
  readonly gateGaps: readonly GateGap[];
}

/** What the records of a site hold, and what of the expressions they do not. */
export interface SiteRecord {
  readonly message: Message | undefined;
  readonly capture: SiteCapture;
  /** For each expression: its index in `capture.expressions`, or why it means nothing here. */
  readonly slots: readonly Slot[];
}
export type Slot = number | { readonly name: string; readonly error: ExpressionError };

/** The sites of one module. */
export interface PlanPart {
  readonly plan: Plan;
  readonly sites: readonly PlannedSite[];
  /** Of each site, its index in `plan.sites`: those that only count share a probe. */
  readonly probes: readonly number[];
}

export interface Planning {
  readonly parts: readonly PlanPart[];
  readonly refused: readonly RefusedSite[];
  /** Expressions that some sites cannot capture. */
  readonly unavailable: readonly UnavailableExpression[];
  /** Conditions that some sites cannot work out: their hits count as errors. */
  readonly undecided: readonly UnavailableExpression[];
  /** Modules that may have more sites, but are damaged. */
  readonly damaged: readonly UnsearchedModule[];
  readonly missedColumn: MissedColumn | undefined;
}
export type PlanSteps = Generator<void, Planning>;

export interface UnavailableExpression {
  readonly text: string;
  /** The first site's reason. */
  readonly gap: ValueGap;
  /** Of an expression that means nothing there. */
  readonly error: ExpressionError | undefined;
  /** In how many of the planned sites. */
  readonly sites: number;
}

export interface PlanTarget {
  /** Those that are planned for. */
  readonly modules: readonly Module[];
  /** Whether it is among them or not. */
  readonly program: Module | undefined;
  readonly sourceMap: SourceMap;
  /** As in Plan. */
  readonly pid: number;
  /** Under 0: which ones. */
  readonly scope?: ProcessScope | undefined;
}

/** @param modules those that are planned for, where they are not all of the target's */
export const planTargetOf = (
  target: Target,
  sourceMap: SourceMap,
  modules: readonly Module[] = target.modules,
): PlanTarget => ({
  modules,
  program: target.modules[0],
  sourceMap,
  pid: target.pid,
  scope: target.scope,
});

/** @throws PlanError, SymbolError, DecodeError */
export function planTracepoint(definition: Definition, target: PlanTarget): Planning {
  const steps = planSteps(definition, target);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The same in short steps, of one site each: other work may be done between them. */
export function* planSteps(definition: Definition, target: PlanTarget): PlanSteps {
  const wanted = { ...parseRequest(definition.capture), gate: parseGate(definition) };
  const found = findSites(definition.where, modulesFor(definition.where, target), target.sourceMap);
  const { damaged, missedColumn } = found;
  // Lines that are counted each by itself may share an address, and do not add up.
  const candidates = definition.where.kind === 'lines' ? found.sites : oneAtEachAddress(found.sites);
  const refused: RefusedSite[] = [];
  const parts: PlanPart[] = [];
  for (const [module, sites] of byModule(candidates)) {
    const code = new CodePlacement(module);
    const planned: PlannedSite[] = [];
    for (const site of sites) {
      yield;
      const outcome = planSite(site, wanted, definition.limits.bytesPerHit, code);
      if ('reason' in outcome) refused.push(outcome);
      else planned.push(outcome);
    }
    if (planned.length > 0) parts.push(partOf(module, planned, target));
  }
  const probes = parts.reduce((sum, { plan }) => sum + plan.sites.length, 0);
  const { sites: limit } = definition.limits;
  if (probes > limit) throw new PlanError({ code: 'tooManySites', found: probes, limit });
  if (parts.length === 0) throw new PlanError({ code: 'allRefused', refused });
  const planned = parts.flatMap(({ sites }) => sites);
  refuseUndecided(planned);
  return {
    parts,
    refused,
    unavailable: unavailableIn(planned),
    undecided: summary(planned.flatMap(({ gateGaps }) => gateGaps)),
    damaged,
    missedColumn,
  };
}

/** What is of the program alone is in none of the libraries that come later. */
const modulesFor = (where: Where, { modules, program }: PlanTarget): readonly Module[] =>
  isOfProgram(where) ? modules.filter((module) => module === program) : modules;

/** A condition that decides nowhere is a mistake. */
function refuseUndecided(sites: readonly PlannedSite[]): void {
  const [first] = sites[0]!.gateGaps;
  if (!first || sites.some(({ gateGaps }) => gateGaps.length === 0)) return;
  const { part, text, gap, error } = first;
  throw new PlanError(
    error ? { code: 'expression', part, text, error } : { code: 'unknownCondition', text, gap },
  );
}

type Wanted = WantedRecord & { readonly gate: WantedGate };
type WantedRecord =
  | { readonly mode: 'log'; readonly message: Message; readonly expressions: readonly WantedExpression[] }
  | { readonly mode: 'snapshot' }
  | { readonly mode: 'count' };
interface WantedExpression {
  readonly text: string;
  readonly format: Format | undefined;
  readonly expression: Expression;
}

function parseRequest(request: CaptureRequest): WantedRecord {
  if (request.mode !== 'log') return request;
  try {
    const message = parseMessage(request.message);
    return { mode: 'log', message, expressions: message.parts.filter((part) => part.kind === 'expression') };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new PlanError({ code: 'expression', part: 'message', text: request.message, error });
  }
}

/**
 * Tries the line's own address, then its other ones, then those places to which a probe may be moved; what is captured
 * is compiled for the address that is tried.
 */
function planSite(
  site: CandidateSite,
  wanted: Wanted,
  bytesPerHit: number,
  code: CodePlacement,
): PlannedSite | RefusedSite {
  const codes = new Map<VirtualAddress, SiteCode>();
  const codeAt = (address: VirtualAddress): SiteCode => {
    let known = codes.get(address);
    if (!known) codes.set(address, (known = codeOf(site, address, wanted, bytesPerHit)));
    return known;
  };
  const asksNothing = wanted.mode === 'count' && !wanted.gate.condition && !wanted.gate.changed;
  const chosen =
    (asksNothing ? chooseForCount(site, code) : undefined) ??
    chooseAddress(site, code, (address) => readsOf(codeAt(address).program));
  if (chosen.kind === 'refused') return { site, reason: chosen.reason };
  const { probe, address } = chosen;
  return { ...site, probeAddress: probe, emulated: code.emulates(address, probe), ...codeAt(address) };
}

type Choice =
  | { readonly kind: 'probe'; readonly address: VirtualAddress; readonly probe: VirtualAddress }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** For a probe that captures nothing, wherever in the basic block it is cheapest. */
function chooseForCount({ address }: CandidateSite, code: CodePlacement): Choice | undefined {
  const placement = code.placeCount(address);
  return placement.kind === 'refused' ? undefined : { kind: 'probe', address, probe: placement.address };
}

/** `reads`: what the captures for an address read. */
export function chooseAddress(
  site: CandidateSite,
  code: CodePlacement,
  reads: (address: VirtualAddress) => CaptureReads,
): Choice {
  const addresses = [site.address, ...site.alternatives];
  const allowed = addresses.find((address) => code.place(address).kind === 'here');
  if (allowed !== undefined) return { kind: 'probe', address: allowed, probe: allowed };
  const placements = addresses.map((address) => ({
    address,
    placement: code.place(address, reads(address)),
  }));
  for (const { address, placement } of placements)
    if (placement.kind !== 'refused') return { kind: 'probe', address, probe: placement.address };
  const first = placements[0]!.placement;
  return first.kind === 'refused' ? first : { kind: 'refused', reason: { code: 'notABoundary' } };
}

const readsOf = ({ captures, condition, filter }: CaptureProgram): CaptureReads =>
  captureReads([
    ...captures,
    ...(condition ? [condition] : []),
    ...(filter?.changed ? [filter.changed] : []),
  ]);

type SiteCode = Pick<PlannedSite, 'program' | 'record' | 'gateGaps'>;

function codeOf(site: CandidateSite, address: VirtualAddress, wanted: Wanted, bytesPerHit: number): SiteCode {
  // A count that asks for nothing needs no context.
  const asks = wanted.mode !== 'count' || (wanted.gate.condition ?? wanted.gate.changed) !== undefined;
  const context = asks ? contextOf({ ...site, address }) : undefined;
  const record = recordOf(context, wanted, bytesPerHit);
  const { program, gaps } = gateAt(wanted.gate, context);
  return { record, program: { ...(record?.capture.program ?? COUNT), ...program }, gateGaps: gaps };
}

function recordOf(
  context: AddressContext | undefined,
  wanted: WantedRecord,
  bytesPerHit: number,
): SiteRecord | undefined {
  if (wanted.mode === 'count') return undefined;
  const limits = { ...DEFAULT_CAPTURE_LIMITS, bytesPerHit };
  const expressions: SiteExpression[] = [];
  const add = (expression: SiteExpression): number => expressions.push(expression) - 1;
  const slots =
    wanted.mode === 'snapshot'
      ? (context?.frameLocals() ?? []).map((variable) => add({ variable }))
      : wanted.expressions.map((one) => typed(one, context, add));
  const message = wanted.mode === 'log' ? wanted.message : undefined;
  const capture = context ? lowerSite(expressions, context, limits) : NOTHING;
  return { message, capture, slots };
}

function typed(
  { text, expression, format }: WantedExpression,
  context: AddressContext | undefined,
  add: (expression: SiteExpression) => number,
): Slot {
  if (!context)
    return { name: text, error: refusal(expression, { code: 'noSuchName', name: text, similar: [] }) };
  try {
    return add({ text, typed: typeFormatted(expression, format, context), radix: radixOf(format) });
  } catch (error) {
    if (error instanceof ExpressionError) return { name: text, error };
    throw error;
  }
}

const NOTHING: SiteCapture = {
  expressions: [],
  program: { captures: [], mode: 'record' },
  indices: [],
  loadBias: undefined,
};
const COUNT: CaptureProgram = { captures: [], mode: 'count' };

/** Whose hits in a module are taken: who runs the program needs no telling where that is what is probed. */
export function processesIn(
  module: Module,
  { pid, scope, program }: Pick<PlanTarget, 'pid' | 'scope' | 'program'>,
): Pick<Plan, 'pid' | 'only'> {
  const { program: path, ...user } = scope ?? {};
  const only = { ...user, ...(path !== undefined && module !== program && { program: path }) };
  return { pid, ...(Object.keys(only).length > 0 && { only }) };
}

function partOf(module: Module, sites: readonly PlannedSite[], target: PlanTarget): PlanPart {
  const programs: CaptureProgram[] = [];
  const known = new Map<string, number>();
  const planSites: PlanSite[] = [];
  const counting = new Map<string, number>();
  const probes = sites.map(({ program, record, probeAddress: address }) => {
    const key = programKey(program);
    const index = known.get(key) ?? programs.push(program) - 1;
    known.set(key, index);
    const place = `${index} ${address}`;
    const shared = record ? undefined : counting.get(place);
    if (shared !== undefined) return shared;
    // The boundary is proven, so the byte is in the file.
    const probe = planSites.push({ offset: module.image.fileOffset(address)!, address, program: index }) - 1;
    if (!record) counting.set(place, probe);
    return probe;
  });
  const { openPath: path, buildId } = module;
  const plan = { path, buildId, ...processesIn(module, target), sites: planSites, programs };
  return { plan, sites, probes };
}

const programKey = (program: CaptureProgram): string =>
  JSON.stringify(program, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

function byModule(sites: readonly CandidateSite[]): Map<Module, CandidateSite[]> {
  const groups = new Map<Module, CandidateSite[]>();
  for (const site of sites) {
    const group = groups.get(site.module);
    if (group) group.push(site);
    else groups.set(site.module, [site]);
  }
  return groups;
}

type ExpressionGap = Omit<UnavailableExpression, 'sites'>;

function unavailableIn(sites: readonly PlannedSite[]): UnavailableExpression[] {
  const found: ExpressionGap[] = [];
  for (const { record } of sites) {
    for (const slot of record?.slots ?? []) {
      if (typeof slot !== 'number') {
        const { name: text, error } = slot;
        found.push({ text, gap: { code: 'notTyped', failure: error.failure }, error });
        continue;
      }
      const { text, source } = record!.capture.expressions[slot]!;
      if (source.kind === 'unavailable') found.push({ text, gap: source.reason, error: undefined });
    }
  }
  return summary(found);
}

/** Each text once, with its first reason. */
function summary(gaps: readonly ExpressionGap[]): UnavailableExpression[] {
  const found = new Map<string, ExpressionGap & { sites: number }>();
  for (const { text, gap, error } of gaps) {
    const entry = found.get(text);
    if (entry) entry.sites++;
    else found.set(text, { text, gap, error, sites: 1 });
  }
  return [...found.values()];
}
