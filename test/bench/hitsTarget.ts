/** The target of the benches about hits (hits.c), and sessions that trace it in this process. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import { attachProcess } from '../../adapter/engine/attachedTarget';
import { DEFAULT_LIMITS, type Definition } from '../../adapter/engine/definition';
import { planSteps } from '../../adapter/engine/planner';
import { Session, type SessionObserver, type TracepointReport } from '../../adapter/engine/session';
import { SourceMap } from '../../adapter/symbols/sourceMap';
import { BENCH, OUT } from './files';

const SOURCE = join(BENCH, 'hits.c');
export const PROGRAM = join(OUT, 'hits');

/** @throws if the compiler fails */
export function build(program: string, ...flags: readonly string[]): void {
  mkdirSync(OUT, { recursive: true });
  execFileSync('gcc', ['-g', '-O2', ...flags, '-pthread', SOURCE, '-o', program]);
}

/** Number of the line that carries `probe: name`. */
export const lineOf = (name: string): number =>
  readFileSync(SOURCE, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(`probe: ${name}`)) + 1;

export interface TargetOptions {
  /** A command that runs it. */
  readonly wrapped?: readonly string[];
  /** Nanoseconds between the hits of a thread. */
  readonly pace?: number;
}

/** A program that waits for numbers of hits. */
export class Target {
  private readonly lines: AsyncIterator<string>;
  private constructor(private readonly child: ChildProcess) {
    this.lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  }

  static async start(
    program: string,
    threads: number,
    { wrapped = [], pace = 0 }: TargetOptions = {},
  ): Promise<Target> {
    const [command, ...args] = [...wrapped, program, String(threads), String(pace)] as const;
    const target = new Target(spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] }));
    await target.line();
    return target;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Nanoseconds a hit, of so many. */
  async run(hits: number): Promise<number> {
    this.child.stdin!.write(`${hits}\n`);
    return Number(await this.line());
  }

  async end(): Promise<void> {
    this.child.stdin!.end();
    await once(this.child, 'close');
  }

  private async line(): Promise<string> {
    const next = await this.lines.next();
    if (next.done === true) throw new Error('the target ended');
    return next.value;
  }
}

export interface Traced {
  /** Takes the probe out, and gives what it counted. */
  readonly stop: () => Promise<TracepointReport>;
}

/** Traces a line of the target; returns when the probe is in. */
export async function trace(
  { pid }: Target,
  line: number,
  definition: Omit<Definition, 'where' | 'limits'>,
  observer: Partial<SessionObserver> = {},
  ringBytes?: number,
): Promise<Traced> {
  const process = attachProcess(pid, []);
  const session = new Session({
    backend: openKernelBackend({ ringBytes }),
    modules: process.modules,
    plan: (wanted, modules) =>
      planSteps(wanted, { modules, program: process.modules[0], sourceMap: new SourceMap(), pid }),
    observer: { hit: () => undefined, ready: () => true, settled: () => undefined, ...observer },
  });
  session.set(1, { where: { kind: 'line', file: 'hits.c', line }, limits: DEFAULT_LIMITS, ...definition });
  await session.settled(1);
  const armed = session.report(1)!;
  if (armed.state !== 'armed') throw armed.error;
  return {
    stop: async () => {
      await session.end();
      process.dispose();
      return session.report(1)!;
    },
  };
}
