/** Hits of a program that counts them itself, and what becomes of each: delivered, lost, or held back by a condition and a filter. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { SiteCounts } from '../../adapter/backend/backend';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { CaptureProgram } from '../../adapter/capture/plan';
import { RECORD_HEADER } from '../../adapter/capture/recordLayout';
import { fixture } from '../fixtures/build';
import { siteAt } from './registersProgram';

export interface Hammering {
  readonly site: 'emulated_site' | 'stepped_site';
  readonly hits: number;
  readonly threads: number;
  readonly processes: number;
  readonly ringBytes: number;
  /** A condition that fails for one hit of eight, one that has no value for another one, and every third of the others. */
  readonly filtered: boolean;
}

const ARGUMENT = { op: 'register', register: 'di' } as const;
const RECORDING: CaptureProgram = {
  mode: 'record',
  captures: [{ steps: [ARGUMENT], output: { kind: 'scalar', value: 0, size: 8 } }],
};
const FILTERED: CaptureProgram = {
  ...RECORDING,
  condition: {
    steps: [
      ARGUMENT,
      { op: 'constant', value: 7n },
      { op: 'and', left: 0, right: 1 },
      { op: 'constant', value: 1n },
      { op: 'ne', left: 2, right: 3 },
      { op: 'require', condition: 4, operand: 2 },
    ],
    output: { kind: 'scalar', value: 5, size: 1 },
  },
  filter: { sampling: 3 },
};

export interface Hammered {
  /** By the program itself. */
  readonly counted: number;
  readonly counts: SiteCounts;
  /** Records that came out of the ring. */
  readonly records: number;
}

/** Runs the program, draining as fast as we can; asserts that each processor's records are numbered without gap and without double. */
export async function hammer({
  site,
  hits,
  threads,
  processes,
  ringBytes,
  filtered,
}: Hammering): Promise<Hammered> {
  const path = fixture('hammer.c', { compiler: 'gcc', flags: ['-O2'] });
  const backend = openKernelBackend({ ringBytes });
  try {
    const programs = [filtered ? FILTERED : RECORDING];
    const installation = await backend.install({
      path,
      buildId: undefined,
      pid: 0,
      sites: [siteAt(path, site)],
      programs,
    });
    const numbers = new Map<number, Uint8Array>();
    let records = 0;
    const drain = (): void => {
      backend.drain((_, bytes, offset) => {
        const cpu = bytes.getUint32(offset + RECORD_HEADER.cpu.offset, true);
        const sequence = Number(bytes.getBigUint64(offset + RECORD_HEADER.sequence.offset, true));
        const seen = numbers.get(cpu) ?? new Uint8Array(hits);
        numbers.set(cpu, seen);
        assert.ok(sequence < hits && seen[sequence] === 0, `processor ${cpu}: record ${sequence} twice`);
        seen[sequence] = 1;
        records++;
      });
    };
    const target = spawn(path, [hits, threads, processes].map(String), {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    target.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const ended = once(target, 'close');
    while (target.exitCode === null) {
      drain();
      await new Promise(setImmediate);
    }
    await ended;
    await installation.detach();
    drain();
    for (const [cpu, seen] of numbers) {
      const gap = seen.indexOf(0);
      assert.ok(gap < 0 || !seen.includes(1, gap), `processor ${cpu}: no record ${gap}`);
    }
    return { counted: Number(/runs (\d+)/.exec(output)![1]), counts: installation.counts()[0]!, records };
  } finally {
    await backend.dispose();
  }
}
