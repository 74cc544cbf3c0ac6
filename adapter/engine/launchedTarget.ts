import { callerEnvironment } from '../sys/environment';
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { resolve as resolvePath } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { openProgram, type Module } from '../symbols/module';
import { callerIdentity } from './callerIdentity';
import { LaunchedModules } from './launchedModules';
import { neededLibraries } from './neededLibraries';
import { pipeStub, unshellableVariables } from './stub';
import { TargetError, type Target, type TargetEnd } from './target';

export interface LaunchOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** On top of ours; null takes a variable away. */
  readonly env: Readonly<Record<string, string | null>>;
  /** As in child_process: of descriptors 0, 1 and 2. */
  readonly stdio: readonly ['inherit' | 'ignore', 'inherit' | 'pipe' | 2, 'inherit' | 'pipe'];
  readonly symbolSearchPath: readonly string[];
}

export interface LaunchedTarget extends Target {
  /** Where `pipe` was asked for. */
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

/**
 * Starts the stub of a program; `release` lets the program run.
 * @throws TargetError, SymbolError
 */
export async function launchProgram(options: LaunchOptions): Promise<LaunchedTarget> {
  const module = openLaunched(options);
  const identity = callerIdentity(callerEnvironment);
  const env = environment({ ...identity.env, ...options.env });
  const libraries = await neededLibraries(module, { ...options, env, prefix: identity.prefix });
  const prefix = [...identity.prefix, ...unshellableVariables(env)];
  const program = resolvePath(options.cwd, options.program);
  const { command, args } = pipeStub(program, options.args, prefix);
  const child = spawn(command, args, {
    cwd: options.cwd,
    env,
    stdio: [...options.stdio, 'pipe'] as StdioOptions,
  });
  try {
    await started(child, options.program);
  } catch (error) {
    for (const one of [module, ...libraries]) one.close();
    throw error;
  }
  return new LaunchedProcess(
    child,
    new LaunchedModules(child.pid!, module, libraries, options.symbolSearchPath),
  );
}

/** The program's module, and certainty that it can be started. */
export function openLaunched({ program, cwd, symbolSearchPath }: LaunchOptions): Module {
  if (!isDirectory(cwd)) throw new TargetError({ code: 'noSuchDirectory', path: cwd });
  const path = resolvePath(cwd, program);
  const module = openProgram(path, symbolSearchPath);
  try {
    accessSync(path, constants.X_OK);
  } catch {
    module.close();
    throw new TargetError({ code: 'notExecutable', program });
  }
  return module;
}

export function environment(changes: Readonly<Record<string, string | null>>): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...callerEnvironment };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) Reflect.deleteProperty(env, name);
    else env[name] = value;
  }
  return env;
}

const started = (child: ChildProcess, program: string): Promise<void> =>
  new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(new TargetError({ code: 'notStarted', program, detail: error.message }));
    });
  });

class LaunchedProcess implements LaunchedTarget {
  readonly ended: Promise<TargetEnd>;
  private released = false;

  constructor(
    private readonly child: ChildProcess,
    private readonly loaded: LaunchedModules,
  ) {
    this.gate.on('error', () => undefined); // the stub was killed before it read
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        resolve({ exitCode: code ?? undefined, signal: signal ?? undefined });
      });
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  get stdout(): Readable | null {
    return this.child.stdout;
  }

  get stderr(): Readable | null {
    return this.child.stderr;
  }

  get modules(): readonly Module[] {
    return this.loaded.modules;
  }

  look(): boolean {
    return !this.hasEnded() && this.loaded.look();
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    this.loaded.release();
    this.gate.end('\n');
  }

  async end(): Promise<void> {
    if (this.hasEnded()) return;
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), GRACE_MS);
    await this.ended;
    clearTimeout(killer);
  }

  dispose(): void {
    this.gate.destroy();
    this.loaded.close();
  }

  private get gate(): Writable {
    return this.child.stdio[3] as Writable;
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** What a program gets for its own ending. */
const GRACE_MS = 2000;
