import type { AddressContext, Variable } from '../dwarf/scope';
import type { TypedExpression } from '../expression/typed';
import {
  capturesOf,
  type CapturedExpression,
  type CaptureLimits,
  type CaptureSource,
  type Radix,
} from './captured';
import { holdsPointers } from './holdsPointers';
import { isHeld, type Growth } from './growth';
import { MAX_STEPS, outputValues, type Capture, type Output } from './ir';
import { formatCapture } from './listing';
import { lowerExpression, lowerVariable } from './lower';
import type { CaptureProgram } from './plan';
import {
  BYTES_HEADER_SIZE,
  fieldSize,
  MAX_CAPTURES,
  RECORD_HEADER_SIZE,
  STRING_HEADER_SIZE,
} from './recordLayout';

/** What is asked for at a site: an expression as written, or a variable of a snapshot. */
export type SiteExpression =
  | { readonly text: string; readonly typed: TypedExpression; readonly radix?: Radix }
  | { readonly variable: Variable };

/** The record of one site: what it is to show, and the captures that fill it. */
export interface SiteCapture {
  readonly expressions: readonly CapturedExpression[];
  readonly program: CaptureProgram;
  /** For each expression the indices of its captures in `program.captures`. */
  readonly indices: readonly (readonly number[])[];
  /** Index of the capture of the module's load bias, by which addresses get their symbols; undefined where none are shown. */
  readonly loadBias: number | undefined;
}

/**
 * Compiles all expressions of a site into one record of at most `limits.bytesPerHit` bytes and MAX_CAPTURES captures.
 * Where not all fits, large structs and long strings are cut to the same length, so that no one of them takes the
 * room of the others; what then still has no room is `overBudget`.
 */
export function lowerSite(
  expressions: readonly SiteExpression[],
  context: AddressContext,
  limits: CaptureLimits,
): SiteCapture {
  const lowered = expressions.map((expression) =>
    'variable' in expression
      ? lowerVariable(expression.variable, context, limits)
      : lowerExpression(expression.text, expression.typed, context, limits, expression.radix),
  );
  const showsAddresses = lowered.some(({ expression }) => isWithAddresses(expression));
  const room = limits.bytesPerHit - RECORD_HEADER_SIZE - (showsAddresses ? LOAD_BIAS_BYTES : 0);
  const kept = Math.min(GROWTH_SHARE * room, GROWTH_BYTES * lowered.flatMap(({ growths }) => growths).length);
  const share = fairShare(
    lowered.map(({ expression: { source } }) => recordBytes(source)),
    room - kept,
  );
  const record = new Record(limits.bytesPerHit - RECORD_HEADER_SIZE);
  const placed = lowered.map(({ expression, growths }) => record.place(cut(expression, share), growths));
  const loadBias = showsAddresses ? record.take([LOAD_BIAS], MAX_CAPTURES)?.[0] : undefined;
  grow(placed, record);
  return {
    expressions: placed.map(({ expression }) => expression),
    program: { captures: record.captures, mode: 'record' },
    indices: placed.map(({ indices }) => indices),
    loadBias,
  };
}

const isWithAddresses = ({ type, source, radix }: CapturedExpression): boolean =>
  source.kind !== 'unavailable' && radix === 10 && holdsPointers(type);

/** An expression in a record, which may grow. */
interface Placed {
  readonly expression: CapturedExpression;
  readonly indices: number[];
  readonly growths: readonly Growth[];
}

/** Each expression grows a step, then each another, as long as there is room; what is most useful in few bytes comes first. */
function grow(placed: readonly Placed[], record: Record): void {
  let turn = placed.flatMap((one) => one.growths.map((growth) => ({ one, growth })));
  while (turn.length > 0) {
    const inOrder = [...turn].sort((a, b) => a.growth.rank - b.growth.rank);
    turn = inOrder.flatMap(({ one, growth }) => {
      if (!isHeld(growth, capturesOf(one.expression.source))) return [];
      return growth.take((captures) => record.add(one, captures)).map((next) => ({ one, growth: next }));
    });
  }
}

/** Collects captures as long as there is room; equal ones are recorded once. */
class Record {
  readonly captures: Capture[] = [];
  private readonly known = new Map<string, number>();

  constructor(private room: number) {}

