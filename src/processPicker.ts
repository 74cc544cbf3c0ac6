/** A choice among the running processes, for `${command:pickProcess}`. */
import * as vscode from 'vscode';
import { readdir, readFile } from 'node:fs/promises';
import { newestFirst, processOf, type Process } from './model/process';

/** The process's number as launch.json wants it; undefined when none was chosen. */
export async function pickProcess(): Promise<string | undefined> {
  const processes = newestFirst(await runningProcesses());
  const choice = await vscode.window.showQuickPick(
    processes.map(({ pid, name, commandLine }) => ({
      label: name,
      description: String(pid),
      detail: commandLine,
    })),
    { placeHolder: 'Process to trace', matchOnDescription: true, matchOnDetail: true },
  );
  return choice?.description;
}

async function runningProcesses(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const processes = await Promise.all(pids.filter((pid) => pid !== process.pid).map(processWithPid));
  return processes.filter((found) => found !== undefined);
}

async function processWithPid(pid: number): Promise<Process | undefined> {
  try {
    const [stat, cmdline] = await Promise.all(
      ['stat', 'cmdline'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8')),
    );
    return processOf(pid, stat!, cmdline!);
  } catch {
    return undefined; // ended while we looked
  }
}
