/** Runs the command line as a user does, and target programs beside it. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const SOURCES = ['--import', 'tsx', resolve(__dirname, '../../adapter/cli.ts')];
const CLI = process.env['SOURCETAP_CLI'] ? [process.env['SOURCETAP_CLI']] : SOURCES;

/** `sourcetap ARGS`, not waited for. */
export function sourcetap(...args: string[]): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(process.execPath, [...CLI, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
}

export interface Hit {
  readonly type: 'hit';
  readonly tracepoint: number;
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly address: string;
  readonly pid: number;
  readonly tid: number;
  readonly time_ns: string;
  readonly values: Record<string, Value>;
  readonly message: string;
}
export interface Value {
  readonly value?: string;
  readonly unavailable?: string;
  readonly type: string;
  readonly children?: readonly (Value & { readonly name: string })[];
}
export interface Summary {
  readonly type: 'summary';
  readonly tracepoint: number;
  readonly hits: number;
  readonly delivered: number;
  readonly lost: number;
  readonly filtered: number;
  readonly throttled: number;
  readonly conditionErrors: number;
}
export interface Trace {
  readonly status: number | null;
  readonly armed: readonly { readonly type: 'armed'; readonly tracepoint: number; readonly sites: number }[];
  readonly hits: readonly Hit[];
  readonly summaries: readonly Summary[];
  /** Our own messages and, under --json, what the target prints. */
  readonly stderr: string;
}

/** A `sourcetap trace --json` that is under way. */
export class Tracing {
  private readonly lines: string[] = [];
  private stderr = '';
  readonly process;
  private readonly closed: Promise<unknown>;

  constructor(...args: string[]) {
    this.process = sourcetap('trace', '--json', ...args);
    this.process.stderr.on('data', (data: Buffer) => (this.stderr += data.toString()));
    createInterface({ input: this.process.stdout }).on('line', (line) => this.lines.push(line));
    this.closed = once(this.process, 'close');
  }

  /** Waits until the probes of `tracepoints` are in. */
  async armed(tracepoints = 1): Promise<void> {
    while (this.lines.filter((line) => line.startsWith('{"type":"armed"')).length < tracepoints) {
      if (this.process.exitCode !== null) throw new Error(`sourcetap ended early: ${this.stderr}`);
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  /** So far, on standard error. */
  get said(): string {
    return this.stderr;
  }

  async end(): Promise<Trace> {
    await this.closed;
    const objects = this.lines.map((line) => JSON.parse(line) as { type: string });
    const of = <T>(type: string): T[] => objects.filter((object) => object.type === type) as T[];
    return {
      status: this.process.exitCode,
      armed: of('armed'),
      hits: of<Hit>('hit'),
      summaries: of<Summary>('summary'),
      stderr: this.stderr,
    };
  }
}

/** A target program that was started by the test. */
export class Target {
  readonly process;
  output = '';
  private readonly closed: Promise<unknown>;

  constructor(program: string, ...args: string[]) {
    this.process = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    this.process.stdout.on('data', (data: Buffer) => (this.output += data.toString()));
    this.closed = once(this.process, 'close');
  }

  get pid(): number {
    return this.process.pid!;
  }

  async printed(text: RegExp): Promise<void> {
    while (!text.test(this.output)) {
      if (this.process.exitCode !== null) throw new Error(`the target ended: ${this.output}`);
      await new Promise((done) => setTimeout(done, 2));
    }
  }

  /** Lets a target that waits at its standard input go on. */
  go(): void {
    this.process.stdin.end('\n');
  }

  async end(): Promise<string> {
    await this.closed;
    return this.output;
  }
}

/** Does the work for each item, of as many at a time as there are processors: for traces that do not meet. */
export async function sideBySide<T>(items: Iterable<T>, work: (item: T) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const takeTurns = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, takeTurns));
}
