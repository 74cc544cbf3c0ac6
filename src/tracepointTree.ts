/** The list of all tracepoints, file by file, whether a session runs or not. */
import * as vscode from 'vscode';
import { basename, dirname } from 'node:path';
import { isOnSource } from './breakpoints';
import type { ExtrasStore } from './extras';
import type { LineBoard } from './model/lineBoard';
import type { Look } from './model/look';
import { rowOf, type ListedTracepoint } from './model/tracepointRow';
import type { TracepointIds } from './tracepointIds';
import { draftOf, enable } from './tracepoints';

export type TreeNode = FileNode | TracepointNode;

export interface FileNode {
  readonly kind: 'file';
  /** Undefined for tracepoints on functions. */
  readonly uri: vscode.Uri | undefined;
}
export interface TracepointNode {
  readonly kind: 'tracepoint';
  readonly breakpoint: vscode.Breakpoint;
}

export interface TreeParts {
  readonly board: LineBoard;
  readonly ids: TracepointIds;
  readonly extras: ExtrasStore;
}

export class TracepointTree implements vscode.TreeDataProvider<TreeNode> {
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  selection: readonly TreeNode[] = [];
  /** On screen, by their ids: the tree knows a node by the object that it is. */
  readonly #nodes = new Map<string, TreeNode>();
  /** What each of them shows. */
  readonly #shown = new Map<string, string>();

  constructor(private readonly parts: TreeParts) {}

  /** Paints again what shows something else than before; everything where there are others. */
  refresh(): void {
    const known = [...this.#nodes].filter(([, { kind }]) => kind === 'tracepoint').map(([id]) => id);
    const ids = vscode.debug.breakpoints.map(({ id }) => id);
    if (known.length !== ids.length || ids.some((id) => !this.#nodes.has(id))) {
      this.#nodes.clear();
      this.#changed.fire(undefined);
      return;
    }
    const changed = [...this.#nodes.values()].filter(
      (node) => node.kind === 'tracepoint' && this.#shown.get(idOf(node)) !== this.#text(node.breakpoint),
    );
    if (changed.length > 0) this.#changed.fire(changed);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const children: TreeNode[] =
      node === undefined
        ? files()
        : node.kind === 'file'
          ? breakpointsOf(node).map((breakpoint) => ({ kind: 'tracepoint', breakpoint }))
          : [];
    return children.map((child) => this.#nodeLike(child));
  }

  #nodeLike(node: TreeNode): TreeNode {
    const id = idOf(node);
    const known = this.#nodes.get(id);
    if (known) return known;
    this.#nodes.set(id, node);
    return node;
  }

  #text(breakpoint: vscode.Breakpoint): string {
    return rowOf(this.listed(breakpoint)).spoken;
  }

  getParent(node: TreeNode): TreeNode | undefined {
    if (node.kind === 'file') return undefined;
    const { breakpoint } = node;
    return this.#nodeLike({
      kind: 'file',
      uri: isOnSource(breakpoint) ? breakpoint.location.uri : undefined,
    });
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return node.kind === 'file' ? fileItem(node) : this.#tracepointItem(node.breakpoint);
  }

  #tracepointItem(breakpoint: vscode.Breakpoint): vscode.TreeItem {
    const { label, description, details, spoken, look } = rowOf(this.listed(breakpoint));
    this.#shown.set(breakpoint.id, spoken);
    const item = new vscode.TreeItem(label);
    item.id = breakpoint.id;
    item.description = description;
    // Plain text: what the program says is not interpreted.
    item.tooltip = [label, description, ...details].join('\n');
    item.accessibilityInformation = { label: spoken };
    item.iconPath = new vscode.ThemeIcon(ICONS[look].name, new vscode.ThemeColor(ICONS[look].colour));
    item.contextValue = isOnSource(breakpoint) ? 'tracepoint' : 'functionTracepoint';
    item.checkboxState = checkbox(breakpoint.enabled);
    if (isOnSource(breakpoint)) {
      const { uri, range } = breakpoint.location;
      item.command = {
        command: 'vscode.open',
        title: 'Go to the Line',
        arguments: [uri, { selection: range }],
      };
    }
    return item;
  }

  listed(breakpoint: vscode.Breakpoint): ListedTracepoint {
    const { board, ids, extras } = this.parts;
    const { enabled } = breakpoint;
    return {
      where: whereOf(breakpoint),
      enabled,
      draft: draftOf(breakpoint, extras),
      views: ids.of(breakpoint).flatMap(({ session, id }) => board.view(session, id) ?? []),
    };
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

const whereOf = (breakpoint: vscode.Breakpoint): number | string =>
  isOnSource(breakpoint)
    ? breakpoint.location.range.start.line + 1
    : breakpoint instanceof vscode.FunctionBreakpoint
      ? breakpoint.functionName
      : '';

/** The view; its checkboxes enable and disable. */
export function showTree(tree: TracepointTree, extras: ExtrasStore): vscode.Disposable[] {
  const view = vscode.window.createTreeView('sourcetap.tracepoints', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
    manageCheckboxStateManually: true,
  });
  const checked = view.onDidChangeCheckboxState(async ({ items }) => {
    for (const [node, state] of items)
      for (const breakpoint of breakpointsOf(node))
        await enable(breakpoint, state === vscode.TreeItemCheckboxState.Checked, extras);
  });
  const selected = view.onDidChangeSelection(({ selection }) => (tree.selection = selection));
  return [
    new vscode.Disposable(() => {
      tree.dispose();
    }),
    view,
    checked,
    selected,
  ];
}

