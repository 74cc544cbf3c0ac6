/** Paints the board's lines into the visible parts of the visible editors. */
import * as vscode from 'vscode';
import { GutterIcons, type LineBadge } from './gutterIcons';
import { disabledIn } from './breakpoints';
import type { ExtrasStore } from './extras';
import { fileEditors } from './fileEditors';
import { LineEnds } from './lineEnds';
import { abbreviated } from './model/hitCount';
import type { LineBoard, LineState } from './model/lineBoard';
import type { MarkColour } from './model/mark';
import { Pace } from './model/pace';
import type { Sessions } from './sessions';
import type { TracepointIds } from './tracepointIds';

/** Milliseconds: twice a second. A number that changes faster is not read, and costs the window's main thread, which typing needs. */
const PAINT_INTERVAL = 500;

export interface PainterParts {
  readonly board: LineBoard;
  readonly sessions: Sessions;
  readonly ids: TracepointIds;
  readonly extras: ExtrasStore;
}

export class Painter implements vscode.Disposable {
  readonly #gutter = new GutterIcons();
  readonly #lineEnds = new LineEnds();
  readonly #pace = new Pace(PAINT_INTERVAL, () => {
    this.#paint();
  });
  readonly #subscriptions: vscode.Disposable[];

  constructor(private readonly parts: PainterParts) {
    const again = (): void => {
      this.request();
    };
    this.#subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(again),
      vscode.window.onDidChangeTextEditorVisibleRanges(again),
      vscode.window.onDidChangeTextEditorOptions(again),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('editor.minimap')) again();
      }),
      parts.extras.onDidMark(again),
    ];
  }

  request(): void {
    this.#pace.request();
  }

  /** A key was typed: it comes first. */
  hold(): void {
    this.#pace.hold();
  }

  dispose(): void {
    for (const part of [this.#pace, this.#gutter, this.#lineEnds, ...this.#subscriptions]) part.dispose();
  }

  #paint(): void {
    for (const editor of fileEditors()) {
      const lines = this.parts.board
        .lines(editor.document.uri.fsPath)
        .filter((line) => isVisible(editor, line))
        .map((line) => ({ ...line, colour: this.#colourOf(line) }));
      this.#gutter.paint(editor, [...lines.map(badgeOf), ...this.#disabled(editor)]);
      this.#lineEnds.paint(editor, lines);
    }
    this.#gutter.trim();
  }

  #colourOf({ sessions }: LineState): MarkColour | undefined {
    const { ids, extras } = this.parts;
    for (const { session, id } of sessions) {
      const breakpoint = ids.breakpoint(session, id);
      if (breakpoint) return extras.of(breakpoint).colour;
    }
    return undefined;
  }

  #disabled({ document }: vscode.TextEditor): LineBadge[] {
    if (this.parts.sessions.running.length === 0) return [];
    return disabledIn(document.uri).map((breakpoint) => ({
      line: breakpoint.location.range.start.line + 1,
      look: 'disabled',
      label: '',
      colour: this.parts.extras.of(breakpoint).colour,
    }));
  }
}

function badgeOf({ line, look, counts, colour }: LineState & Pick<LineBadge, 'colour'>): LineBadge {
  const label = look === 'failed' ? '!' : look === 'pending' ? '…' : abbreviated(counts.hits);
  return { line, look, label, colour };
}

function isVisible(editor: vscode.TextEditor, { line }: LineState): boolean {
  return editor.visibleRanges.some((range) => range.start.line < line && line <= range.end.line + 1);
}
