/** Running processes, from the texts of /proc/PID (proc(5)). */

export interface Process {
  pid: number;
  name: string;
  /** As typed, separated by spaces. */
  commandLine: string;
  /** Clock ticks from boot to its start. */
  startTime: number;
}

/** Field 22 of /proc/PID/stat, counted after the parenthesised name, which may itself hold spaces and parentheses. */
const START_TIME = 22 - 3;

/** Undefined for kernel threads, which have no command line. */
export function processOf(pid: number, stat: string, cmdline: string): Process | undefined {
  const commandLine = cmdline.split('\0').join(' ').trim();
  if (commandLine === '') return undefined;
  const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, name, commandLine, startTime: Number(fields[START_TIME] ?? 0) };
}

/** Newest first: what one wants to look at has usually just been started. */
export function newestFirst(processes: readonly Process[]): Process[] {
  return [...processes].sort((a, b) => b.startTime - a.startTime || b.pid - a.pid);
}
