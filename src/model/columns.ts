/** Columns that a text takes in a monospaced font: tabs reach to their stops, wide characters take two. */
export function columnsOf(text: string, tabSize = 4): number {
  let columns = 0;
  for (const character of text)
    columns += character === '\t' ? tabSize - (columns % tabSize) : WIDE.test(character) ? 2 : 1;
  return columns;
}

/** East Asian scripts, their punctuation and full-width forms, and pictures (Unicode Standard Annex 11). */
const WIDE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;
