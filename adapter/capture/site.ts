import type { AddressContext, Variable } from '../dwarf/scope';
import type { TypedExpression } from '../expression/typed';
import {
  capturesOf,
  type CapturedExpression,
  type CaptureLimits,
  type CaptureSource,
  type Radix,
} from './captured';
import type { Capture, Output } from './ir';
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
  const room = limits.bytesPerHit - RECORD_HEADER_SIZE;
  const share = fairShare(
    lowered.map(({ source }) => recordBytes(source)),
    room,
  );
  const record = new Record(room);
  const placed = lowered.map((expression) => record.place(cut(expression, share)));
  return {
    expressions: placed.map(({ expression }) => expression),
    program: { captures: record.captures, mode: 'record' },
    indices: placed.map(({ indices }) => indices),
  };
}

/** Collects captures as long as there is room; equal ones are recorded once. */
class Record {
  readonly captures: Capture[] = [];
  private readonly known = new Map<string, number>();

  constructor(private room: number) {}

  place(expression: CapturedExpression): { expression: CapturedExpression; indices: number[] } {
    const captures = capturesOf(expression.source);
    const fresh = captures.filter((capture) => !this.known.has(formatCapture(capture)));
    const size = totalSize(fresh);
    if (size > this.room || this.captures.length + fresh.length > MAX_CAPTURES) {
      return { expression: { ...expression, source: OVER_BUDGET }, indices: [] };
    }
    this.room -= size;
    return { expression, indices: captures.map((capture) => this.indexOf(capture)) };
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
  if (source.kind !== 'captured' || source.bits || excess <= 0) return expression;
  const last = source.captures.at(-1)!;
  const output = shortened(last.output, excess);
  const captures = [...source.captures.slice(0, -1), { ...last, output }];
  const omitted =
    output.kind === 'memory' && last.output.kind === 'memory' ? last.output.size - output.size : 0;
  return { ...expression, source: { ...source, captures, omitted: source.omitted + omitted } };
}

function shortened(output: Output, excess: number): Output {
  const field = paddedSize(output) - excess;
  switch (output.kind) {
    case 'scalar':
      return output;
    case 'memory':
      return { ...output, size: Math.min(output.size, Math.max(MIN_BYTES, field)) };
    case 'string':
      return {
        ...output,
        capacity: Math.min(output.capacity, Math.max(MIN_BYTES, field - STRING_HEADER_SIZE)),
      };
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

const OVER_BUDGET: CaptureSource = { kind: 'unavailable', reason: { code: 'overBudget' } };
/** Shorter than this nothing is cut. */
const MIN_BYTES = 16;
