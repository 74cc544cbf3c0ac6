/** The texts at the ends of lines. */
import * as vscode from 'vscode';
import { lineText } from './model/lineText';
import type { LineState } from './model/lineBoard';
import type { Look } from './model/look';
import { MARK_COLOURS, MARK_SYMBOLS, markColourId, type MarkColour } from './model/mark';

const BEHIND_CODE = '0 0 0 3ch';
const BEHIND_MARK = '0 0 0 1ch';
/** Columns behind the end of any line: the decoration follows what is typed there. */
const END = Number.MAX_SAFE_INTEGER;
const COLOURS = {
  hitting: new vscode.ThemeColor('sourcetap.lineEndForeground'),
  armed: new vscode.ThemeColor('sourcetap.lineEndForeground'),
  throttled: new vscode.ThemeColor('sourcetap.throttledForeground'),
  pending: new vscode.ThemeColor('sourcetap.endedForeground'),
  disabled: new vscode.ThemeColor('sourcetap.endedForeground'),
  failed: new vscode.ThemeColor('sourcetap.failedForeground'),
  spent: new vscode.ThemeColor('sourcetap.endedForeground'),
  ended: new vscode.ThemeColor('sourcetap.endedForeground'),
} as const satisfies Record<Look, vscode.ThemeColor>;
const MARKS = Object.fromEntries(
  MARK_COLOURS.map((colour) => [colour, new vscode.ThemeColor(markColourId(colour))]),
) as Record<MarkColour, vscode.ThemeColor>;
const STALE = new vscode.ThemeColor('sourcetap.endedForeground');
/** Characters of code and text together. The API does not tell how wide an editor is. */
const WIDTH = 120;
const LEAST_ROOM = 50;
const MOST_ROOM = 120;

export class LineEnds implements vscode.Disposable {
  readonly #type = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  /** What each editor shows, to leave alone what has not changed. */
  readonly #painted = new WeakMap<vscode.TextEditor, string>();

  /** @param lines with the colours that they are marked with */
  paint(
    editor: vscode.TextEditor,
    lines: readonly (LineState & { readonly colour: MarkColour | undefined })[],
  ): void {
    const texts = lines.map((line) => ({
      line: line.line,
      look: line.look,
      colour: line.colour,
      isStale: line.stale !== undefined,
      text: lineText(line, roomBehind(editor, line.line)),
    }));
    const painted = JSON.stringify(texts);
    if ((this.#painted.get(editor) ?? '[]') === painted) return;
    this.#painted.set(editor, painted);
    editor.setDecorations(
      this.#type,
      texts.map(({ line, look, colour, isStale, text }) => ({
        range: new vscode.Range(line - 1, END, line - 1, END),
        renderOptions: {
          ...(colour !== undefined && {
            before: { contentText: MARK_SYMBOLS[colour], color: MARKS[colour], margin: BEHIND_CODE },
          }),
          after: {
            contentText: text,
            color: isStale ? STALE : COLOURS[look],
            margin: colour === undefined ? BEHIND_CODE : BEHIND_MARK,
          },
        },
      })),
    );
  }

  dispose(): void {
    this.#type.dispose();
  }
}

function roomBehind({ document, options }: vscode.TextEditor, line: number): number {
  const code = line <= document.lineCount ? document.lineAt(line - 1).text : '';
  const tab = ' '.repeat(Number(options.tabSize) || 4);
  return Math.max(LEAST_ROOM, Math.min(MOST_ROOM, WIDTH - code.replaceAll('\t', tab).length));
}
