/**
 * `npm run bench -- attach`: how long it takes until probes at many addresses of a running program are in, and out again, beside the kernel's
 * own time for a link of the same addresses with an empty program. Writes attach.md; asserts nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../../adapter/bpf/assembler';
import { exit, moveImmediate } from '../../adapter/bpf/instruction';
import { linkProbes } from '../../adapter/bpf/link';
import { loadProgram } from '../../adapter/bpf/program';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { Plan } from '../../adapter/capture/plan';
import { DEFAULT_LIMITS } from '../../adapter/engine/definition';
import { planTracepoint } from '../../adapter/engine/planner';
import { openProgram } from '../../adapter/symbols/module';
import { SourceMap } from '../../adapter/symbols/sourceMap';
import { linux } from '../../adapter/sys/linux';
import { corpus } from '../corpus/corpus';
import { table } from '../setup/results';
import { median } from './contender';
import { BENCH } from './files';

const PROGRAM = 'sqlite3-gcc12-O2';
const SITES = [1, 1000, 10_000, 40_000];
const ROUNDS = 7;

interface Times {
  readonly in: number[];
  readonly out: number[];
}

export async function attach(): Promise<void> {
  const path = corpus(PROGRAM);
  const started = performance.now();
  const module = openProgram(path);
  const { parts } = planTracepoint(
    {
      where: { kind: 'lines', name: undefined },
      capture: { mode: 'count' },
      limits: { ...DEFAULT_LIMITS, sites: Infinity },
    },
    { modules: [module], program: module, sourceMap: new SourceMap(), pid: 0 },
  );
  const planned = performance.now() - started;
  const { plan } = parts[0]!;
  const target = spawn(path, [':memory:'], { stdio: ['pipe', 'ignore', 'ignore'] });
  const rows: string[][] = [];
  try {
    for (const wanted of SITES) {
      const sites = plan.sites.slice(0, wanted);
      const some: Plan = { ...plan, pid: target.pid!, sites };
      const [own, kernel] = [newTimes(), newTimes()];
      for (let round = 0; round < ROUNDS; round++) {
        await ours(some, own);
        await emptyLink(some, kernel);
      }
      const row = (['in', 'out'] as const).flatMap((way) => {
        const [a, b] = [median(own[way]), median(kernel[way])];
        return [a.toFixed(1), b.toFixed(1), (a / b).toFixed(2)];
      });
      rows.push([String(sites.length), ...row]);
    }
  } finally {
    target.stdin.end();
    await once(target, 'close');
    module.close();
  }
  const head = ['addresses', 'in, ms', 'kernel alone', 'ratio', 'out, ms', 'kernel alone', 'ratio'];
  const text = [
    '# Putting probes in: `npm run bench -- attach`',
    '',
    `A running ${PROGRAM}, counts of its lines; medians of ${ROUNDS} interleaved rounds, Linux ${release()}, ${cpus().length} CPUs. Wanted: at most twice the kernel's own time.`,
    '',
    ...table(head, rows),
    '',
    `Planning the ${plan.sites.length} addresses of all lines, from the file on: ${(planned / 1000).toFixed(2)} s.`,
    '',
  ];
  writeFileSync(join(BENCH, 'attach.md'), text.join('\n'));
}

const newTimes = (): Times => ({ in: [], out: [] });

async function ours(plan: Plan, times: Times): Promise<void> {
  const backend = openKernelBackend();
  const started = performance.now();
  const installation = await backend.install(plan);
  const armed = performance.now();
  await installation.detach();
  times.in.push(armed - started);
  times.out.push(performance.now() - armed);
  await backend.dispose();
}

async function emptyLink({ path, pid, sites }: Plan, times: Times): Promise<void> {
  const system = linux();
  const program = loadProgram(system, 'empty', assemble([moveImmediate(0, 0), exit()], {}));
  const probes = sites.map(({ offset }, cookie) => ({ offset, cookie }));
  const started = performance.now();
  const link = linkProbes(system, program, { path, pid, probes });
  const armed = performance.now();
  await link.closeLater();
  times.in.push(armed - started);
  times.out.push(performance.now() - armed);
  program.close();
}
