/** From a tracepoint's condition and filter, as written, to what decides at one of its sites. */
import type { CaptureGap } from '../capture/captured';
import { lowerCompared, lowerCondition } from '../capture/condition';
import type { Capture } from '../capture/ir';
import type { CaptureProgram, HitFilter } from '../capture/plan';
import type { AddressContext } from '../dwarf/scope';
import type { Expression } from '../expression/expression';
import { ExpressionError } from '../expression/expressionError';
import { parseExpression } from '../expression/message';
import type { TypedExpression } from '../expression/typed';
import { typeExpression } from '../expression/typing';
import type { ValueGap } from '../value/value';
import type { Definition } from './definition';
import { parseHitCondition, type HitCondition } from './hitCondition';
import { PlanError } from './planError';

/** A definition's, parsed. */
export interface WantedGate {
  readonly condition: WantedTest | undefined;
  readonly changed: WantedTest | undefined;
  readonly filter: Omit<HitFilter, 'changed'>;
}

interface WantedTest {
  readonly text: string;
  readonly expression: Expression;
}

/** The same compiled for an address. */
export interface SiteGate {
  readonly program: Pick<CaptureProgram, 'condition' | 'filter'>;
  /** What cannot be worked out there, so that every hit is an error of the condition. */
  readonly gaps: readonly GateGap[];
}

export interface GateGap {
  readonly part: 'condition' | 'changed';
  readonly text: string;
  readonly gap: ValueGap;
  /** Of an expression that means nothing there. */
  readonly error: ExpressionError | undefined;
}

/** @throws PlanError */
export function parseGate({ condition, filter = {}, limits }: Definition): WantedGate {
  const { hitCondition, changed, sampling, maxHits } = filter;
  const { hitsPerSecond } = limits;
  return {
    condition: condition === undefined ? undefined : parseTest('condition', condition),
    changed: changed === undefined ? undefined : parseTest('changed', changed),
    filter: {
      ...(hitCondition !== undefined && { ordinal: ordinalOf(hitCondition) }),
      ...(sampling !== undefined && { sampling }),
      ...(hitsPerSecond !== undefined && { hitsPerSecond }),
      ...(maxHits !== undefined && { maxHits }),
    },
  };
}

function ordinalOf(text: string): HitCondition {
  const ordinal = parseHitCondition(text);
  if (!ordinal) throw new PlanError({ code: 'hitCondition', text });
  return ordinal;
}

function parseTest(part: 'condition' | 'changed', text: string): WantedTest {
  try {
    return { text, expression: parseExpression(text) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new PlanError({ code: 'expression', part, text, error });
  }
}

/** @param context undefined where nothing is known of the address */
export function gateAt(wanted: WantedGate, context: AddressContext | undefined): SiteGate {
  const gaps: GateGap[] = [];
  const compile = (part: GateGap['part'], lower: Lower): Capture | undefined => {
    const test = wanted[part];
    if (!test) return undefined;
    const compiled = compileTest(test.expression, context, lower);
    if ('steps' in compiled) return compiled;
    gaps.push({ part, text: test.text, ...compiled });
    return FAILING;
  };
  const condition = compile('condition', lowerCondition);
  const changed = compile('changed', lowerCompared);
  const filter: HitFilter = { ...wanted.filter, ...(changed && { changed }) };
  const isFiltered = Object.keys(filter).length > 0;
  return { program: { ...(condition && { condition }), ...(isFiltered && { filter }) }, gaps };
}

type Lower = (typed: TypedExpression, context: AddressContext) => Capture | CaptureGap;

function compileTest(
  expression: Expression,
  context: AddressContext | undefined,
  lower: Lower,
): Capture | Pick<GateGap, 'gap' | 'error'> {
  if (!context) return { gap: { code: 'notDescribed' }, error: undefined };
  try {
    const lowered = lower(typeExpression(expression, context), context);
    return 'steps' in lowered ? lowered : { gap: lowered, error: undefined };
  } catch (error) {
    if (error instanceof ExpressionError) return { gap: { code: 'notTyped', failure: error.failure }, error };
    throw error;
  }
}

/** Has no value at any hit. */
const FAILING: Capture = {
  steps: [
    { op: 'constant', value: 0n },
    { op: 'require', condition: 0, operand: 0 },
  ],
  output: { kind: 'scalar', value: 1, size: 8 },
};
