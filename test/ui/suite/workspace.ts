/** The folder that is open: inventory.c, the program built from it, and a source file of no program. */
import * as vscode from 'vscode';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { until } from './until';

export const FOLDER = vscode.workspace.workspaceFolders![0]!;
export const PROGRAM = join(FOLDER.uri.fsPath, 'inventory');
export const SOURCE = vscode.Uri.joinPath(FOLDER.uri, 'inventory.c');
export const FOREIGN = vscode.Uri.joinPath(FOLDER.uri, 'foreign.c');

/** Number, from 1, of the first line of inventory.c with a text. */
export function lineOf(text: string): number {
  const lines = readFileSync(SOURCE.fsPath, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`inventory.c has no line with ${text}`);
  return index + 1;
}

/** The processes that run the program. */
export const running = (): number[] => processes().filter((pid) => executable(pid) === PROGRAM);

/** Begins the one run anew, and waits for the new one. */
export async function restart(): Promise<void> {
  const [before] = running();
  await vscode.commands.executeCommand('workbench.action.debug.restart');
  await until(
    'another run of the program',
    () => running(),
    ([pid, ...others]) => pid !== undefined && pid !== before && others.length === 0,
  );
}

/** The processes of debug adapters that this extension host has started. */
export const adapters = (): number[] =>
  processes().filter((pid) => {
    const file = (name: string): string => readFileSync(`/proc/${pid}/${name}`, 'latin1');
    try {
      return (
        file('status').includes(`\nPPid:\t${process.pid}\n`) && file('cmdline').includes('dist/adapter.js')
      );
    } catch {
      return false; // ended
    }
  });

const processes = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

function executable(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined; // ended, or a zombie
  }
}
