import type { Expression } from './expression';
import { ExpressionError } from './expressionError';
import { parse, SyntaxError, type Expectation } from './grammar.generated';

/** A log message: text with expressions in braces. */
export interface Message {
  readonly parts: readonly MessagePart[];
}
export type MessagePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `text`: as written with its format, without the white space around it. */
  | {
      readonly kind: 'expression';
      readonly text: string;
      readonly expression: Expression;
      readonly format: Format | undefined;
    };

/** How a value is to be shown: `{x,x}`, `{buffer,[16]}`. */
export type Format =
  | { readonly kind: 'letter'; readonly letter: 'x' | 'd' | 'u' | 'o' | 'b' | 'c' | 's' }
  /** That many elements from where a pointer points, or of an array. */
  | { readonly kind: 'count'; readonly count: number };

/**
 * Parses a log message: `n={n} name={p->name}`. A brace is written `{{`, `}}`, `\{` or `\}`; a lone `}` stands for itself.
 * @throws ExpressionError `syntax`, `tooLong`, `tooDeep`
 */
export function parseMessage(text: string): Message {
  return { parts: guarded(text, () => parse(text, { kind: 'message', ...PARSER_LIMITS })) };
}

/** Parses a text that is one expression. @throws as `parseMessage` */
export function parseExpression(text: string): Expression {
  return guarded(text, () => parse(text, { kind: 'expression', ...PARSER_LIMITS }));
}

function guarded<T>(text: string, parser: () => T): T {
  if (text.length > MAX_MESSAGE_LENGTH) {
    throw new ExpressionError(
      { code: 'tooLong', limit: MAX_MESSAGE_LENGTH },
      MAX_MESSAGE_LENGTH,
      text.length - MAX_MESSAGE_LENGTH,
    );
  }
  try {
    return parser();
  } catch (error) {
    if (error instanceof SyntaxError) throw syntaxError(error);
    throw error;
  }
}

function syntaxError({ expected, found, location }: SyntaxError): ExpressionError {
  const names = new Set((expected ?? []).flatMap(expectationName));
  const failure = { code: 'syntax', expected: [...names].sort(), found: found ?? undefined } as const;
  return new ExpressionError(failure, location.start.offset, found === null ? 0 : found.length);
}

/** White space is always allowed and not worth naming, nor are the words of the language, which are like names. */
function expectationName(expectation: Expectation): string[] {
  switch (expectation.type) {
    case 'literal':
      return /^\w/.test(expectation.text) ? [] : [`"${expectation.text}"`];
    case 'other':
      return [expectation.description];
    case 'end':
      return ['the end'];
    case 'class':
    case 'any':
      return [];
  }
}

/** Characters of a message or expression. */
export const MAX_MESSAGE_LENGTH = 4096;
/** Parentheses, brackets, prefixes and branches around one operand: each is a recursion of the parser. */
export const MAX_NESTING = 64;
const PARSER_LIMITS = {
  maxDepth: MAX_NESTING,
  tooDeep: (offset: number): never => {
    throw new ExpressionError({ code: 'tooDeep', limit: MAX_NESTING }, offset, 0);
  },
};
