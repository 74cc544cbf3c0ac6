/** The hover of a line with a tracepoint. */
import * as vscode from 'vscode';
import { hoverText } from './model/hoverText';
import type { LineBoard } from './model/lineBoard';
import { markdownText } from './model/markup';
import type { Sessions } from './sessions';

const ACTIONS = [
  ['Edit...', 'sourcetap.editTracepoint'],
  ['Disable', 'sourcetap.toggleTracepoint'],
  ['Reset Counts', 'sourcetap.resetTracepoint'],
  ['Remove', 'sourcetap.removeTracepoint'],
] as const;

export class LineHover implements vscode.HoverProvider {
  constructor(
    private readonly board: LineBoard,
    private readonly sessions: Sessions,
  ) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const line = this.board.lines(document.uri.fsPath).find((state) => state.line === position.line + 1);
    if (!line) return undefined;
    const { heading, messages, account, cost, values, sites } = hoverText(line, (session) =>
      this.sessions.nameOf(session),
    );
    const text = new vscode.MarkdownString();
    // No other command runs, whatever the program's strings say.
    text.isTrusted = { enabledCommands: ACTIONS.map(([, command]) => command) };
    text.appendMarkdown(`**Sourcetap** · ${markdownText(heading)}`);
    const place = { lineNumber: line.line, uri: String(document.uri) };
    const links = ACTIONS.map(
      ([title, command]) => `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([place]))})`,
    );
    // Above the values: a hover that is too long is cut at its end.
    text.appendMarkdown(`\n\n${links.join(' · ')}`);
    for (const part of [...(account === undefined ? [] : [account]), ...messages, ...cost])
      text.appendMarkdown(`\n\n${markdownText(part)}`);
    if (values !== '') text.appendCodeblock(values, 'plaintext');
    if (sites !== '') text.appendCodeblock(sites, 'plaintext');
    return new vscode.Hover(text);
  }
}