  place(expression: CapturedExpression, growths: readonly Growth[]): Placed {
    const { source } = expression;
    const own = [...capturesOf(source)];
    const indices = this.take(own, MAX_CAPTURES);
    if (indices === undefined)
      return { expression: { ...expression, source: OVER_BUDGET }, indices: [], growths: [] };
    const placed = 'captures' in source ? { ...source, captures: own } : source;
    return { expression: { ...expression, source: placed }, indices, growths };
  }

  /** More captures of an expression. @returns their indices among its own */
  add({ expression: { source }, indices }: Placed, captures: readonly Capture[]): number[] | undefined {
    if (!('captures' in source) || captures.some(({ steps }) => steps.length > MAX_STEPS)) return undefined;
    const taken = this.take(captures, MAX_GROWN_RESULTS);
    if (taken === undefined) return undefined;
    indices.push(...taken);
    const own = source.captures as Capture[];
    return captures.map((capture) => own.push(capture) - 1);
  }

  /** @returns the indices of the captures in the record; undefined where there is no room for all of them */
  take(captures: readonly Capture[], most: number): number[] | undefined {
    const fresh = captures.filter((capture) => !this.known.has(formatCapture(capture)));
    const size = totalSize(fresh);
    const results = [...this.captures, ...fresh].flatMap(({ output }) => outputValues(output)).length;
    if (size > this.room || results > most) return undefined;
    this.room -= size;
    return captures.map((capture) => this.indexOf(capture));
  }

  private indexOf(capture: Capture): number {
    const key = formatCapture(capture);
    const index = this.known.get(key) ?? this.captures.push(capture) - 1;
    this.known.set(key, index);
    return index;
  }
}

/** The largest c for which the sum of min(size, c) is at most `room`, a multiple of 8. */
function fairShare(sizes: readonly number[], room: number): number {
  const ascending = [...sizes].sort((a, b) => a - b);
  let left = room;
  for (const [i, size] of ascending.entries()) {
    const equal = left / (ascending.length - i);
    if (size > equal) return Math.floor(equal / 8) * 8;
    left -= size;
  }
  return Infinity;
}

/** Cuts what can be cut, down to `share` bytes of the record. */
function cut(expression: CapturedExpression, share: number): CapturedExpression {
  const { source } = expression;
  const excess = recordBytes(source) - share;
  if ((source.kind !== 'captured' && source.kind !== 'contents') || excess <= 0) return expression;
  if (source.kind === 'captured' && source.bits) return expression;
  const last = source.captures.at(-1)!;
  const output = shortened(last.output, excess);
  const captures = [...source.captures.slice(0, -1), { ...last, output }];
  if (source.kind === 'contents') return { ...expression, source: { ...source, captures } };
  const omitted =
    output.kind === 'memory' && last.output.kind === 'memory' ? last.output.size - output.size : 0;
  return { ...expression, source: { ...source, captures, omitted: source.omitted + omitted } };
}

function shortened(output: Output, excess: number): Output {
  const field = paddedSize(output) - excess;
  switch (output.kind) {
    case 'scalar':
    case 'threadName':
      return output;
    case 'memory':
      return { ...output, size: Math.min(output.size, Math.max(MIN_BYTES, field)) };
    case 'string':
      return {
        ...output,
        capacity: Math.min(output.capacity, Math.max(MIN_BYTES, field - STRING_HEADER_SIZE)),
      };
    case 'readable':
    case 'bytes':
      return {
        ...output,
        capacity: Math.min(output.capacity, Math.max(MIN_BYTES, field - BYTES_HEADER_SIZE)),
      };
  }
}

const recordBytes = (source: CaptureSource): number => totalSize(capturesOf(source));

const totalSize = (captures: readonly Capture[]): number =>
  captures.reduce((sum, { output }) => sum + paddedSize(output), 0);

const paddedSize = (output: Output): number => Math.ceil(fieldSize(output) / 8) * 8;

const LOAD_BIAS: Capture = { steps: [{ op: 'loadBias' }], output: { kind: 'scalar', value: 0, size: 8 } };
const LOAD_BIAS_BYTES = 8;
const OVER_BUDGET: CaptureSource = { kind: 'unavailable', reason: { code: 'overBudget' } };
/** Kept for what values have elsewhere in memory: bytes for each such object, and the part of the room for all at most. */
const GROWTH_BYTES = 72;
const GROWTH_SHARE = 0.4;
/** Values of outputs, which are on the stack, after which no expression grows any more. */
const MAX_GROWN_RESULTS = 40;
/** Shorter than this nothing is cut. */
const MIN_BYTES = 16;
