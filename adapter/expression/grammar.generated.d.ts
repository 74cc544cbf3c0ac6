/** What `grammar.peggy` gives: the types of the generated `grammar.generated.js`. */
import type { Expression } from './expression';
import type { MessagePart } from './message';

export function parse(input: string, options: ParserLimits & { kind: 'message' }): readonly MessagePart[];
export function parse(input: string, options: ParserLimits & { kind: 'expression' }): Expression;

export interface ParserLimits {
  readonly maxDepth: number;
  /** Called where something is nested deeper than that; does not return. */
  readonly tooDeep: (offset: number) => never;
}

export class SyntaxError extends globalThis.SyntaxError {
  readonly expected: readonly Expectation[] | null;
  /** The character at the error; null at the end of the text. */
  readonly found: string | null;
  readonly location: { readonly start: { readonly offset: number } };
}

export type Expectation =
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'other'; readonly description: string }
  | { readonly type: 'class' | 'any' | 'end' };
