/** Source text with counts beside its lines. */
import type { LineCount } from '../engine/lineCounts';
import { visibleText } from '../inertText';
import { refusalText } from '../messages';
import { openFile } from '../sys/file';
import { SystemError } from '../sys/systemError';

/**
 * From the first counted line of each file to its last. Before a line stands how often it runs, the sum over the functions
 * that it is in; `-` where it is not counted, and nothing where it has no code.
 * @param lines by file and line
 */
export function* annotated(lines: readonly LineCount[]): Generator<string> {
  for (const file of new Set(lines.map((line) => line.file))) {
    const own = new Map<number, LineCount[]>();
    for (const count of lines)
      if (count.file === file) own.set(count.line, [...(own.get(count.line) ?? []), count]);
    yield* annotatedFile(file, own);
    yield '';
  }
}

function* annotatedFile(file: string, counts: ReadonlyMap<number, readonly LineCount[]>): Generator<string> {
  const source = sourceLines(file);
  const numbers = [...counts.keys()];
  yield typeof source === 'string' ? `${visibleText(file)}: ${source}` : `${visibleText(file)}:`;
  const [first = 0, last = 0] = [numbers[0], numbers.at(-1)];
  for (let line = first; line <= last; line++) {
    const own = counts.get(line) ?? [];
    if (typeof source === 'string' && own.length === 0) continue;
    const text =
      typeof source === 'string'
        ? visibleText(own.map((one) => one.function).join(', '))
        : sourceText(source[line - 1] ?? '');
    const refused = own.find(({ reason }) => reason)?.reason;
    const note = refused ? `    (no probe: ${refusalText(refused)})` : '';
    yield `${countText(own).padStart(COUNT_WIDTH)} ${String(line).padStart(LINE_WIDTH)}  ${text}${note}`.trimEnd();
  }
}

/** Its tabs stay. */
const sourceText = (line: string): string => line.trimEnd().split('\t').map(visibleText).join('\t');

function countText(counts: readonly LineCount[]): string {
  if (counts.length === 0) return '';
  if (counts.some(({ hits }) => hits === undefined)) return '-';
  return String(counts.reduce((sum, { hits }) => sum + hits!, 0));
}

/** The lines of a source file, or why there are none, in words. */
function sourceLines(file: string): readonly string[] | string {
  try {
    const opened = openFile(file);
    try {
      if (opened.size > MAX_SOURCE_BYTES) return 'the source is too large to be shown.';
      return new TextDecoder().decode(opened.read(0, opened.size)).split('\n');
    } finally {
      opened.close();
    }
  } catch (error) {
    if (error instanceof SystemError)
      return `the source is not on this machine (${error.errno}): its lines without their text.`;
    throw error;
  }
}

const COUNT_WIDTH = 10;
const LINE_WIDTH = 6;
const MAX_SOURCE_BYTES = 64 << 20;
