/** A program that somebody else starts, in a terminal: through a stub that waits for us. */
import { execFileSync } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Module } from '../symbols/module';
import { processExists, processUid } from '../sys/process';
import { callerEnvironment } from '../sys/environment';
import { callerIdentity } from './callerIdentity';
import { LaunchedModules } from './launchedModules';
import { environment, openLaunched, type LaunchOptions } from './launchedTarget';
import { neededLibraries } from './neededLibraries';
import { fifoStub } from './stub';
import { TargetError, type Target, type TargetEnd } from './target';

export interface TerminalCommand {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | null>>;
}

/**
 * @param start has the command run in a terminal.
 * @throws TargetError, SymbolError, what `start` throws
 */
export async function launchInTerminal(
  options: LaunchOptions,
  start: (command: TerminalCommand) => Promise<void>,
): Promise<Target> {
  const module = openLaunched(options);
  const meeting = new MeetingPlace();
  try {
    const program = resolvePath(options.cwd, options.program);
    const { command, args } = fifoStub(program, options.args, meeting);
    await start({ args: [command, ...args], cwd: options.cwd, env: options.env });
    const pid = await meeting.stubPid(options.program);
    const { prefix } = callerIdentity(callerEnvironment);
    const libraries = await neededLibraries(module, { ...options, env: environment(options.env), prefix });
    const loaded = new LaunchedModules(pid, module, libraries, options.symbolSearchPath);
    return new TerminalProcess(pid, loaded, meeting);
  } catch (error) {
    meeting.close();
    module.close();
    throw error;
  }
}

/** A directory of the user's with the file in which the stub tells its pid, and the FIFO on which it waits. */
class MeetingPlace {
  readonly pid: string;
  readonly go: string;
  private readonly directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
  private readonly gate: number;
  private open = true;

  constructor() {
    this.pid = join(this.directory, 'pid');
    this.go = join(this.directory, 'go');
    execFileSync('mkfifo', ['-m', '600', this.go]);
    // Open at both ends from now on: the stub reads an end of file when we are gone.
    this.gate = openSync(this.go, 'r+');
    for (const path of [this.directory, this.go]) chownSync(path, this.owner, -1);
  }

  async stubPid(program: string): Promise<number> {
    for (let waited = 0; waited < START_MS; waited += POLL_MS) {
      const pid = this.readPid();
      // The file is the user's: a pid of somebody else in it is not to be believed.
      if (pid !== undefined && processUid(pid) === this.owner) return pid;
      await sleep(POLL_MS);
    }
    throw new TargetError({ code: 'notStarted', program, detail: 'the terminal did not start it' });
  }

  release(): void {
    if (this.open) writeSync(this.gate, 'go\n');
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.gate);
    rmSync(this.directory, { recursive: true, force: true });
  }

  private readPid(): number | undefined {
    try {
      const text = readFileSync(this.pid, 'utf8');
      return /^\d+\n$/.test(text) ? Number(text) : undefined;
    } catch {
      return undefined; // not there yet
    }
  }

  /** The terminal is the caller's, who may not be root. */
  private get owner(): number {
    return Number(process.env['SUDO_UID'] ?? process.env['PKEXEC_UID'] ?? process.getuid?.());
  }
}

class TerminalProcess implements Target {
  readonly ended: Promise<TargetEnd>;
  private watch: NodeJS.Timeout | undefined;
  private released = false;

  constructor(
    readonly pid: number,
    private readonly loaded: LaunchedModules,
    private readonly meeting: MeetingPlace,
  ) {
    this.ended = new Promise((resolve) => {
      this.watch = setInterval(() => {
        if (!processExists(pid)) resolve({ exitCode: undefined, signal: undefined });
      }, WATCH_MS);
    });
  }

  get modules(): readonly Module[] {
    return this.loaded.modules;
  }

  look(): boolean {
    return this.loaded.look();
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    this.loaded.release();
    this.meeting.release();
  }

  async end(): Promise<void> {
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (!this.signal(signal)) return;
      await Promise.race([this.ended, sleep(GRACE_MS, undefined, { ref: false })]);
    }
  }

  dispose(): void {
    clearInterval(this.watch);
    this.meeting.close();
    this.loaded.close();
  }

  private signal(signal: NodeJS.Signals): boolean {
    if (!processExists(this.pid)) return false;
    try {
      return process.kill(this.pid, signal);
    } catch {
      return false;
    }
  }
}

/** What a terminal, a shell's start-up files included, may take. */
const START_MS = 30_000;
const POLL_MS = 20;
const WATCH_MS = 50;
/** What a program gets for its own ending. */
const GRACE_MS = 2000;
