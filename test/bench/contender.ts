/** Runs commands side by side and measures their time and memory. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

export interface Measured {
  /** Median and least wall time. */
  readonly milliseconds: number;
  readonly fastest: number;
  /** Peak resident memory of the largest run. */
  readonly megabytes: number;
  /** Last line of standard output. */
  readonly answer: string;
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** Interleaved rounds after one to warm the page cache; a contender that takes long gets one. */
export async function compare(contenders: readonly Contender[]): Promise<Map<string, Measured>> {
  const runs = new Map<string, Run[]>();
  for (const contender of contenders) {
    const first = await run(contender);
    runs.set(contender.name, first.milliseconds > LONG_MS ? [first] : []);
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const contender of contenders) {
      const own = runs.get(contender.name)!;
      if (own[0] === undefined || own[0].milliseconds <= LONG_MS) own.push(await run(contender));
    }
  return new Map(Array.from(runs, ([name, own]) => [name, summary(own)]));
}

function summary(runs: readonly Run[]): Measured {
  const times = runs.map(({ milliseconds }) => milliseconds);
  return {
    milliseconds: median(times),
    fastest: Math.min(...times),
    megabytes: Math.max(...runs.map(({ megabytes }) => megabytes)),
    answer: runs[0]!.answer,
  };
}

interface Run {
  readonly milliseconds: number;
  readonly megabytes: number;
  readonly answer: string;
}

function run({ name, command, args }: Contender): Promise<Run> {
  return new Promise((done, fail) => {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let tail = '';
    let peak = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      tail = (tail + text).slice(-TAIL_CHARACTERS);
    });
    const poll = setInterval(() => {
      peak = Math.max(peak, peakMemory(child.pid!));
    }, POLL_MS);
    child.once('error', fail);
    child.once('close', (code) => {
      clearInterval(poll);
      const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
      const answer = tail.trimEnd().split('\n').at(-1) ?? '';
      if (code === 0) done({ milliseconds, megabytes: peak / 1024, answer });
      else fail(new Error(`${name}: exit status ${String(code)}: ${answer}`));
    });
  });
}

/** VmHWM of proc_pid_status(5), in KiB; 0 once it is gone. */
function peakMemory(pid: number): number {
  try {
    return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const ROUNDS = 5;
const LONG_MS = 5_000;
const POLL_MS = 3;
const TAIL_CHARACTERS = 4096;
