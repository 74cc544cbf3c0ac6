/**
 * Text from the target, inert: values, and names of its functions, variables, types, files and threads, which may hold anything. What a reader
 * sees is what is there, and whatever shows it takes it for text.
 */

/** Control and formatting characters, separators of lines, and what takes no room; in code points. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
/** Most texts, told at once. */
const ALL_SEEN = /^[ -~]*$/;

/** Nothing is unseen, breaks the line or turns its direction: escapes as C has them, `\n`, `\u202e`, `\U000e0001`. */
export const visibleText = (text: string): string =>
  ALL_SEEN.test(text) ? text : text.replace(UNSEEN, escaped);

/** The same where line ends are meant to be there. */
export const visibleLines = (text: string): string => text.split('\n').map(visibleText).join('\n');

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const named = NAMED[character];
  if (named !== undefined) return named;
  const digits = code.toString(16);
  return code > 0xffff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
}

/** As `visibleText`, cut to `limit` characters, of which the last is `…` then. */
export function visibleStart(text: string, limit: number): string {
  const start = visibleText(text.slice(0, limit + 1));
  if (start.length <= limit) return start;
  // Not between the halves of a pair.
  return `${start.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/**
 * For messages in which VS Code makes links: `[a](command:b)` of a notification, `<command:b>` of a breakpoint's message, which would run when
 * they are clicked. A space keeps them text. Names such as `<core::fmt::Debug>` stay as they are.
 */
export const unlinkedText = (text: string): string => text.replace(LINK_PARTS, '$& ');
const LINK_PARTS = /\](?=\()|<(?=[a-z][a-z0-9+.-]*:(?!:))/gi;
