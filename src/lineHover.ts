/** The hover of a line with a tracepoint. */
import * as vscode from 'vscode';
import { hoverText } from './model/hoverText';
import type { LineBoard } from './model/lineBoard';

export class LineHover implements vscode.HoverProvider {
  constructor(private readonly board: LineBoard) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const line = this.board.lines(document.uri.fsPath).find((state) => state.line === position.line + 1);
    if (!line) return undefined;
    const { heading, message, account, values, sites } = hoverText(line);
    const text = new vscode.MarkdownString();
    text.appendMarkdown('**Sourcetap** · ').appendText(heading);
    for (const part of [account, message])
      if (part !== undefined) text.appendMarkdown('\n\n').appendText(part);
    if (values !== '') text.appendCodeblock(values, 'plaintext');
    if (sites !== '') text.appendCodeblock(sites, 'plaintext');
    return new vscode.Hover(text);
  }
}
