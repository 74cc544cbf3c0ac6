/** Running processes, from the texts of /proc/PID (proc(5)). */
import { basename } from 'node:path';
import { labelText } from './markup';

export interface Process {
  pid: number;
  /** Of its program, in full where that may be read. */
  name: string;
  /** What the kernel calls it: the first 15 bytes of the program's name, or what it calls itself. */
  command: string;
  /** As typed, separated by spaces. */
  commandLine: string;
  /** Clock ticks from boot to its start. */
  startTime: number;
  /** Pid of the process that started it, or has taken it over. */
  parent: number;
  /** Real user id. */
  uid: number;
  /** Path of its program, as its own mount namespace has it; undefined where that may not be read. */
  executable: string | undefined;
}

/** The files of /proc/PID, and where `exe` leads. */
export interface ProcessTexts {
  stat: string;
  status: string;
  cmdline: string;
  exe: string | undefined;
}

/** Fields of /proc/PID/stat, counted after the parenthesised name, which may itself hold spaces and parentheses. */
const PARENT = 4 - 3;
const START_TIME = 22 - 3;

/** Undefined for kernel threads, which have no command line and cannot be probed. */
export function processOf(pid: number, { stat, status, cmdline, exe }: ProcessTexts): Process | undefined {
  const commandLine = cmdline.split('\0').join(' ').trim();
  if (commandLine === '') return undefined;
  const command = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const executable = exe?.replace(/ \(deleted\)$/, '');
  const program = basename(executable ?? '');
  return {
    pid,
    name: program.startsWith(command) ? program : command,
    command,
    commandLine,
    startTime: Number(fields[START_TIME] ?? 0),
    parent: Number(fields[PARENT] ?? 0),
    uid: Number(/^Uid:\s*(\d+)/m.exec(status)?.[1] ?? NaN),
    executable,
  };
}

/** Its name and command line in a list: processes choose both. */
export const processLabel = ({ name, commandLine }: Process): { label: string; detail: string } => ({
  label: labelText(name),
  detail: labelText(commandLine),
});

/** As the adapter understands a name in place of a pid. */
export function isCalled({ command, executable }: Process, name: string): boolean {
  if (executable !== undefined && basename(executable) === name) return true;
  const cut = Buffer.from(name).subarray(0, COMMAND_NAME_BYTES).toString();
  return command === (executable === undefined ? cut : name);
}

/** TASK_COMM_LEN - 1. */
const COMMAND_NAME_BYTES = 15;

/**
 * One's own first, then those of others, then the editor's; among them the newest first: what one wants to look at has
 * usually just been started.
 * @param self the pid of the extension host
 */
export function inOrder(processes: readonly Process[], uid: number, self: number): Process[] {
  const editor = editorProcesses(processes, self);
  const rank = (one: Process): number => (editor.has(one.pid) ? 2 : one.uid === uid ? 0 : 1);
  return [...processes].sort((a, b) => rank(a) - rank(b) || b.startTime - a.startTime || b.pid - a.pid);
}

/**
 * What runs the same program as we do, and was started by nothing else: a program of that kind in a terminal of the editor
 * is started by a shell.
 */
function editorProcesses(processes: readonly Process[], self: number): Set<number> {
  const byPid = new Map(processes.map((one) => [one.pid, one]));
  const program = byPid.get(self)?.executable;
  /** The first of those that started each other and run our program. */
  const first = (one: Process): number | undefined => {
    const line = new Set<number>();
    let at: Process | undefined = one;
    for (; at?.executable === program && !line.has(at!.pid); at = byPid.get(at!.parent)) line.add(at!.pid);
    return [...line].at(-1);
  };
  const ours = byPid.get(self);
  if (!ours || program === undefined) return new Set();
  const root = first(ours);
  return new Set(processes.filter((one) => first(one) === root).map(({ pid }) => pid));
}
