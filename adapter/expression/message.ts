import type { Expression } from './expression';
import { ExpressionError } from './expressionError';
import { parse, SyntaxError, type Expectation } from './grammar.generated';

/** A log message: text with expressions in braces. */
export interface Message {
  readonly parts: readonly MessagePart[];
}
export type MessagePart =
  | { readonly kind: 'text'; readonly text: string }
  /** `text`: as written, without the white space around it. */
  | { readonly kind: 'expression'; readonly text: string; readonly expression: Expression };

/**
 * Parses a log message: `n={n} name={p->name}`. A brace is written `{{`, `}}`, `\{` or `\}`; a lone `}` stands for itself.
 * @throws ExpressionError `syntax`, `tooLong`, `tooDeep`
 */
export function parseMessage(text: string): Message {
  return { parts: guarded(text, DEEP_IN_MESSAGE, () => parse(text, { kind: 'message' })) };
}

/** Parses a text that is one expression. @throws as `parseMessage` */
export function parseExpression(text: string): Expression {
  return guarded(text, DEEP_ALONE, () => parse(text, { kind: 'expression' }));
}

function guarded<T>(text: string, tooDeep: RegExp, parser: () => T): T {
  if (text.length > MAX_MESSAGE_LENGTH) {
    throw new ExpressionError(
      { code: 'tooLong', limit: MAX_MESSAGE_LENGTH },
      MAX_MESSAGE_LENGTH,
      text.length - MAX_MESSAGE_LENGTH,
    );
  }
  const deep = tooDeep.exec(text);
  if (deep) throw new ExpressionError({ code: 'tooDeep', limit: MAX_NESTING }, deep.index, deep[0].length);
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

/** White space is always allowed and not worth naming. */
function expectationName(expectation: Expectation): string[] {
  switch (expectation.type) {
    case 'literal':
      return [`"${expectation.text}"`];
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
/** Parentheses and stars in front of one operand: each is a recursion of the parser. */
export const MAX_NESTING = 64;
const DEEP = `\\s*(?:[(*]\\s*){${MAX_NESTING + 1},}`;
const DEEP_ALONE = new RegExp(`^${DEEP}`);
const DEEP_IN_MESSAGE = new RegExp(`\\{${DEEP}`);
