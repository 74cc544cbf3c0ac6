/** What a command is meant for: nodes of the list, or a line. */
import * as vscode from 'vscode';
import { breakpointAt } from './breakpoints';
import type { TreeNode } from './tracepointNodes';
import type { TracepointTree } from './tracepointTree';

/** What the menu of line numbers passes, and the links of a hover. */
interface LineNumberContext {
  lineNumber: number;
  uri: vscode.Uri | string;
}

/**
 * Those of the tree's node, or of all that are selected there; otherwise that on a line. Where there is none, says so.
 * @param argument what VS Code passes a command: a node, a place, or nothing
 */
export async function meant(
  argument: unknown,
  selected: readonly TreeNode[] | undefined,
  tree: TracepointTree,
): Promise<vscode.Breakpoint[]> {
  if (isKey(argument)) return breakpointsOf(await nodesOfKey(tree), tree);
  if (isTreeNode(argument)) return breakpointsOf(selected ?? [argument], tree);
  const location = locationOf(argument);
  if (!location) return [];
  const breakpoint = await breakpointAt(location);
  if (breakpoint) return [breakpoint];
  void vscode.window.showInformationMessage(
    `There is no tracepoint on line ${location.range.start.line + 1}.`,
  );
  return [];
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
