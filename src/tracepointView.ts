/** The view with the list: its checkboxes enable and disable, dragging moves between groups. */
import * as vscode from 'vscode';
import type { ExtrasStore } from './extras';
import type { TracepointTree } from './tracepointTree';
import type { TreeNode } from './tracepointNodes';
import type { TracepointChanges } from './tracepointChanges';

export function showTree(
  tree: TracepointTree,
  { extras, changes }: { readonly extras: ExtrasStore; readonly changes: TracepointChanges },
): vscode.Disposable[] {
  const view = vscode.window.createTreeView('sourcetap.tracepoints', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
    manageCheckboxStateManually: true,
    dragAndDropController: dragging(tree, extras),
  });
  const checked = view.onDidChangeCheckboxState(async ({ items }) => {
    for (const [node, state] of items)
      await changes.enable(tree.nodes.breakpointsOf(node), state === vscode.TreeItemCheckboxState.Checked);
  });
  tree.selected = () => view.selection;
  return [
    new vscode.Disposable(() => {
      tree.dispose();
    }),
    view,
    checked,
  ];
}

/** What is dropped on a group, or on a tracepoint in one, goes into it; elsewhere it goes out of its group. */
const dragging = (
  { nodes }: TracepointTree,
  extras: ExtrasStore,
): vscode.TreeDragAndDropController<TreeNode> => ({
  dragMimeTypes: [],
  dropMimeTypes: [DRAGGED],
  handleDrag(dragged, data) {
    data.set(DRAGGED, new vscode.DataTransferItem(dragged));
  },
  async handleDrop(target, data) {
    const dragged = (data.get(DRAGGED)?.value ?? []) as readonly TreeNode[];
    const onto = target?.kind === 'tracepoint' ? nodes.parentOf(target) : target;
    const group = onto?.kind === 'group' ? onto.name : undefined;
    await extras.mark([...new Set(dragged.flatMap((node) => nodes.breakpointsOf(node)))], { group });
  },
});

/** What VS Code calls the view's nodes while they are dragged. */
const DRAGGED = 'application/vnd.code.tree.sourcetap.tracepoints';
