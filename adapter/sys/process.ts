/** Processes as /proc shows them (proc(5)). */
import { readdirSync, readFileSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import { asSystemCall, SystemError } from './systemError';

/** A line of /proc/PID/maps. */
export interface MapEntry {
  /** Half open; the signed reading of 64 bits, as elf/address.ts keeps addresses. */
  readonly start: number;
  readonly end: number;
  /** In the mapped file, in bytes. */
  readonly offset: number;
  /** `major:minor` in hex. */
  readonly device: string;
  /** 0 for memory without a file. */
  readonly inode: number;
  readonly executable: boolean;
  /** As the process's own mount namespace sees it, with ` (deleted)` when it is; `[stack]` and the like; may be empty. */
  readonly path: string;
}

/** @throws SystemError `ENOENT` or `ESRCH` when there is no such process, `EACCES` when we may not look. */
export function readMaps(pid: number): MapEntry[] {
  const text = asSystemCall(() => readFileSync(`/proc/${pid}/maps`, 'utf8'));
  return text.split('\n', MAX_MAP_ENTRIES).flatMap((line) => mapEntry(line) ?? []);
}

function mapEntry(line: string): MapEntry | undefined {
  const match = /^([0-9a-f]+)-([0-9a-f]+) (..)(.). ([0-9a-f]+) (\w+:\w+) (\d+) *(.*)$/.exec(line);
  if (!match) return undefined;
  const [, start, end, , execute, offset, device, inode, path] = match as unknown as string[];
  return {
    start: signed(start!),
    end: signed(end!),
    offset: parseInt(offset!, 16),
    device: device!,
    inode: Number(inode),
    executable: execute === 'x',
    path: path!.replaceAll('\\012', '\n'),
  };
}

const signed = (hex: string): number => Number(BigInt.asIntN(64, BigInt(`0x${hex}`)));

/** Is there a process that still runs? One that ended and was not waited for does not. */
export function processExists(pid: number): boolean {
  const state = status(pid)?.get('State');
  return state !== undefined && !/^[ZX]/.test(state);
}

/** Real uid of the process; undefined when there is none. */
export function processUid(pid: number): number | undefined {
  const uids = status(pid)?.get('Uid');
  return uids === undefined ? undefined : parseInt(uids, 10);
}

/** Pid of the process that a thread belongs to; undefined when there is no such thread. */
export function threadGroupOf(tid: number): number | undefined {
  const group = status(tid)?.get('Tgid');
  return group === undefined ? undefined : Number(group);
}

/** Does a process run this very file (same device and inode)? */
export function processRuns(pid: number, path: string): boolean {
  const file = quietly(() => statSync(path));
  return file !== undefined && runs(pid, file);
}

function runs(pid: number, file: Stats): boolean {
  const running = quietly(() => statSync(`/proc/${pid}/exe`));
  return running?.dev === file.dev && running.ino === file.ino;
}

/** Path of the program a process runs, as its own mount namespace sees it; undefined when it is gone or not ours to see. */
export function executableOf(pid: number): string | undefined {
  return quietly(() => readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''));
}

/** Pids of the processes whose command name (cut to 15 bytes by the kernel) or executable's basename is `name`. */
export function processesNamed(name: string): number[] {
  const command = Buffer.from(name).subarray(0, COMMAND_NAME_BYTES).toString();
  return processes().filter((pid) => {
    const executable = executableOf(pid);
    return executable === undefined
      ? commandName(pid) === command
      : basename(executable) === name || commandName(pid) === name;
  });
}

/**
 * Pids of the processes that run this very file (same device and inode).
 * @throws SystemError when there is no such file.
 */
export function processesRunning(path: string): number[] {
  const file = asSystemCall(() => statSync(path));
  return processes().filter((pid) => runs(pid, file));
}

/** Effective capabilities of this process, a bit each (capabilities(7), linux/capability.h). */
export function effectiveCapabilities(): bigint {
  const effective = status(process.pid)?.get('CapEff');
  if (effective === undefined) throw new SystemError('open', 'ENOENT', '/proc/self/status');
  return BigInt(`0x${effective}`);
}

const commandName = (pid: number): string | undefined => status(pid)?.get('Name');

function processes(): number[] {
  const names = asSystemCall(() => readdirSync('/proc'));
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}

/** The fields of /proc/PID/status; undefined when there is no such process or thread. */
function status(pid: number): Map<string, string> | undefined {
  const text = quietly(() => readFileSync(`/proc/${pid}/status`, 'utf8'));
  return text === undefined
    ? undefined
    : new Map(
        text
          .split('\n')
          .flatMap((line) => (line.includes(':\t') ? [line.split(':\t', 2) as [string, string]] : [])),
      );
}

/** Processes come and go: what can no longer be read is undefined. */
function quietly<T>(operation: () => T): T | undefined {
  try {
    return operation();
  } catch {
    return undefined;
  }
}

/** Lines of a maps file; the kernel's default for one process is 65 530. */
const MAX_MAP_ENTRIES = 1 << 20;
/** TASK_COMM_LEN - 1. */
const COMMAND_NAME_BYTES = 15;
