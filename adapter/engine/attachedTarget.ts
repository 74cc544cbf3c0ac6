import { LoadedModules, ofProcess } from '../symbols/loadedModules';
import type { Module } from '../symbols/module';
import { processesNamed, processExists, processRuns, processUid, threadGroupOf } from '../sys/process';
import { TargetError, type Target, type TargetEnd } from './target';

/**
 * A running process.
 * @throws TargetError `noSuchProcess`, `otherUser`; SymbolError
 */
export function attachProcess(
  processOrThread: number,
  symbolSearchPath: readonly string[],
  program?: string,
): Target {
  const pid = threadGroupOf(processOrThread);
  if (pid === undefined || !processExists(pid))
    throw new TargetError({ code: 'noSuchProcess', pid: processOrThread });
  const [uid, own] = [processUid(pid), process.geteuid?.()];
  if (uid !== undefined && own !== 0 && uid !== own) throw new TargetError({ code: 'otherUser', pid, uid });
  if (program !== undefined && !processRuns(pid, program))
    throw new TargetError({ code: 'otherProgram', pid, program });
  return new AttachedProcess(pid, symbolSearchPath);
}

/**
 * The process of that name.
 * @throws TargetError `noProcessNamed`, `severalProcesses`
 */
export function processNamed(name: string): number {
  const pids = processesNamed(name).filter((pid) => pid !== process.pid);
  if (pids.length > 1) throw new TargetError({ code: 'severalProcesses', name, pids });
  if (pids.length === 0) throw new TargetError({ code: 'noProcessNamed', name });
  return pids[0]!;
}

class AttachedProcess implements Target {
  readonly ended: Promise<TargetEnd>;
  private readonly found: LoadedModules;
  private watch: NodeJS.Timeout | undefined;

  constructor(
    readonly pid: number,
    symbolSearchPath: readonly string[],
  ) {
    this.found = new LoadedModules(ofProcess(pid), symbolSearchPath);
    this.found.look();
    this.ended = new Promise((resolve) => {
      this.watch = setInterval(() => {
        if (!processExists(pid)) resolve({ exitCode: undefined, signal: undefined });
      }, WATCH_PAUSE_MS);
    });
  }

  get modules(): readonly Module[] {
    return this.found.modules;
  }

  look(): boolean {
    return this.found.look();
  }

  release(): void {
    // It has been running all the time.
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  dispose(): void {
    clearInterval(this.watch);
    this.found.close();
  }
}

/** How soon the end of a process is noticed. */
const WATCH_PAUSE_MS = 50;
