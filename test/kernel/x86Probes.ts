/** Counting probes on addresses of a program that waits at its input, put in by the kernel backend. */
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { VirtualAddress } from '../../adapter/elf/address';
import type { ProgramCode } from '../fixtures/x86/programCode';
import { Target } from './sourcetap';

export interface ProbedRun {
  readonly output: string;
  /** Of each address, in order. */
  readonly hits: readonly number[];
}

/** Runs the program with all probes in, in one link. @throws BackendError if the kernel refuses any of them. */
export async function runProbed(
  program: ProgramCode,
  args: readonly string[],
  addresses: readonly VirtualAddress[],
): Promise<ProbedRun> {
  const target = new Target(program.path, ...args);
  const backend = openKernelBackend();
  try {
    await target.printed(/ready/);
    const installation = await backend.install({
      path: program.path,
      buildId: undefined,
      pid: target.pid,
      sites: addresses.map((address) => ({ address, offset: program.offsetOf(address), program: 0 })),
      programs: [{ captures: [], mode: 'count' }],
    });
    target.go();
    const output = await target.end();
    await installation.detach();
    const hits = installation.counts().map((counts) => counts.hits);
    installation.dispose();
    return { output, hits };
  } finally {
    target.process.kill('SIGKILL');
    await backend.dispose();
  }
}
