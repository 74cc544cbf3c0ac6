/**
 * Whose hits an installation takes that has its probes in every process. A program is known by its inode in the kernel: that is the same for
 * whoever runs the file, whatever the file systems call it.
 */
import { closeSync, openSync } from 'node:fs';
import { assemble } from '../bpf/assembler';
import {
  arithmetic,
  arithmeticImmediate,
  call,
  jumpIf,
  label,
  load,
  loadConstant,
  move,
  store,
  type Line,
} from '../bpf/instruction';
import type { BpfRegister } from '../bpf/opcode';
import { runProgram } from '../bpf/program';
import type { ProcessScope } from '../capture/plan';
import { asSystemCall } from '../sys/systemError';
import type { System } from '../sys/system';
import { BackendError } from './backend';
import type { Frame, Slot } from './frame';
import { follow, kernelOffsets } from './kernelTypes';
import { leave } from './place';

/** As programs ask it. */
export interface KnownScope {
  readonly user: KnownUser | undefined;
  readonly program: KnownProgram | undefined;
}

interface KnownUser {
  readonly uid: number;
  /** Offsets from a thread to the flags of its memory. */
  readonly way: readonly number[];
}

interface KnownProgram {
  /** Where the kernel has it. */
  readonly inode: bigint;
  /** Offsets from a thread to the inode of what it runs. */
  readonly way: readonly number[];
}

/** @throws BackendError, SystemError */
export const knownScope = (system: System, { uid, program }: ProcessScope): KnownScope => ({
  user: uid === undefined ? undefined : { uid, way: kernelOffsets(system, FLAGS) },
  program: program === undefined ? undefined : knownProgram(system, program),
});

function knownProgram(system: System, path: string): KnownProgram {
  const offsets = kernelOffsets(system, [...RUNS, INODE, ...OPEN_FILES]);
  const way = offsets.slice(0, RUNS.length + 1);
  const files = offsets.slice(way.length);
  return { inode: inodeOf(system, path, files, way.at(-1)!), way };
}

/** Goes on where the hit is one of theirs. @throws StackExhausted */
export function leaveOthers({ user, program }: KnownScope, frame: Frame): Line[] {
  const slot = frame.take();
  const lines: Line[] = [];
  if (user)
    lines.push(
      call('get_current_uid_gid'),
      arithmeticImmediate('shl', 0, 32),
      arithmeticImmediate('shr', 0, 32),
      ...leaveUnless(BigInt(user.uid), 'scope.user'),
      call('get_current_task'),
      ...follow(user.way, slot),
      arithmeticImmediate('and', 0, DUMPABLE_MASK),
      ...leaveUnless(DUMPABLE, 'scope.dumpable'),
    );
  if (program)
    lines.push(
      call('get_current_task'),
      ...follow(program.way, slot),
      ...leaveUnless(program.inode, 'scope.program'),
    );
  return lines;
}

/** Of what is in r0. */
const leaveUnless = (value: bigint, target: string): Line[] => [
  loadConstant(1, value),
  jumpIf('eq', 0, 1, target),
  ...leave(),
  label(target),
];

/**
 * Where the kernel has the inode of a file: looked up in the table of our own open files.
 * @param files offsets from a thread to that table
 * @param inode offset in an open file
 * @throws BackendError `noFeature`, SystemError
 */
function inodeOf(system: System, path: string, files: readonly number[], inode: number): bigint {
  const file = asSystemCall(() => openSync(path, 'r'));
  try {
    const context = Buffer.alloc(CONTEXT.size);
    context.writeBigUInt64LE(BigInt(file), CONTEXT.file);
    runProgram(system, 'sourcetap_inode', assemble(inodeProgram(files, inode), {}), context);
    const found = context.readBigUInt64LE(CONTEXT.inode);
    if (found === 0n) throw new BackendError({ code: 'noFeature', feature: 'kernelTypes' });
    return found;
  } finally {
    closeSync(file);
  }
}

const inodeProgram = (files: readonly number[], inode: number): Line[] => [
  move(GIVEN, 1),
  call('get_current_task'),
  ...follow(files, SCRATCH),
  load(8, FILE, GIVEN, CONTEXT.file),
  arithmeticImmediate('shl', FILE, 3),
  arithmetic('add', 0, FILE),
  ...follow([0, inode], SCRATCH),
  store(8, GIVEN, CONTEXT.inode, 0),
  ...leave(),
];

/** From a thread to the file that it runs, and to the table of those that it has open. */
const RUNS = ['task_struct.mm', 'mm_struct.exe_file'];
const OPEN_FILES = ['task_struct.files', 'files_struct.fdt', 'fdtable.fd'];
const INODE = 'file.f_inode';
const FLAGS = ['task_struct.mm', 'mm_struct.flags'];
/** MMF_DUMPABLE_MASK and SUID_DUMP_USER (linux/sched/coredump.h). */
const DUMPABLE_MASK = 3;
const DUMPABLE = 1n;
/** What the program is given, and gives. */
const CONTEXT = { file: 0, inode: 8, size: 16 } as const;
/** Registers that calls keep. */
const GIVEN: BpfRegister = 6;
const FILE: BpfRegister = 7;
const SCRATCH: Slot = -8;
