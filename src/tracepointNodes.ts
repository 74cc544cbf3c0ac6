/** The nodes of the list: groups, then the files and functions of the tracepoints that are in none. */
import * as vscode from 'vscode';
import { current, isOnSource, placeOf, tracepoints } from './breakpoints';
import type { ExtrasStore } from './extras';

export type TreeNode = GroupNode | FileNode | TracepointNode;

export interface GroupNode {
  readonly kind: 'group';
  readonly name: string;
}
export interface FileNode {
  readonly kind: 'file';
  /** Undefined for tracepoints on functions. */
  readonly uri: vscode.Uri | undefined;
}
export interface TracepointNode {
  readonly kind: 'tracepoint';
  readonly breakpoint: vscode.Breakpoint;
}

/** One object for each node, as the tree knows a node by the object that it is. */
export class TracepointNodes {
  readonly #byId = new Map<string, TreeNode>();
  /** Of the breakpoints, by theirs. */
  #ids = new Map<string, string>();

  constructor(private readonly extras: ExtrasStore) {}

  roots(): TreeNode[] {
    const alone = inOrder(tracepoints()).filter((one) => this.#groupOf(one) === undefined);
    const uris = new Map(alone.filter(isOnSource).map(({ location: { uri } }) => [String(uri), uri]));
    const hasFunctions = alone.some((one) => one instanceof vscode.FunctionBreakpoint);
    return [
      ...this.extras.groups().map((name) => this.#one({ kind: 'group', name })),
      ...[...uris.values(), ...(hasFunctions ? [undefined] : [])].map((uri) =>
        this.#one({ kind: 'file', uri }),
      ),
    ];
  }

  childrenOf(node: TreeNode): TracepointNode[] {
    if (node.kind === 'tracepoint') return [];
    return this.breakpointsOf(node).map((breakpoint) => this.#one({ kind: 'tracepoint', breakpoint }));
  }

  parentOf(node: TreeNode): TreeNode | undefined {
    if (node.kind !== 'tracepoint') return undefined;
    const { breakpoint } = node;
    const name = this.#groupOf(breakpoint);
    if (name !== undefined) return this.#one({ kind: 'group', name });
    return this.#one({ kind: 'file', uri: isOnSource(breakpoint) ? breakpoint.location.uri : undefined });
  }

  /** Of a node: one, or all below it, in their order. */
  breakpointsOf(node: TreeNode): vscode.Breakpoint[] {
    if (node.kind === 'tracepoint') return [current(node.breakpoint)].filter((one) => one !== undefined);
    return inOrder(tracepoints()).filter((breakpoint) => {
      const group = this.#groupOf(breakpoint);
      if (node.kind === 'group') return group === node.name;
      return group === undefined && isIn(breakpoint, node.uri);
    });
  }

  /** Looks at all breakpoints anew. @returns a text that is another one where there are other nodes */
  look(): string {
    this.#ids = idsByPlace(tracepoints());
    return JSON.stringify(
      this.roots().map((root) => [
        this.idOf(root),
        ...this.childrenOf(root).map((node) => [this.idOf(node), node.breakpoint.id]),
      ]),
    );
  }

  forget(): void {
    this.#byId.clear();
  }

  /** The same for the same node in every list: of a tracepoint its place, for what is changed in it makes it another breakpoint. */
  idOf(node: TreeNode): string {
    if (node.kind === 'tracepoint') return this.#ids.get(node.breakpoint.id) ?? node.breakpoint.id;
    return node.kind === 'group' ? `group ${node.name}` : node.uri ? String(node.uri) : 'functions';
  }

  #groupOf(breakpoint: vscode.Breakpoint): string | undefined {
    return this.extras.of(breakpoint).group;
  }

  #one<Node extends TreeNode>(node: Node): Node {
    const id = this.idOf(node);
    const known = this.#byId.get(id);
    if (known && !isReplaced(known, node)) return known as Node;
    this.#byId.set(id, node);
    return node;
  }
}

const isReplaced = (known: TreeNode, node: TreeNode): boolean =>
  known.kind === 'tracepoint' && node.kind === 'tracepoint' && known.breakpoint !== node.breakpoint;

/** Of those that are at one place, only the first is known by it. */
function idsByPlace(breakpoints: readonly vscode.Breakpoint[]): Map<string, string> {
  const places = new Set<string>();
  return new Map(
    breakpoints.map((breakpoint) => {
      const place = placeOf(breakpoint);
      const isFirst = !places.has(place);
      places.add(place);
      return [breakpoint.id, isFirst ? place : breakpoint.id];
    }),
  );
}

const isIn = (breakpoint: vscode.Breakpoint, uri: vscode.Uri | undefined): boolean =>
  isOnSource(breakpoint)
    ? String(breakpoint.location.uri) === String(uri)
    : uri === undefined && breakpoint instanceof vscode.FunctionBreakpoint;

/** By file and line, those on functions last. */
function inOrder(breakpoints: readonly vscode.Breakpoint[]): vscode.Breakpoint[] {
  const lines = breakpoints.filter(isOnSource).sort((a, b) => {
    const [first, second] = [String(a.location.uri), String(b.location.uri)];
    if (first !== second) return first < second ? -1 : 1;
    return a.location.range.start.compareTo(b.location.range.start);
  });
  return [...lines, ...breakpoints.filter((one) => one instanceof vscode.FunctionBreakpoint)];
}
