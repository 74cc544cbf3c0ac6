/** Add, edit and remove tracepoints. They are VS Code's own breakpoints: one with a log message, or a plain one for a snapshot. */
import * as vscode from 'vscode';
import { basename } from 'node:path';
import { RESET_REQUEST, type ResetArguments } from '../adapter/protocol';
import { breakpointAt, isOnSource, onSource } from './breakpoints';
import type { ExtrasStore } from './extras';
import { EMPTY_DRAFT, type Draft, type TextField } from './model/draft';
import type { LineBoard } from './model/lineBoard';
import type { Painter } from './painter';
import { pickProcess } from './processPicker';
import type { Sessions } from './sessions';
import { askTracepoint } from './tracepointForm';
import { draftOf, setTracepoint } from './tracepoints';

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
}

export function registerCommands(parts: CommandParts): vscode.Disposable[] {
  const { board, painter } = parts;
  const command = (name: string, run: (argument?: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`sourcetap.${name}`, run);
  void showMenus();
  return [
    command('addTracepoint', (argument) => add(argument, parts)),
    command('addTracepointWithMessage', (argument) => write(argument, 'logMessage', parts)),
    command('addConditionalTracepoint', (argument) => write(argument, 'condition', parts)),
    command('editTracepoint', (argument) => write(argument, 'logMessage', parts)),
    command('removeTracepoint', (argument) => removeTracepoint(argument)),
    command('toggleTracepoint', (argument) => toggle(argument, parts)),
    command('resetTracepoint', (argument) => reset(argument, parts)),
    command('resetAllTracepoints', () => parts.sessions.tellAll(RESET_REQUEST, {})),
    command('clearResults', () => {
      board.clear();
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
  const location = locationOf(argument);
  if (!location) return;
  const before = await breakpointAt(location);
  const draft = before ? draftOf(before, extras) : fresh(location);
  const line = location.range.start.line + 1;
  const path = location.uri.fsPath;
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

async function removeTracepoint(argument: unknown): Promise<void> {
  const breakpoint = await tracepointOf(argument);
  if (breakpoint) vscode.debug.removeBreakpoints([breakpoint]);
}

/** A disabled one keeps what it is, and has no probes. */
async function toggle(argument: unknown, { extras }: CommandParts): Promise<void> {
  const breakpoint = await tracepointOf(argument);
  if (!breakpoint) return;
  const { location, enabled } = breakpoint;
  await setTracepoint(breakpoint, location, draftOf(breakpoint, extras), extras, !enabled);
}

async function reset(argument: unknown, { sessions }: CommandParts): Promise<void> {
  const breakpoint = await tracepointOf(argument);
  if (!breakpoint) return;
  for (const session of sessions.running) {
    const found = (await session.getDebugProtocolBreakpoint(breakpoint)) as { id?: number } | undefined;
    if (found?.id !== undefined)
      await session.customRequest(RESET_REQUEST, { breakpointId: found.id } satisfies ResetArguments);
  }
}

/** The breakpoint itself, or that on a line. Where there is none, says so. */
async function tracepointOf(argument: unknown): Promise<vscode.SourceBreakpoint | undefined> {
  if (argument instanceof vscode.SourceBreakpoint) return argument;
  const location = locationOf(argument);
  const breakpoint = location && (await breakpointAt(location));
  if (location && !breakpoint)
    void vscode.window.showInformationMessage(
      `There is no tracepoint on line ${location.range.start.line + 1}.`,
    );
  return breakpoint;
}

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
