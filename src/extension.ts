/** Wires the editor to the debug adapter: DAP for tracepoints, `sourcetap/update` events for what is painted. */
import * as vscode from 'vscode';
import { UPDATE_EVENT, type UpdateBody } from '../adapter/protocol';
import { AdapterFactory } from './adapterFactory';
import { registerCommands } from './commands';
import { ConfigurationProvider } from './configuration';
import { ExtrasStore } from './extras';
import { LineHover } from './lineHover';
import { LineBoard } from './model/lineBoard';
import type { TextPosition } from './model/textEdit';
import { Painter } from './painter';
import { SESSION_TYPE, Sessions } from './sessions';

export function activate(context: vscode.ExtensionContext): void {
  const board = new LineBoard();
  const sessions = new Sessions();
  const painter = new Painter(board, sessions);
  const extras = new ExtrasStore(context.workspaceState, sessions);
  const ours = (session: vscode.DebugSession): boolean => session.type === SESSION_TYPE;
  context.subscriptions.push(
    painter,
    sessions,
    extras,
    ...registerCommands({ board, painter, sessions, extras }),
    vscode.languages.registerHoverProvider({ scheme: 'file' }, new LineHover(board)),
    vscode.debug.registerDebugConfigurationProvider(SESSION_TYPE, new ConfigurationProvider(extras)),
    vscode.debug.registerDebugAdapterDescriptorFactory(
      SESSION_TYPE,
      new AdapterFactory(context.extensionPath),
    ),
    vscode.debug.onDidStartDebugSession((session) => {
      if (!ours(session)) return;
      board.started();
      painter.request();
    }),
    vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
      if (!ours(session) || event !== UPDATE_EVENT) return;
      board.update(session.id, body as UpdateBody);
      painter.request();
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      if (!ours(session)) return;
      board.ended(session.id);
      painter.request();
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      for (const { range, text } of contentChanges) {
        board.edited(document.uri.fsPath, { start: position(range.start), end: position(range.end), text });
      }
      if (contentChanges.length > 0) painter.request();
    }),
  );
}

const position = ({ line, character }: vscode.Position): TextPosition => ({ line: line + 1, character });
