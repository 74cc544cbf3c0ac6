import * as vscode from 'vscode';

/** The visible editors of files. What is compared with a file, such as an earlier version of it, has its path, too, and other lines. */
export const fileEditors = (): vscode.TextEditor[] =>
  vscode.window.visibleTextEditors.filter(({ document }) => document.uri.scheme === 'file');
