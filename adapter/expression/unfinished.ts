/** What a text that is still being written has before the cursor. A parser has nothing to say of it: it does not parse yet. */

/**
 * Where the expression that the text ends in begins, a column from 0. Undefined where it ends in none: in the text of a
 * message, or within a string or character constant.
 */
export function expressionStart(text: string, kind: 'message' | 'expression'): number | undefined {
  let start = kind === 'expression' ? 0 : undefined;
  for (let at = 0; at < text.length; at++) {
    const one = text[at]!;
    if (start === undefined) {
      // `{{` and `\{` are braces that stand for themselves.
      if (one === '\\' || (one === '{' && text[at + 1] === '{')) at++;
      else if (one === '{') start = at + 1;
    } else if (one === '"' || one === "'") {
      const end = constantEnd(text, at);
      if (end === undefined) return undefined;
      at = end;
    } else if (one === '}' && kind === 'message') start = undefined;
  }
  return start;
}

/** The column of the quote that ends what the quote at `start` begins. */
function constantEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[start]) return at;
  }
  return undefined;
}

/** An object of which a member is about to be named. */
export interface WrittenObject {
  readonly text: string;
  readonly arrow: boolean;
  /** Column behind the object, where the operator is, spaces included. */
  readonly end: number;
}

/** Of a text that ends in `.` or `->`: the postfix expression before it (C11, 6.5.2). */
export function objectBefore(text: string): WrittenObject | undefined {
  const operator = /\s*(?:(->)|(?<!\.)\.)\s*$/.exec(text);
  if (!operator) return undefined;
  const object = text.slice(postfixStart(text, operator.index), operator.index);
  return { text: object, arrow: operator[1] !== undefined, end: operator.index };
}

/** Where the postfix expression that ends at `end` begins. */
function postfixStart(text: string, end: number): number {
  let at = end;
  for (;;) {
    const group = /[)\]]$/.test(text.slice(0, at));
    at = group ? openingOf(text, at - 1) : wordStart(text, at);
    const isIndexed = group && /[\p{L}\p{N}_)\]]$/u.test(text.slice(0, at));
    if (isIndexed) continue;
    const operator = /\s*(?:->|(?<!\.)\.)\s*$/.exec(text.slice(0, at));
    if (!operator || operator.index === 0) return at;
    at = operator.index;
  }
}

/** Of a name with its scopes: `ns::x`, `$rsp`. */
function wordStart(text: string, end: number): number {
  return end - /(?:::)?(?:[\p{L}\p{N}_]+\s*::\s*)*[\p{L}\p{N}_$]*$/u.exec(text.slice(0, end))![0].length;
}

/** The bracket that the one at `close` closes, or the beginning. */
function openingOf(text: string, close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (/[)\]]/.test(text[at]!)) depth++;
    else if (/[([]/.test(text[at]!) && --depth === 0) return at;
  }
  return 0;
}
