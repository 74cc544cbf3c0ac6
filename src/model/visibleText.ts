/** Text from the target, to be shown as it is: nothing in it is unseen, breaks the line or turns its direction. */

/** Control and formatting characters, separators of lines, and what takes no room; in code points. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** With escapes as C has them: `\n`, `\u202e`, `\U000e0001`. */
export const visibleText = (text: string): string => text.replace(UNSEEN, escaped);

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const named = NAMED[character];
  if (named !== undefined) return named;
  const digits = code.toString(16);
  return code > 0xffff ? `\\U${digits.padStart(8, '0')}` : `\\u${digits.padStart(4, '0')}`;
}