/** Of a node: one, or all of a file, in the order of lines. */
export function breakpointsOf(node: TreeNode): vscode.Breakpoint[] {
  if (node.kind === 'tracepoint') return [node.breakpoint];
  const { uri } = node;
  if (uri === undefined)
    return vscode.debug.breakpoints.filter((one) => one instanceof vscode.FunctionBreakpoint);
  return vscode.debug.breakpoints
    .filter(isOnSource)
    .filter(({ location }) => String(location.uri) === String(uri))
    .sort((a, b) => a.location.range.start.compareTo(b.location.range.start));
}

const idOf = (node: TreeNode): string =>
  node.kind === 'tracepoint' ? node.breakpoint.id : node.uri ? String(node.uri) : 'functions';

function files(): FileNode[] {
  const uris = new Map(
    vscode.debug.breakpoints.filter(isOnSource).map(({ location: { uri } }) => [String(uri), uri]),
  );
  const nodes = [...uris]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, uri]): FileNode => ({ kind: 'file', uri }));
  const functions: FileNode = { kind: 'file', uri: undefined };
  return breakpointsOf(functions).length > 0 ? [...nodes, functions] : nodes;
}

function fileItem(node: FileNode): vscode.TreeItem {
  const { uri } = node;
  const all = breakpointsOf(node);
  const name = uri ? basename(uri.fsPath) : 'Functions';
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = idOf(node);
  const folder = uri ? dirname(vscode.workspace.asRelativePath(uri)) : '.';
  item.description = folder === '.' ? '' : folder;
  if (uri) item.resourceUri = uri;
  item.iconPath = uri ? vscode.ThemeIcon.File : new vscode.ThemeIcon('symbol-function');
  item.contextValue = 'file';
  item.checkboxState = checkbox(all.every(({ enabled }) => enabled));
  item.accessibilityInformation = { label: `${name}, ${all.length} tracepoints` };
  return item;
}

const checkbox = (isOn: boolean): vscode.TreeItemCheckboxState =>
  isOn ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;

/** Shapes first: colours are told by themes. */
const ICONS = {
  hitting: { name: 'pulse', colour: 'sourcetap.lineEndForeground' },
  armed: { name: 'circle-outline', colour: 'sourcetap.lineEndForeground' },
  throttled: { name: 'dashboard', colour: 'sourcetap.throttledForeground' },
  pending: { name: 'watch', colour: 'sourcetap.endedForeground' },
  disabled: { name: 'circle-slash', colour: 'sourcetap.endedForeground' },
  failed: { name: 'warning', colour: 'sourcetap.failedForeground' },
  spent: { name: 'check', colour: 'sourcetap.endedForeground' },
  ended: { name: 'primitive-square', colour: 'sourcetap.endedForeground' },
} as const satisfies Record<Look, { name: string; colour: string }>;
