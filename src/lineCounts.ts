/** Counting every line of a function or file: shades by heat, counts before the code. */
import * as vscode from 'vscode';
import type { AdapterFactory } from './adapterFactory';
import { unlinkedText } from '../adapter/inertText';
import {
  COUNT_REQUEST,
  COUNT_STOP_REQUEST,
  COUNTS_EVENT,
  type CountArguments,
  type CountResponseBody,
  type CountsBody,
} from '../adapter/protocol';
import { fileEditors } from './fileEditors';
import { HeatBoard, HOTTEST, type HeatLine } from './model/heat';
import { abbreviated, grouped } from './model/hitCount';
import { markdownText } from './model/markup';
import { Pace } from './model/pace';
import type { Sessions } from './sessions';
import type { SourceEdits } from './sourceEdits';

/** Milliseconds. */
const PAINT_INTERVAL = 250;
const MESSAGE_TIME = 5000;

export class LineCounts implements vscode.Disposable {
  readonly #board: HeatBoard;
  readonly #margin = vscode.window.createTextEditorDecorationType({
    before: {
      width: '5ch',
      margin: '0 1ch 0 0',
      color: new vscode.ThemeColor('sourcetap.countForeground'),
      fontStyle: 'normal',
    },
  });
  /** By heat, from 1. */
  readonly #shades = Array.from({ length: HOTTEST }, (_, i) => {
    const colour = new vscode.ThemeColor(`sourcetap.heat${i + 1}Background`);
    return vscode.window.createTextEditorDecorationType({
      isWholeLine: true,
      backgroundColor: colour,
      overviewRulerColor: colour,
      overviewRulerLane: vscode.OverviewRulerLane.Left,
    });
  });
  readonly #painted = new WeakMap<vscode.TextEditor, string>();
  readonly #pace = new Pace(PAINT_INTERVAL, () => {
    for (const editor of fileEditors()) this.#paint(editor);
  });
  readonly #listeners: vscode.Disposable[];

  constructor(
    private readonly sessions: Sessions,
    adapters: Pick<AdapterFactory, 'onDidTell'>,
    edits: SourceEdits,
  ) {
    this.#board = new HeatBoard((session) => edits.of(session));
    const again = (): void => {
      this.#pace.request();
    };
    this.#listeners = [
      adapters.onDidTell(({ session, event, body }) => {
        if (event !== COUNTS_EVENT) return;
        const { lines, isFirst } = body as CountsBody;
        if (isFirst) this.#begin(session);
        this.#board.update(session.id, lines);
        again();
      }),
      vscode.window.onDidChangeVisibleTextEditors(again),
      vscode.window.onDidChangeTextEditorVisibleRanges(again),
      edits.onDidEdit(again),
    ];
  }

  /** A new run: what earlier ones left behind goes. */
  async started(session: vscode.DebugSession): Promise<void> {
    this.#begin(session);
    this.#pace.request();
    await showStop(!this.#board.isEmpty);
  }

  #begin({ id }: vscode.DebugSession): void {
    this.#board.begin(
      id,
      this.sessions.running.map((one) => one.id),
    );
  }

  /** A key was typed: it comes first. */
  hold(): void {
    this.#pace.hold();
  }

  /** In place of what was counted before; that stays where this is refused. */
  async start(wanted: CountArguments): Promise<void> {
    const session = this.sessions.current;
    if (!session) {
      const start = 'Start or Attach';
      const choice = await vscode.window.showInformationMessage(
        'Counting needs a program that runs: start it or attach to it first.',
        start,
      );
      if (choice === start) await vscode.commands.executeCommand('workbench.action.debug.start');
      return;
    }
    try {
      const { lines, probes } = (await session.customRequest(COUNT_REQUEST, wanted)) as CountResponseBody;
      vscode.window.setStatusBarMessage(
        `Sourcetap counts ${grouped(lines)} lines by ${grouped(probes)} probes`,
        MESSAGE_TIME,
      );
      await showStop(true);
    } catch (error) {
      void vscode.window.showErrorMessage(
        unlinkedText(error instanceof Error ? error.message : String(error)),
      );
    }
  }

  /** The probes go out, and the shades with them. */
  async stop(): Promise<void> {
    await this.sessions.tellAll(COUNT_STOP_REQUEST, {});
    this.#board.clear();
    await showStop(false);
    this.#pace.request();
  }

  #paint(editor: vscode.TextEditor): void {
    const lines = this.#board.lines(editor.document.uri.fsPath);
    const visible = lines.length === 0 ? [] : visibleLines(editor);
    const key = JSON.stringify([visible, lines]);
    if (this.#painted.get(editor) === key) return;
    this.#painted.set(editor, key);
    for (const [i, shade] of this.#shades.entries())
      editor.setDecorations(
        shade,
        lines.filter(({ heat }) => heat === i + 1).map(({ line }) => rangeOf(line)),
      );
    // Every line has a margin, so that the code stays in its columns.
    const byLine = new Map(lines.map((one) => [one.line, one]));
    editor.setDecorations(
      this.#margin,
      visible.map((line) => marginOf(line, byLine.get(line))),
    );
  }

  dispose(): void {
    for (const one of [this.#pace, this.#margin, ...this.#shades, ...this.#listeners]) one.dispose();
  }
}

/** The command that takes the shades away. */
const showStop = (shown: boolean): Thenable<unknown> =>
  vscode.commands.executeCommand('setContext', 'sourcetap.counting', shown);

const rangeOf = (line: number): vscode.Range => new vscode.Range(line - 1, 0, line - 1, 0);

function visibleLines({ visibleRanges, document }: vscode.TextEditor): number[] {
  const lines = new Set<number>();
  for (const { start, end } of visibleRanges)
    for (let line = start.line; line <= Math.min(end.line, document.lineCount - 1); line++)
      lines.add(line + 1);
  return [...lines];
}

function marginOf(line: number, counted: HeatLine | undefined): vscode.DecorationOptions {
  const { hits, unavailable } = counted ?? {};
  const text = counted === undefined ? '' : hits === undefined ? '–' : abbreviated(hits);
  const hover = unavailable ?? (hits === undefined ? undefined : `${grouped(hits)} times`);
  return {
    range: rangeOf(line),
    // No-break spaces: others are folded.
    renderOptions: { before: { contentText: text.padStart(5, '\u00a0') } },
    ...(hover !== undefined && { hoverMessage: new vscode.MarkdownString(markdownText(hover)) }),
  };
}
