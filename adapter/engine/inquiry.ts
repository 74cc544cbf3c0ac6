/** What is asked of a place before a tracepoint is set there. Reads debug information, and installs nothing. */
import { DEFAULT_CAPTURE_LIMITS } from '../capture/captured';
import { lowerVariable } from '../capture/lower';
import type { AddressContext, Variable } from '../dwarf/scope';
import type { Type } from '../dwarf/type';
import { completionsAt, type Completion, type Completions } from '../expression/completion';
import { parseExpression } from '../expression/message';
import { typeExpression } from '../expression/typing';
import type { Module } from '../symbols/module';
import type { SourceMap } from '../symbols/sourceMap';
import type { ValueGap } from '../value/value';
import { contextOf } from './site';
import { findSites } from './siteSearch';
import type { Where } from './where';

export interface Suggestions extends Completions {
  readonly items: readonly Suggestion[];
}
export interface Suggestion extends Completion {
  /** Why a variable can be captured at none of the place's sites. */
  readonly gap?: ValueGap;
}

/** The text that is being written, a message or an expression, and where in it the cursor is: from 0, in UTF-16 units. */
export interface Unfinished {
  readonly text: string;
  readonly kind: 'message' | 'expression';
  readonly offset: number;
}

/**
 * What a place means to who asks: one context for each of its sites, of the first few.
 * @throws PlanError, SymbolError, DecodeError as findSites
 */
export function contextsAt(where: Where, modules: readonly Module[], map: SourceMap): AddressContext[] {
  const { sites } = findSites(where, modules, map);
  return sites.slice(0, MAX_SITES).flatMap((site) => contextOf(site) ?? []);
}

/** Undefined where nothing could be written. Names are those of the first context. */
export function suggest(
  { text, kind, offset }: Unfinished,
  contexts: readonly AddressContext[],
): Suggestions | undefined {
  const found = contexts[0] && completionsAt(text, kind, offset, contexts[0]);
  return found && { ...found, items: found.items.map((item) => withGap(item, contexts)) };
}

function withGap(item: Completion, contexts: readonly AddressContext[]): Suggestion {
  const { variable } = item;
  if (!variable) return item;
  const gaps = contexts.map((context, i) =>
    gapOf(i === 0 ? variable : context.lookup(variable.name), context),
  );
  const [first] = gaps;
  return first && gaps.every((gap) => gap !== undefined) ? { ...item, gap: first } : item;
}

/** Why a variable cannot be captured; undefined where it can. */
function gapOf(variable: Variable | undefined, context: AddressContext): ValueGap | undefined {
  if (!variable) return { code: 'notDescribed' };
  const { source } = lowerVariable(variable, context, DEFAULT_CAPTURE_LIMITS).expression;
  return source.kind === 'unavailable' ? source.reason : undefined;
}

/** @throws ExpressionError */
export const typeAt = (text: string, context: AddressContext): Type =>
  typeExpression(parseExpression(text), context).type;

/** Copies of a line that are asked about their variables. */
const MAX_SITES = 16;
