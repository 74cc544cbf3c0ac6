import { Descriptor } from '../sys/owned';
import type { System } from '../sys/system';
import { SystemError } from '../sys/systemError';
import { cString, encode, PROG_LOAD, PROG_TEST_RUN } from './attributes';
import { INSTRUCTION_SIZE } from './opcode';
import { VerifierError } from './verifierError';

/** Constants of linux/bpf.h. */
export const PROGRAM_TYPE_KPROBE = 2;
const PROGRAM_TYPE_SYSCALL = 31;
export const ATTACH_TYPE_UPROBE_MULTI = 48;
const FLAG_SLEEPABLE = 16;

/**
 * Loads a program for uprobe_multi links that may sleep.
 * @throws VerifierError, SystemError
 */
export const loadProgram = (system: System, name: string, code: Uint8Array): Descriptor =>
  loadOf(UPROBE_MULTI, system, name, code);

/**
 * Loads a program for test runs (`PROG_TEST_RUN`).
 * @throws VerifierError, SystemError
 */
export const loadTestRun = (system: System, name: string, code: Uint8Array): Descriptor =>
  loadOf(SYSCALL, system, name, code);

/**
 * Runs a program in this thread, now.
 * @param context what it is given, and may change
 * @throws VerifierError, SystemError
 */
export function runProgram(system: System, name: string, code: Uint8Array, context: Uint8Array): void {
  const program = loadTestRun(system, name, code);
  try {
    const values = { prog_fd: program.number, ctx_size_in: context.length, ctx_in: context };
    system.bpf('PROG_TEST_RUN', encode(PROG_TEST_RUN, values));
  } finally {
    program.close();
  }
}

/** What a program is for, by members of PROG_LOAD. */
interface ProgramKind {
  readonly prog_type: number;
  readonly expected_attach_type?: number;
}
const UPROBE_MULTI: ProgramKind = {
  prog_type: PROGRAM_TYPE_KPROBE,
  expected_attach_type: ATTACH_TYPE_UPROBE_MULTI,
};
const SYSCALL: ProgramKind = { prog_type: PROGRAM_TYPE_SYSCALL };

function loadOf(kind: ProgramKind, system: System, name: string, code: Uint8Array): Descriptor {
  try {
    return new Descriptor(system, load(kind, system, name, code), `program ${name}`);
  } catch (error) {
    if (!(error instanceof SystemError) || !REFUSALS.has(error.errno)) throw error;
    const log = verifierLog(kind, system, name, code);
    throw log === '' ? error : new VerifierError(code, log, error.errno);
  }
}

function load(kind: ProgramKind, system: System, name: string, code: Uint8Array, log?: Uint8Array): number {
  const attributes = encode(PROG_LOAD, {
    ...kind,
    insn_cnt: code.length / INSTRUCTION_SIZE,
    insns: code,
    license: cString('GPL'),
    prog_flags: FLAG_SLEEPABLE,
    prog_name: cString(name),
    ...(log && { log_level: 1, log_size: log.length, log_buf: log }),
  });
  for (let attempt = 1; ; attempt++) {
    try {
      return system.bpf('PROG_LOAD', attributes);
    } catch (error) {
      // The verifier gives up when a signal is pending.
      if (!(error instanceof SystemError && error.errno === 'EAGAIN' && attempt < MAX_LOAD_ATTEMPTS))
        throw error;
    }
  }
}

/** Loads again for the log alone: keeping one costs time, so the first attempt does without. */
function verifierLog(kind: ProgramKind, system: System, name: string, code: Uint8Array): string {
  const log = new Uint8Array(LOG_SIZE);
  try {
    new Descriptor(system, load(kind, system, name, code, log), `program ${name}`).close();
  } catch {
    // The log tells. It may be cut off at its end (ENOSPC), and is then still the best there is.
  }
  return Buffer.from(log.subarray(0, log.indexOf(0))).toString();
}

/** What the verifier answers with (EPERM is privilege, not the verifier). */
const REFUSALS = new Set(['EACCES', 'EINVAL', 'E2BIG', 'ENOSPC', 'EFAULT']);
const MAX_LOAD_ATTEMPTS = 5;
const LOG_SIZE = 4 << 20;
