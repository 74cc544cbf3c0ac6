/** Add, edit and remove tracepoints. They are VS Code's own breakpoints: one with a log message, or a plain one for a snapshot. */
import * as vscode from 'vscode';
import { basename } from 'node:path';
import { unlinkedText } from '../adapter/inertText';
import { RESET_REQUEST, type ResetArguments } from '../adapter/protocol';
import { breakpointAt, isOnSource, onSource } from './breakpoints';
import type { ExtrasStore } from './extras';
import type { LineCounts } from './lineCounts';
import type { HitsPanel } from './hitsPanel';
import { EMPTY_DRAFT, type Draft, type TextField } from './model/draft';
import type { LineBoard } from './model/lineBoard';
import { rowOf } from './model/tracepointRow';
import type { Painter } from './painter';
import { pickProcess } from './processPicker';
import type { Sessions } from './sessions';
import { askTracepoint } from './tracepointForm';
import type { TracepointIds } from './tracepointIds';
import { draftOf, enable, setTracepoint } from './tracepoints';
import { breakpointsOf, type TracepointTree, type TreeNode } from './tracepointTree';

/** What the menu of line numbers passes, and the links of a hover. */
interface LineNumberContext {
  lineNumber: number;
  uri: vscode.Uri | string;
}

export interface CommandParts {
  readonly board: LineBoard;
  readonly painter: Painter;
  readonly sessions: Sessions;
  readonly extras: ExtrasStore;
  readonly ids: TracepointIds;
  readonly tree: TracepointTree;
  readonly counts: LineCounts;
  readonly hits: HitsPanel;
}

export function registerCommands(parts: CommandParts): vscode.Disposable[] {
  const { board, painter, sessions } = parts;
  const command = (
    name: string,
    run: (argument?: unknown, selected?: readonly TreeNode[]) => unknown,
  ): vscode.Disposable => vscode.commands.registerCommand(`sourcetap.${name}`, run);
  void showMenus();
  const all = (argument: unknown, selected?: readonly TreeNode[]): Promise<vscode.Breakpoint[]> =>
    isKey(argument) ? meant(parts.tree.selection[0], parts.tree.selection) : meant(argument, selected);
  return [
    command('addTracepoint', (argument) => add(argument, parts)),
    command('addTracepointWithMessage', (argument) => write(argument, 'logMessage', parts)),
    command('addConditionalTracepoint', (argument) => write(argument, 'condition', parts)),
    command('editTracepoint', (argument) =>
      write(isKey(argument) ? parts.tree.selection[0] : argument, 'logMessage', parts),
    ),
    command('removeTracepoint', async (argument, selected) => {
      vscode.debug.removeBreakpoints(await all(argument, selected));
    }),
    command('toggleTracepoint', async (argument, selected) => {
      for (const one of await all(argument, selected)) await enable(one, !one.enabled, parts.extras);
    }),
    command('resetTracepoint', async (argument, selected) => {
      for (const one of await all(argument, selected)) await reset(one, parts);
    }),
    command('readTracepoint', async (argument) => {
      for (const one of await meant(argument))
        void vscode.window.showInformationMessage(unlinkedText(rowOf(parts.tree.listed(one)).spoken));
    }),
    command('countFunction', async (argument) => {
      const location = locationOf(argument);
      if (location) await parts.counts.start({ functionAt: placeOf(location) });
    }),
    command('countFile', async (argument) => {
      const location = argument instanceof vscode.Uri ? { uri: argument } : locationOf(argument);
      if (location) await parts.counts.start({ files: [location.uri.fsPath] });
    }),
    command('stopCounting', () => parts.counts.stop()),
    command('resetAllTracepoints', () => sessions.tellAll(RESET_REQUEST, {})),
    command('clearResults', () => {
      board.clear();
      parts.hits.clear();
      painter.request();
    }),
    command('pickProcess', pickProcess),
    vscode.debug.onDidChangeBreakpoints(({ removed }) => {
      for (const { location } of removed.filter(isOnSource)) {
        board.forget(location.uri.fsPath, location.range.start.line + 1);
      }
      painter.request();
      void showMenus();
    }),
  ];
}

const placeOf = ({ uri, range }: vscode.Location): { path: string; line: number } => ({
  path: uri.fsPath,
  line: range.start.line + 1,
});

/** The menus Edit and Remove appear in files that have a tracepoint. */
async function showMenus(): Promise<void> {
  const files = new Set(onSource().map(({ location }) => location.uri.path));
  await vscode.commands.executeCommand('setContext', 'sourcetap.files', [...files]);
}

/** At once: all arguments and locals, or what is selected. */
async function add(argument: unknown, { extras }: CommandParts): Promise<void> {
  const location = locationOf(argument);
  if (!location) return;
  const before = await breakpointAt(location);
  const draft = before ? draftOf(before, extras) : EMPTY_DRAFT;
  const logMessage = selectionMessage(location) ?? draft.logMessage;
  await setTracepoint(before, location, { ...draft, logMessage }, extras);
}

async function write(argument: unknown, first: TextField, { sessions, extras }: CommandParts): Promise<void> {
  const [chosen] = isTreeNode(argument) ? breakpointsOf(argument).filter(isOnSource) : [];
  const location = chosen?.location ?? locationOf(argument);
  if (!location) return;
  const before = chosen ?? (await breakpointAt(location));
  const draft = before ? draftOf(before, extras) : fresh(location);
  const { path, line } = placeOf(location);
  const title = `${before ? 'Edit' : 'Add'} Tracepoint, ${basename(path)}:${line}`;
  const written = await askTracepoint({ path, line, title }, draft, first, sessions);
  if (written) await setTracepoint(before, location, written, extras);
}

const fresh = (location: vscode.Location): Draft => ({
  ...EMPTY_DRAFT,
  logMessage: selectionMessage(location) ?? '',
});

/** What is selected on the line, as an expression. */
function selectionMessage({ uri, range }: vscode.Location): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || String(editor.document.uri) !== String(uri)) return undefined;
  const { selection, document } = editor;
  const isThere = selection.isSingleLine && selection.start.line === range.start.line && !selection.isEmpty;
  const text = isThere ? document.getText(selection).trim() : '';
  return text === '' ? undefined : `{${text}}`;
}

async function reset(breakpoint: vscode.Breakpoint, { sessions, ids }: CommandParts): Promise<void> {
  const refs = new Map(ids.of(breakpoint).map(({ session, id }) => [session, id]));
  for (const session of sessions.running) {
    const breakpointId = refs.get(session.id);
    if (breakpointId !== undefined)
      await session.customRequest(RESET_REQUEST, { breakpointId } satisfies ResetArguments);
  }
}

/** Those of the tree's node, or of all that are selected there; otherwise that on a line. Where there is none, says so. */
async function meant(argument: unknown, selected?: readonly TreeNode[]): Promise<vscode.Breakpoint[]> {
  if (isTreeNode(argument)) return [...new Set((selected ?? [argument]).flatMap(breakpointsOf))];
  const location = locationOf(argument);
  if (!location) return [];
  const breakpoint = await breakpointAt(location);
  if (breakpoint) return [breakpoint];
  void vscode.window.showInformationMessage(
    `There is no tracepoint on line ${location.range.start.line + 1}.`,
  );
  return [];
}

/** A key that was pressed in the list, which passes no node. */
const isKey = (argument: unknown): boolean => argument === 'selection';

const isTreeNode = (argument: unknown): argument is TreeNode =>
  typeof argument === 'object' && argument !== null && 'kind' in argument;

/** The line of the menu's line number, otherwise of the cursor. */
function locationOf(argument: unknown): vscode.Location | undefined {
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
