/** Marks the lines that could be traced, in what is visible, and says what a tracepoint would find there. */
import * as vscode from 'vscode';
import { basename } from 'node:path';
import { unlinkedText } from '../adapter/inertText';
import {
  LINES_REQUEST,
  type LinesArguments,
  type LinesResponseBody,
  type LineView,
} from '../adapter/protocol';
import { onSource } from './breakpoints';
import type { Inquiries } from './inquiries';
import type { LineBoard } from './model/lineBoard';
import { Pace } from './model/pace';
import { probeableText } from './model/probeableText';
import type { Sessions } from './sessions';

/** Columns behind the end of any line. */
const END = Number.MAX_SAFE_INTEGER;
/** Milliseconds between two questions, however fast one scrolls. */
const ASK_INTERVAL = 250;
/** Lines above and below what is visible, so that marks are there before a little scrolling is. */
const MARGIN = 20;

export class ProbeableLines implements vscode.Disposable {
  readonly #marks = { probeable: markOf('solid'), refused: markOf('dotted') };
  readonly #texts = vscode.window.createTextEditorDecorationType({
    after: { margin: '0 0 0 3ch', color: new vscode.ThemeColor('sourcetap.probeableForeground') },
  });
  readonly #pace = new Pace(ASK_INTERVAL, () => void this.#paint());
  readonly #subscriptions: vscode.Disposable[];
  #isShown = false;
  /** Which round of questions is the latest: answers to earlier ones come too late. */
  #round = 0;

  constructor(
    private readonly board: LineBoard,
    sessions: Sessions,
    private readonly inquiries: Inquiries,
  ) {
    const again = (): void => {
      this.request();
    };
    this.#subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors(again),
      vscode.window.onDidChangeTextEditorVisibleRanges(again),
      vscode.debug.onDidChangeBreakpoints(again),
      sessions.onDidChange(again),
      vscode.commands.registerCommand('sourcetap.showProbeableLines', () => this.#show(true)),
      vscode.commands.registerCommand('sourcetap.hideProbeableLines', () => this.#show(false)),
    ];
  }

  /** Something has changed that may change what is shown. */
  request(): void {
    if (this.#isShown) this.#pace.request();
  }

  dispose(): void {
    const { probeable, refused } = this.#marks;
    for (const part of [this.#pace, probeable, refused, this.#texts, ...this.#subscriptions]) part.dispose();
  }

  async #show(isShown: boolean): Promise<void> {
    this.#isShown = isShown;
    await vscode.commands.executeCommand('setContext', 'sourcetap.showsProbeableLines', isShown);
    await this.#paint();
    const { uri } = vscode.window.activeTextEditor?.document ?? {};
    if (!isShown || !uri || (await this.inquiries.know(uri.fsPath))) return;
    void vscode.window.showInformationMessage(
      `No program with debug information of ${unlinkedText(basename(uri.fsPath))} is known, which tells which lines can be traced: ` +
        'build it with -g in this folder, or start it with Sourcetap, or attach to it.',
    );
  }

  async #paint(): Promise<void> {
    const round = ++this.#round;
    await Promise.all(
      vscode.window.visibleTextEditors
        .filter(({ document }) => document.uri.scheme === 'file')
        .map(async (editor) => {
          const lines = this.#isShown ? await this.#linesOf(editor) : [];
          if (round === this.#round) this.#draw(editor, lines);
        }),
    );
  }

  async #linesOf({ document, visibleRanges }: vscode.TextEditor): Promise<LineView[]> {
    const path = document.uri.fsPath;
    const answers = await Promise.all(
      visibleRanges.map(({ start, end }) =>
        this.inquiries.ask<LinesResponseBody>(LINES_REQUEST, {
          path,
          first: Math.max(1, start.line + 1 - MARGIN),
          last: end.line + 1 + MARGIN,
        } satisfies LinesArguments),
      ),
    );
    const traced = new Set([
      ...this.board.lines(path).map(({ line }) => line),
      ...onSource()
        .filter(({ location }) => location.uri.fsPath === path)
        .map(({ location }) => location.range.start.line + 1),
    ]);
    const found = answers.flatMap((answer) => answer?.lines ?? []).filter(({ line }) => !traced.has(line));
    return [...new Map(found.map((view) => [view.line, view])).values()];
  }

  #draw(editor: vscode.TextEditor, lines: readonly LineView[]): void {
    for (const [isProbeable, mark] of [
      [true, this.#marks.probeable],
      [false, this.#marks.refused],
    ] as const)
      editor.setDecorations(
        mark,
        lines
          .filter(({ probeable }) => probeable === isProbeable)
          .map(({ line }) => new vscode.Range(line - 1, 0, line - 1, 0)),
      );
    editor.setDecorations(
      this.#texts,
      lines
        .map((view) => ({ line: view.line, text: probeableText(view) }))
        .filter(({ text }) => text !== '')
        .map(({ line, text }) => ({
          range: new vscode.Range(line - 1, END, line - 1, END),
          renderOptions: { after: { contentText: text } },
        })),
    );
  }
}

/** A thin stroke before the line; its style tells what its colour does not. */
const markOf = (borderStyle: 'solid' | 'dotted'): vscode.TextEditorDecorationType =>
  vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    borderWidth: '0 0 0 2px',
    borderStyle,
    borderColor: new vscode.ThemeColor('sourcetap.probeableBorder'),
  });
