/** Add, edit and remove tracepoints. They are VS Code's own breakpoints: one with a log message, or a plain one for a snapshot. */
import * as vscode from 'vscode';
import { breakpointAt, isOnSource, onSource, setBreakpoint } from './breakpoints';
import type { LineBoard } from './model/lineBoard';
import type { Painter } from './painter';
import { pickProcess } from './processPicker';

/** What the menu of line numbers passes. */
interface LineNumberContext {
  lineNumber: number;
  uri: vscode.Uri;
}

export function registerCommands(board: LineBoard, painter: Painter): vscode.Disposable[] {
  const command = (name: string, run: (argument?: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`sourcetap.${name}`, run);
  void showMenus();
  return [
    command('addTracepoint', (argument) => edit(argument, 'Add Tracepoint')),
    command('editTracepoint', (argument) => edit(argument, 'Edit Tracepoint')),
    command('removeTracepoint', (argument) => remove(argument)),
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

async function edit(argument: unknown, title: string): Promise<void> {
  const location = locationOf(argument);
  if (!location) return;
  const before = await breakpointAt(location);
  const message = await vscode.window.showInputBox({
    title: `${title}, Line ${location.range.start.line + 1}`,
    prompt: 'Message with {expressions}, such as n={n} name={p->name}. Empty: all arguments and locals.',
    value: before?.logMessage ?? '',
  });
  if (message !== undefined) setBreakpoint(before, location, message);
}

async function remove(argument: unknown): Promise<void> {
  const location = locationOf(argument);
  if (!location) return;
  const breakpoint = await breakpointAt(location);
  if (breakpoint) vscode.debug.removeBreakpoints([breakpoint]);
  else
    void vscode.window.showInformationMessage(
      `There is no tracepoint on line ${location.range.start.line + 1}.`,
    );
}

/** The line of the menu's line number, otherwise of the cursor. */
function locationOf(argument: unknown): vscode.Location | undefined {
  if (isLineNumberContext(argument)) {
    return new vscode.Location(argument.uri, new vscode.Position(argument.lineNumber - 1, 0));
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
