/** What a command is meant for: nodes of the list, or a line. */
import * as vscode from 'vscode';
import { onSource } from './breakpoints';
import type { LineBoard } from './model/lineBoard';
import type { TracepointIds } from './tracepointIds';
import type { TreeNode } from './tracepointNodes';
import type { TracepointTree } from './tracepointTree';

/** What the menu of line numbers passes, and the links of a hover. */
interface LineNumberContext {
  lineNumber: number;
  uri: vscode.Uri | string;
}

/** Where tracepoints are told apart. */
export interface TargetParts {
  readonly board: LineBoard;
  readonly ids: TracepointIds;
  readonly tree: TracepointTree;
}

/**
 * Those of the tree's node, or of all that are selected there; otherwise that on a line. Where there is none, says so.
 * @param argument what VS Code passes a command: a node, a place, or nothing
 */
export async function meant(
  argument: unknown,
  selected: readonly TreeNode[] | undefined,
  parts: TargetParts,
): Promise<vscode.Breakpoint[]> {
  const { tree } = parts;
  if (isKey(argument)) return breakpointsOf(await nodesOfKey(tree), tree);
  if (isTreeNode(argument)) return breakpointsOf(selected ?? [argument], tree);
  const location = locationOf(argument);
  if (!location) return [];
  const breakpoint = await breakpointAt(location, parts);
  if (breakpoint) return [breakpoint];
  void vscode.window.showInformationMessage(
    `There is no tracepoint on line ${location.range.start.line + 1}.`,
  );
  return [];
}

/** The breakpoint that was set on a line or, where none was, the one whose counts and values stand there: the adapter has moved it. */
export async function breakpointAt(
  { uri, range }: vscode.Location,
  { board, ids }: Pick<TargetParts, 'board' | 'ids'>,
): Promise<vscode.Breakpoint | undefined> {
  const { line } = range.start;
  const set = onSource().find(
    ({ location }) => String(location.uri) === String(uri) && location.range.start.line === line,
  );
  if (set) return set;
  await ids.looked();
  const shown = board.lines(uri.fsPath).find((one) => one.line === line + 1);
  for (const { session, id } of shown?.sessions ?? []) {
    const breakpoint = ids.breakpoint(session, id);
    if (breakpoint) return breakpoint;
  }
  return undefined;
}

const breakpointsOf = (nodes: readonly TreeNode[], tree: TracepointTree): vscode.Breakpoint[] => [
  ...new Set(nodes.flatMap((node) => tree.nodes.breakpointsOf(node))),
];

/** A key that was pressed in the list, which passes no node. */
export const isKey = (argument: unknown): boolean => argument === 'selection';

/** Those that are selected, if they are several; otherwise the one that the arrow keys have gone to, which becomes selected. */
export async function nodesOfKey(tree: TracepointTree): Promise<readonly TreeNode[]> {
  if (tree.selected().length < 2) await vscode.commands.executeCommand('list.selectAndPreserveFocus');
  return tree.selected();
}

export const isTreeNode = (argument: unknown): argument is TreeNode =>
  typeof argument === 'object' && argument !== null && 'kind' in argument;

/** The line of the menu's line number, otherwise of the cursor. */
export function locationOf(argument: unknown): vscode.Location | undefined {
  if (isLineNumberContext(argument)) {
    const { uri, lineNumber } = argument;
    const parsed = typeof uri === 'string' ? vscode.Uri.parse(uri) : uri;
    return new vscode.Location(parsed, new vscode.Position(lineNumber - 1, 0));
  }
  const editor = vscode.window.activeTextEditor;
  if (editor)
    return new vscode.Location(editor.document.uri, new vscode.Position(editor.selection.active.line, 0));
  void vscode.window.showInformationMessage('Open a source file and put the cursor on a line first.');
  return undefined;
}

function isLineNumberContext(argument: unknown): argument is LineNumberContext {
  return typeof argument === 'object' && argument !== null && 'lineNumber' in argument;
}
