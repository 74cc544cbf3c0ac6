/** Sourcetap in the status bar, while a session runs. */
import * as vscode from 'vscode';
import type { LineBoard } from './model/lineBoard';
import { statusText } from './model/statusText';
import type { Sessions } from './sessions';

const PRIORITY = 40;

export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem(
    'sourcetap.status',
    vscode.StatusBarAlignment.Left,
    PRIORITY,
  );

  constructor(
    private readonly board: LineBoard,
    private readonly sessions: Sessions,
  ) {
    this.#item.name = 'Sourcetap';
    this.#item.command = 'sourcetap.tracepoints.focus';
  }

  paint(): void {
    const status = statusText(this.board.liveViews(), this.sessions.running.length);
    if (!status) return this.#item.hide();
    this.#item.text = `$(pulse) ${status.text}`;
    this.#item.tooltip = status.facts.join('\n');
    this.#item.accessibilityInformation = { label: `Sourcetap: ${status.facts.join(', ')}` };
    this.#item.backgroundColor = status.isWarning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.#item.show();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
