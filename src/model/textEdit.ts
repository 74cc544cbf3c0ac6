/** An edit of a document, and where it leaves a line. Lines from 1, characters from 0. */

export interface TextEdit {
  /** What is replaced: the text from here ... */
  start: TextPosition;
  /** ... up to here ... */
  end: TextPosition;
  /** ... by this. */
  text: string;
}
export interface TextPosition {
  line: number;
  character: number;
}

/** The line that holds what was on `line`; undefined when that was deleted. */
export function lineAfter(line: number, { start, end, text }: TextEdit): number | undefined {
  const added = text.split('\n').length - 1;
  const removed = end.line - start.line;
  if (line < start.line || (line === start.line && start.character > 0)) return line;
  if (line > end.line || (line === end.line && end.character === 0)) return line + added - removed;
  const below = line - start.line;
  const deleted = below > added || (text === '' && removed > 0);
  return deleted ? undefined : line;
}
