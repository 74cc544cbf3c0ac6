/** The texts at the ends of lines. */
import * as vscode from 'vscode';
import { columnsOf } from './model/columns';
import { lineEndStyles, lineStyle, type Minimap } from './model/lineEndStyle';
import { isDimmed, lineText } from './model/lineText';
import type { LineState } from './model/lineBoard';
import { LOOK_COLOURS, type Look } from './model/look';
import { MARK_COLOURS, MARK_SYMBOLS, markColourId, type MarkColour } from './model/mark';

/** Columns behind the end of any line: the decoration follows what is typed there. */
const END = Number.MAX_SAFE_INTEGER;
const COLOURS = Object.fromEntries(
  Object.entries(LOOK_COLOURS).map(([look, id]) => [look, new vscode.ThemeColor(id)]),
) as Record<Look, vscode.ThemeColor>;
const MARKS = Object.fromEntries(
  MARK_COLOURS.map((colour) => [colour, new vscode.ThemeColor(markColourId(colour))]),
) as Record<MarkColour, vscode.ThemeColor>;
const DIMMED = new vscode.ThemeColor('sourcetap.endedForeground');
/** Characters of a text. Nobody reads more of them beside the code, however wide the window is. */
const MOST_TEXT = 200;

type Line = LineState & { readonly colour: MarkColour | undefined };

export class LineEnds implements vscode.Disposable {
  /** What is at one place stands in the order of the types' keys. */
  readonly #types = [behindLine(), behindLine()].sort((a, b) => (a.key < b.key ? -1 : 1));
  readonly #marks = new Decorations(this.#types[0]!);
  readonly #texts = new Decorations(this.#types[1]!);
  readonly #lines = new Decorations(
    vscode.window.createTextEditorDecorationType({ isWholeLine: true, outline: lineStyle }),
  );

  /** @param lines with the colours that they are marked with */
  paint(editor: vscode.TextEditor, lines: readonly Line[]): void {
    const minimap = minimapOf(editor);
    const ends = lines.map((line) => lineEnd(line, codeColumns(editor, line), minimap));
    this.#lines.paint(
      editor,
      lines.map(({ line }) => ({ range: new vscode.Range(line - 1, 0, line - 1, 0) })),
    );
    this.#marks.paint(
      editor,
      ends.map(({ range, mark }) => ({ range, renderOptions: { after: mark } })),
    );
    this.#texts.paint(
      editor,
      ends.map(({ range, text }) => ({ range, renderOptions: { after: text } })),
    );
  }

  dispose(): void {
    for (const decorations of [this.#marks, this.#texts, this.#lines]) decorations.dispose();
  }
}

const behindLine = (): vscode.TextEditorDecorationType =>
  vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });

/** Of one type. */
class Decorations implements vscode.Disposable {
  /** What each editor shows, to leave alone what has not changed. */
  readonly #painted = new WeakMap<vscode.TextEditor, string>();

  constructor(private readonly type: vscode.TextEditorDecorationType) {}

  paint(editor: vscode.TextEditor, decorations: readonly vscode.DecorationOptions[]): void {
    const painted = JSON.stringify(decorations);
    if ((this.#painted.get(editor) ?? '[]') === painted) return;
    this.#painted.set(editor, painted);
    editor.setDecorations(this.type, decorations);
  }

  dispose(): void {
    this.type.dispose();
  }
}

interface LineEnd {
  readonly range: vscode.Range;
  readonly mark: vscode.ThemableDecorationAttachmentRenderOptions;
  readonly text: vscode.ThemableDecorationAttachmentRenderOptions;
}

/** @param code columns of it */
function lineEnd(state: Line, code: number, minimap: Minimap): LineEnd {
  const { line, look, colour } = state;
  const text = lineText(state, MOST_TEXT);
  const isMarked = colour !== undefined;
  const styles = lineEndStyles(line, { columns: columnsOf(text), code, isMarked }, minimap);
  return {
    range: new vscode.Range(line - 1, END, line - 1, END),
    mark: {
      ...(isMarked ? { contentText: MARK_SYMBOLS[colour], color: MARKS[colour] } : { contentText: '' }),
      textDecoration: styles.mark,
    },
    text: {
      contentText: text,
      color: isDimmed(state) ? DIMMED : COLOURS[look],
      textDecoration: styles.text,
    },
  };
}

function minimapOf({ document }: vscode.TextEditor): Minimap {
  const settings = vscode.workspace.getConfiguration('editor.minimap', document);
  return {
    isBehind: settings.get<boolean>('enabled', true) && settings.get('side') !== 'left',
    maxColumn: settings.get('maxColumn', 120),
    scale: settings.get('scale', 1),
  };
}

function codeColumns({ document, options }: vscode.TextEditor, { line }: Line): number {
  const code = line <= document.lineCount ? document.lineAt(line - 1).text : '';
  return columnsOf(code, Number(options.tabSize) || 4);
}
