/** A choice among the running processes, for `${command:pickProcess}`. */
import * as vscode from 'vscode';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookAtExecutable } from './model/executable';
import { inOrder, isCalled, processLabel, processOf, type Process } from './model/process';

interface ProcessItem extends vscode.QuickPickItem {
  readonly process: Process;
}

/** The process's number as launch.json wants it; undefined when none was chosen. */
export async function pickProcess(): Promise<string | undefined> {
  return choiceOf(await runningProcesses(), 'Process to trace');
}

/** What to attach to where launch.json has a name: the name, unless several processes have it and one is to be chosen. */
export async function pickNamed(name: string): Promise<string | undefined> {
  const named = (await runningProcesses()).filter((one) => isCalled(one, name));
  return named.length > 1 ? choiceOf(named, `Several processes are called ${name}: which one?`) : name;
}

/**
 * The file that a process runs, where it has that path here, and nobody else's eyes are needed to see it.
 * @param process its number or name, as in launch.json
 */
export async function programOf(process: string): Promise<string | undefined> {
  const running = await runningProcesses();
  const found =
    running.find(({ pid }) => String(pid) === process) ?? running.find((one) => isCalled(one, process));
  if (found?.executable === undefined) return undefined;
  const files = await Promise.all(
    [found.executable, `/proc/${found.pid}/exe`].map((path) => stat(path).catch(() => undefined)),
  );
  const [here, run] = files.map((file) => file && `${file.dev}:${file.ino}`);
  return here !== undefined && here === run ? found.executable : undefined;
}

async function choiceOf(processes: readonly Process[], placeholder: string): Promise<string | undefined> {
  const words = await debugInformationOf(processes);
  const pick = vscode.window.createQuickPick<ProcessItem>();
  Object.assign(pick, { placeholder, matchOnDescription: true, matchOnDetail: true });
  pick.items = processes.map((process) => ({
    ...processLabel(process),
    description: `${process.pid}${words.get(process.pid) ?? ''}`,
    process,
  }));
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const chosen = pick.selectedItems[0] ?? pick.activeItems[0];
      resolve(chosen && String(chosen.process.pid));
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(undefined);
    });
    pick.show();
  });
}

/** In words, by pid; nothing of programs that cannot be read, or that take longer than a list may take to come up. */
async function debugInformationOf(processes: readonly Process[]): Promise<Map<number, string>> {
  const words = new Map<number, string>();
  /** Many processes run the same file. */
  const looks = new Map<string, ReturnType<typeof lookAtExecutable>>();
  const looked = Promise.all(
    processes.map(async ({ pid, executable }) => {
      const key = executable ?? String(pid);
      const look = looks.get(key) ?? lookAtExecutable(`/proc/${pid}/exe`, executable, `/proc/${pid}/root`);
      looks.set(key, look);
      const found = await look;
      if (found)
        words.set(pid, found.hasDebugInformation ? ' · debug information' : ' · no debug information');
    }),
  );
  await Promise.race([looked, sleep(LOOK_MS)]);
  return new Map(words);
}

const LOOK_MS = 500;

/** Without this one, in the order of the list. */
async function runningProcesses(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const processes = await Promise.all(pids.map(processWithPid));
  const ordered = inOrder(
    processes.filter((found) => found !== undefined),
    process.getuid?.() ?? NaN,
    process.pid,
  );
  return ordered.filter(({ pid }) => pid !== process.pid);
}

async function processWithPid(pid: number): Promise<Process | undefined> {
  try {
    const text = (file: string): Promise<string> => readFile(`/proc/${pid}/${file}`, 'utf8');
    const [stat, status, cmdline, exe] = await Promise.all([
      text('stat'),
      text('status'),
      text('cmdline'),
      readlink(`/proc/${pid}/exe`).catch(() => undefined),
    ]);
    return processOf(pid, { stat, status, cmdline, exe });
  } catch {
    return undefined; // ended while we looked
  }
}
