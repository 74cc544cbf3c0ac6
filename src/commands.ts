/** Add, edit and remove tracepoints. They are VS Code's own breakpoints: one with a log message, or a plain one for a snapshot. */
import * as vscode from 'vscode';
import { basename } from 'node:path';
import { unlinkedText } from '../adapter/inertText';
import { RESET_REQUEST, type ResetArguments } from '../adapter/protocol';
import { isOnSource, onSource } from './breakpoints';
import { breakpointAt, isKey, isTreeNode, locationOf, meant, nodesOfKey } from './commandTarget';
import type { ExtrasStore } from './extras';
import { groupCommands } from './groupCommands';
import type { LineCounts } from './lineCounts';
import type { HitsPanel } from './hitsPanel';
import type { Inquiries } from './inquiries';
import { EMPTY_DRAFT, type Draft, type TextField } from './model/draft';
import type { LineBoard } from './model/lineBoard';
import { rowOf } from './model/tracepointRow';
import type { Painter } from './painter';
import { pickProcess } from './processPicker';
import type { Sessions } from './sessions';
import { askTracepoint } from './tracepointForm';
import type { TracepointIds } from './tracepointIds';
import { draftOf, type TracepointChanges } from './tracepointChanges';
import type { TreeNode } from './tracepointNodes';
import type { TracepointTree } from './tracepointTree';

export interface CommandParts {
  readonly board: LineBoard;
  readonly painter: Painter;
  readonly sessions: Sessions;
  readonly inquiries: Inquiries;
  readonly extras: ExtrasStore;
  readonly changes: TracepointChanges;
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
    meant(argument, selected, parts);
  return [
    command('addTracepoint', (argument) => add(argument, parts)),
    command('addTracepointWithMessage', (argument) => write(argument, 'logMessage', parts)),
    command('addConditionalTracepoint', (argument) => write(argument, 'condition', parts)),
    command('editTracepoint', async (argument) => {
      const chosen = isKey(argument) ? (await nodesOfKey(parts.tree))[0] : argument;
      if (isKey(argument) && !chosen) return;
      if (isTreeNode(chosen) && chosen.kind === 'group')
        await vscode.commands.executeCommand('sourcetap.renameGroup', chosen);
      else await write(chosen, 'logMessage', parts);
    }),
    command('removeTracepoint', async (argument, selected) => {
      vscode.debug.removeBreakpoints(await all(argument, selected));
    }),
    command('toggleTracepoint', async (argument, selected) => {
      await parts.changes.enable(await all(argument, selected));
    }),
    command('resetTracepoint', async (argument, selected) => {
      await reset(await all(argument, selected), parts);
    }),
    command('readTracepoint', async (argument) => {
      for (const one of await all(argument))
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
    ...groupCommands(parts, {
      toggle: (breakpoints) => parts.changes.enable(breakpoints),
      reset: (breakpoints) => reset(breakpoints, parts),
    }),
    vscode.debug.onDidChangeBreakpoints(({ removed }) => {
      for (const ref of removed.flatMap((one) => parts.ids.of(one))) board.forget(ref);
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
async function add(argument: unknown, parts: CommandParts): Promise<void> {
  const location = locationOf(argument);
  if (!location) return;
  const before = await sourceBreakpointAt(location, parts);
  const draft = before ? draftOf(before, parts.extras) : EMPTY_DRAFT;
  const logMessage = selectionMessage(location) ?? draft.logMessage;
  await parts.changes.set(before, location, { ...draft, logMessage });
}

async function sourceBreakpointAt(
  location: vscode.Location,
  parts: CommandParts,
): Promise<vscode.SourceBreakpoint | undefined> {
  const found = await breakpointAt(location, parts);
  return found && isOnSource(found) ? found : undefined;
}

async function write(argument: unknown, first: TextField, parts: CommandParts): Promise<void> {
  const { inquiries, extras, tree } = parts;
  const node = isTreeNode(argument) ? argument : undefined;
  if (node && node.kind !== 'tracepoint') return;
  const [chosen] = node ? tree.nodes.breakpointsOf(node) : [];
  if (chosen && !isOnSource(chosen)) return void vscode.window.showInformationMessage(ON_FUNCTION);
  const location = node ? chosen?.location : locationOf(argument);
  if (!location) return;
  const before = chosen ?? (await sourceBreakpointAt(location, parts));
  const draft = before ? draftOf(before, extras) : fresh(location);
  const { path, line } = placeOf(location);
  const title = `${before ? 'Edit' : 'Add'} Tracepoint, ${basename(path)}:${line}`;
  const written = await askTracepoint({ path, line, title }, draft, first, inquiries);
  if (written) await parts.changes.set(before, location, written);
}

const ON_FUNCTION = "Tracepoints on functions are edited in VS Code's Breakpoints view.";

const fresh = (location: vscode.Location): Draft => ({
  ...EMPTY_DRAFT,
  logMessage: selectionMessage(location) ?? '',
});

/** What is selected on the line, as an expression. The whole line is none: the menu of its number selects it. */
function selectionMessage({ uri, range }: vscode.Location): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor || String(editor.document.uri) !== String(uri)) return undefined;
  const { selection, document } = editor;
  const line = document.lineAt(range.start.line).range;
  const isPart = line.contains(selection) && !line.isEqual(selection);
  const text = isPart ? document.getText(selection).trim() : '';
  return text === '' ? undefined : `{${text}}`;
}

async function reset(
  breakpoints: readonly vscode.Breakpoint[],
  { sessions, ids }: CommandParts,
): Promise<void> {
  for (const breakpoint of breakpoints) {
    const refs = new Map(ids.of(breakpoint).map(({ session, id }) => [session, id]));
    for (const session of sessions.running) {
      const breakpointId = refs.get(session.id);
      if (breakpointId !== undefined)
        await session.customRequest(RESET_REQUEST, { breakpointId } satisfies ResetArguments);
    }
  }
}
