/** The hover of a line with a tracepoint. */
import * as vscode from 'vscode';
import { disabledIn } from './breakpoints';
import { hoverText } from './model/hoverText';
import type { LineBoard } from './model/lineBoard';
import { markdownText } from './model/markup';
import { rowOf } from './model/tracepointRow';
import type { Sessions } from './sessions';
import type { TracepointTree } from './tracepointTree';

const EDIT = ['Edit...', 'sourcetap.editTracepoint'] as const;
const DISABLE = ['Disable', 'sourcetap.toggleTracepoint'] as const;
const ENABLE = ['Enable', DISABLE[1]] as const;
const RESET = ['Reset Counts', 'sourcetap.resetTracepoint'] as const;
const REMOVE = ['Remove', 'sourcetap.removeTracepoint'] as const;
type Action = readonly [title: string, command: string];

export interface HoverParts {
  readonly board: LineBoard;
  readonly sessions: Sessions;
  readonly tree: TracepointTree;
}

export class LineHover implements vscode.HoverProvider {
  constructor(private readonly parts: HoverParts) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const { board, sessions } = this.parts;
    const line = board.lines(document.uri.fsPath).find((state) => state.line === position.line + 1);
    if (!line) return this.#ofDisabled(document, position);
    const { heading, messages, account, cost, values, sites } = hoverText(line, (session) =>
      sessions.nameOf(session),
    );
    const text = started(document, position, heading, [EDIT, DISABLE, RESET, REMOVE]);
    for (const part of [...(account === undefined ? [] : [account]), ...messages, ...cost])
      text.appendMarkdown(`\n\n${markdownText(part)}`);
    if (values !== '') text.appendCodeblock(values, 'plaintext');
    if (sites !== '') text.appendCodeblock(sites, 'plaintext');
    return new vscode.Hover(text);
  }

  #ofDisabled(document: vscode.TextDocument, { line }: vscode.Position): vscode.Hover | undefined {
    if (this.parts.sessions.running.length === 0) return undefined;
    const disabled = disabledIn(document.uri).find(({ location: { range } }) => range.start.line === line);
    if (!disabled) return undefined;
    const { description } = rowOf(this.parts.tree.listed(disabled));
    return new vscode.Hover(started(document, { line }, description, [EDIT, ENABLE, REMOVE]));
  }
}

/** A heading, and what can be done. Actions come above the values: a hover that is too long is cut at its end. */
function started(
  { uri }: vscode.TextDocument,
  { line }: Pick<vscode.Position, 'line'>,
  heading: string,
  actions: readonly Action[],
): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  // No other command runs, whatever the program's strings say.
  text.isTrusted = { enabledCommands: actions.map(([, command]) => command) };
  text.appendMarkdown(`**Sourcetap** · ${markdownText(heading)}`);
  const place = encodeURIComponent(JSON.stringify([{ lineNumber: line + 1, uri: String(uri) }]));
  const links = actions.map(([title, command]) => `[${title}](command:${command}?${place})`);
  text.appendMarkdown(`\n\n${links.join(' · ')}`);
  return text;
}
