/** The list of all tracepoints, by groups and files, whether a session runs or not. */
import * as vscode from 'vscode';
import { basename, dirname } from 'node:path';
import { isOnSource } from './breakpoints';
import type { ExtrasStore } from './extras';
import { groupRow } from './model/groupRow';
import type { LineBoard } from './model/lineBoard';
import { LOOK_COLOURS, type Look } from './model/look';
import { markColourId } from './model/mark';
import { ShownRows, type ShownText } from './model/shownRows';
import { rowOf, type ListedTracepoint } from './model/tracepointRow';
import type { TracepointIds } from './tracepointIds';
import { TracepointNodes, type FileNode, type GroupNode, type TreeNode } from './tracepointNodes';
import { draftOf } from './tracepointChanges';

export interface TreeParts {
  readonly board: LineBoard;
  readonly ids: TracepointIds;
  readonly extras: ExtrasStore;
}

export class TracepointTree implements vscode.TreeDataProvider<TreeNode> {
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly nodes: TracepointNodes;
  /** Which nodes are selected; set by who shows the tree. */
  selected: () => readonly TreeNode[] = () => [];
  readonly #shown = new ShownRows();
  /** Which nodes the tree has, and where. */
  #structure = '';

  constructor(private readonly parts: TreeParts) {
    this.nodes = new TracepointNodes(parts.extras);
  }

  /**
   * Paints again what shows something else than before; everything where there are other nodes.
   * @returns whether something is left to be painted later
   */
  refresh(): boolean {
    const structure = this.nodes.look();
    if (structure !== this.#structure) {
      this.nodes.forget();
      this.#shown.clear();
      this.#structure = structure;
      this.#changed.fire(undefined);
      return false;
    }
    const now = performance.now();
    const all = this.nodes.roots().flatMap((root) => [root, ...this.nodes.childrenOf(root)]);
    const states = all.map((node) => ({
      node,
      state: this.#shown.state(this.nodes.idOf(node), this.#text(node), now),
    }));
    const due = states.filter(({ state }) => state === 'due').map(({ node }) => node);
    if (due.length > 0) this.#changed.fire(due);
    return states.some(({ state }) => state === 'later');
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return node === undefined ? this.nodes.roots() : this.nodes.childrenOf(node);
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.nodes.parentOf(node);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const text = this.#text(node);
    this.#shown.painted(this.nodes.idOf(node), text, performance.now());
    const item =
      node.kind === 'tracepoint'
        ? this.#tracepointItem(node.breakpoint)
        : node.kind === 'group'
          ? this.#groupItem(node)
          : this.#fileItem(node);
    item.id = this.nodes.idOf(node);
    item.accessibilityInformation = { label: text.spoken };
    return item;
  }

  /** What the node's row says. */
  #text(node: TreeNode): ShownText {
    if (node.kind === 'tracepoint') return rowOf(this.listed(node.breakpoint));
    if (node.kind === 'group') return groupRow(`group ${node.name}`, this.#members(node));
    // No numbers: what is below a node is painted with it.
    const { steady } = groupRow(fileName(node), this.#members(node));
    return { spoken: steady, steady };
  }

  #members(node: GroupNode | FileNode): ListedTracepoint[] {
    return this.nodes.breakpointsOf(node).map((breakpoint) => this.listed(breakpoint));
  }

  #tracepointItem(breakpoint: vscode.Breakpoint): vscode.TreeItem {
    const listed = this.listed(breakpoint);
    const { label, description, details, look } = rowOf(listed);
    const { colour } = listed.draft.extras;
    const item = new vscode.TreeItem(label);
    item.description = description;
    // Plain text: what the program says is not interpreted.
    item.tooltip = [label, description, ...details].join('\n');
    item.iconPath = new vscode.ThemeIcon(
      ICONS[look],
      new vscode.ThemeColor(colour === undefined ? LOOK_COLOURS[look] : markColourId(colour)),
    );
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

  #groupItem(node: GroupNode): vscode.TreeItem {
    const { description, isEnabled, spoken } = groupRow(node.name, this.#members(node));
    const item = new vscode.TreeItem(node.name, vscode.TreeItemCollapsibleState.Expanded);
    item.description = description;
    item.tooltip = spoken;
    item.iconPath = new vscode.ThemeIcon('layers');
    item.contextValue = 'group';
    item.checkboxState = checkbox(isEnabled);
    return item;
  }

  #fileItem(node: FileNode): vscode.TreeItem {
    const { uri } = node;
    const item = new vscode.TreeItem(fileName(node), vscode.TreeItemCollapsibleState.Expanded);
    const folder = uri ? dirname(vscode.workspace.asRelativePath(uri)) : '.';
    item.description = folder === '.' ? '' : folder;
    if (uri) item.resourceUri = uri;
    item.iconPath = uri ? vscode.ThemeIcon.File : new vscode.ThemeIcon('symbol-function');
    item.contextValue = 'file';
    item.checkboxState = checkbox(this.nodes.breakpointsOf(node).every(({ enabled }) => enabled));
    return item;
  }

  listed(breakpoint: vscode.Breakpoint): ListedTracepoint {
    const { board, ids, extras } = this.parts;
    const draft = draftOf(breakpoint, extras);
    // A group has lines of several files.
    const isNamed = draft.extras.group !== undefined && isOnSource(breakpoint);
    return {
      where: whereOf(breakpoint),
      ...(isNamed && { file: basename(breakpoint.location.uri.fsPath) }),
      enabled: breakpoint.enabled,
      draft,
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

const fileName = ({ uri }: FileNode): string => (uri ? basename(uri.fsPath) : 'Functions');

const checkbox = (isOn: boolean): vscode.TreeItemCheckboxState =>
  isOn ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked;

/** Shapes first: colours are told by themes, and by marks. */
const ICONS = {
  hitting: 'pulse',
  armed: 'circle-outline',
  throttled: 'dashboard',
  pending: 'watch',
  disabled: 'circle-slash',
  failed: 'warning',
  spent: 'check',
  ended: 'primitive-square',
} as const satisfies Record<Look, string>;
