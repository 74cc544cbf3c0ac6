/** The texts at the ends of lines. */
import * as vscode from 'vscode';
import { lineText } from './model/lineText';
import type { LineState } from './model/lineBoard';

/** Columns behind the end of any line: the decoration follows what is typed there. */
const END = Number.MAX_SAFE_INTEGER;
const COLOURS = {
  armed: new vscode.ThemeColor('sourcetap.lineEndForeground'),
  pending: new vscode.ThemeColor('sourcetap.endedForeground'),
  failed: new vscode.ThemeColor('sourcetap.failedForeground'),
  spent: new vscode.ThemeColor('sourcetap.endedForeground'),
  ended: new vscode.ThemeColor('sourcetap.endedForeground'),
} as const satisfies Record<LineState['state'], vscode.ThemeColor>;

export class LineEnds implements vscode.Disposable {
  readonly #type = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3ch' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  /** What each editor shows, to leave alone what has not changed. */
  readonly #painted = new WeakMap<vscode.TextEditor, string>();

  paint(editor: vscode.TextEditor, lines: readonly LineState[]): void {
    const texts = lines.map((line) => ({ line: line.line, state: line.state, text: lineText(line) }));
    const painted = JSON.stringify(texts);
    if ((this.#painted.get(editor) ?? '[]') === painted) return;
    this.#painted.set(editor, painted);
    editor.setDecorations(
      this.#type,
      texts.map(({ line, state, text }) => ({
        range: new vscode.Range(line - 1, END, line - 1, END),
        renderOptions: { after: { contentText: text, color: COLOURS[state] } },
      })),
    );
  }

  dispose(): void {
    this.#type.dispose();
  }
}
