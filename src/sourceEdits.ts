/** Follows how sources are edited while programs run. */
import * as vscode from 'vscode';
import { readFileSync } from 'node:fs';
import { wholeEdit, type TextEdit, type TextPosition } from './model/editedSource';
import { ProgramLines } from './model/programLines';
import { SESSION_TYPE } from './sessions';

interface Run {
  readonly lines: ProgramLines;
  isOver: boolean;
}

export class SourceEdits implements vscode.Disposable {
  /** By session. Those that are over stay until another one starts, as what they have left does. */
  readonly #runs = new Map<string, Run>();
  /** Of the files that were open at some time since the first run, as they were last seen. */
  readonly #texts = new Map<string, string>();
  readonly #edited = new vscode.EventEmitter<vscode.TextDocument>();
  readonly onDidEdit = this.#edited.event;
  readonly #listeners = [
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0 || !isFile(document) || this.#runs.size === 0) return;
      const edits = contentChanges.map(({ range: { start, end }, text }) => ({
        start: position(start),
        end: position(end),
        text,
      }));
      this.#see(document.uri.fsPath, document.getText(), edits);
      this.#edited.fire(document);
    }),
    // It may have been changed while it was closed.
    vscode.workspace.onDidOpenTextDocument((document) => {
      if (isFile(document) && this.#runs.size > 0) this.#see(document.uri.fsPath, document.getText());
    }),
    vscode.debug.onDidStartDebugSession(({ type }) => {
      if (type !== SESSION_TYPE) return;
      for (const [session, { isOver }] of this.#runs) if (isOver) this.#runs.delete(session);
    }),
    vscode.debug.onDidTerminateDebugSession(({ id }) => {
      const run = this.#runs.get(id);
      if (run) run.isOver = true;
    }),
  ];

  /** A session starts a program, perhaps again. It is taken to be built from the files as they are on disk. */
  begin(session: string): ProgramLines {
    const open = new Map(
      vscode.workspace.textDocuments.filter(isFile).map((document) => [document.uri.fsPath, document]),
    );
    for (const path of new Set([...this.#texts.keys(), ...open.keys()])) {
      const text = open.get(path)?.getText() ?? textOnDisk(path);
      if (text !== undefined) this.#see(path, text);
    }
    const lines = new ProgramLines();
    this.#runs.set(session, { lines, isOver: false });
    for (const [path, document] of open) {
      const saved = document.isDirty ? textOnDisk(path) : undefined;
      if (saved !== undefined) lines.edited(path, saved, [wholeEdit(saved, document.getText())]);
    }
    return lines;
  }

  of(session: string): ProgramLines {
    return this.#runs.get(session)?.lines ?? UNEDITED;
  }

  /** @param edits that have made it what it is, where they are known */
  #see(path: string, text: string, edits?: readonly TextEdit[]): void {
    const before = this.#texts.get(path);
    this.#texts.set(path, text);
    if (before === undefined || before === text) return;
    const made = edits ?? [wholeEdit(before, text)];
    for (const { lines } of this.#runs.values()) lines.edited(path, before, made);
  }

  dispose(): void {
    for (const one of [this.#edited, ...this.#listeners]) one.dispose();
  }
}

const UNEDITED = new ProgramLines();

const isFile = ({ uri }: vscode.TextDocument): boolean => uri.scheme === 'file';

const position = ({ line, character }: vscode.Position): TextPosition => ({ line: line + 1, character });

/** Undefined where there is none. */
function textOnDisk(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
