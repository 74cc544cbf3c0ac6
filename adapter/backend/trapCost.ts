/** What the kernel takes for a hit before and after the program: a process of our own is probed with an empty one, and timed. */
import { assemble } from '../bpf/assembler';
import { exit, moveImmediate } from '../bpf/instruction';
import { linkProbes } from '../bpf/link';
import { loadProgram } from '../bpf/program';
import type { Descriptor } from '../sys/owned';
import type { ImageProcess, System } from '../sys/system';
import type { TrapCost } from './backend';
import { ANSWER_SIZE, QUESTION_SIZE, trapImage, TRAP_SITES } from './trapProgram';

const known = new WeakMap<System, TrapCost>();

/**
 * Takes the process some 30 ms, and leaves nothing behind. Remembered per system.
 * @param signal gives up
 * @throws SystemError, VerifierError
 */
export async function trapCost(system: System, signal: AbortSignal): Promise<TrapCost> {
  const cost = known.get(system) ?? (await measure(system, signal));
  known.set(system, cost);
  return cost;
}

async function measure(system: System, signal: AbortSignal): Promise<TrapCost> {
  const child = await system.execute(trapImage(), 'sourcetap-trap');
  // What it is asked then fails.
  const end = (): void => void child.end();
  const limit = setTimeout(end, LIMIT_MS);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  let program: Descriptor | undefined;
  try {
    program = loadProgram(system, 'sourcetap_trap', assemble([moveImmediate(0, 0), exit()], {}));
    const emulated = await costAt(system, child, program, TRAP_SITES.emulated);
    return { emulated, stepped: await costAt(system, child, program, TRAP_SITES.stepped) };
  } finally {
    program?.close();
    clearTimeout(limit);
    signal.removeEventListener('abort', end);
    await child.end();
  }
}

/** Nanoseconds a hit: the median of some rounds, as interrupts fall into one or another. */
async function costAt(
  system: System,
  child: ImageProcess,
  program: Descriptor,
  offset: number,
): Promise<number> {
  const { path, pid } = child;
  const link = linkProbes(system, program, { path, pid, probes: [{ offset, cookie: 0 }] });
  try {
    const first = await timed(child, FIRST_HITS);
    const hits = Math.min(MAX_HITS, Math.max(FIRST_HITS, Math.round(ROUND_NS / first)));
    const rounds: number[] = [];
    for (let i = 0; i < ROUNDS; i++) rounds.push(await timed(child, hits));
    return rounds.sort((a, b) => a - b)[(ROUNDS - 1) / 2]!;
  } finally {
    await link.closeLater();
  }
}

/** The loop around the instruction takes a nanosecond or two, which are left in. */
async function timed(child: ImageProcess, hits: number): Promise<number> {
  const question = Buffer.alloc(QUESTION_SIZE);
  question.writeBigUInt64LE(BigInt(hits));
  const answer = Buffer.from(await child.ask(question, ANSWER_SIZE));
  const nanoseconds = (at: number): bigint =>
    answer.readBigInt64LE(at) * 1_000_000_000n + answer.readBigInt64LE(at + 8);
  return Number(nanoseconds(ANSWER_SIZE / 2) - nanoseconds(0)) / hits;
}

/** Warm up, and tell how many make a round. */
const FIRST_HITS = 16;
const ROUNDS = 7;
const ROUND_NS = 1_500_000;
const MAX_HITS = 10_000;
/** On a machine that has no time for it. */
const LIMIT_MS = 5000;
