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
  exit,
  jumpIf,
  label,
  load,
  loadConstant,
  move,
  moveImmediate,
  store,
  type Line,
} from '../bpf/instruction';
import type { BpfRegister } from '../bpf/opcode';
import { runProgram } from '../bpf/program';
import type { ProcessScope } from '../capture/plan';
import { asSystemCall } from '../sys/systemError';
import type { System } from '../sys/system';
import type { Frame, Slot } from './frame';
import { kernelOffset } from './kernelTypes';
import { FRAME_POINTER } from './place';

/** As programs ask it. */
export interface KnownScope {
  readonly uid: number | undefined;
  readonly program: KnownProgram | undefined;
}

interface KnownProgram {
  /** Where the kernel has it. */
  readonly inode: bigint;
  /** Offsets from a thread to the inode of what it runs. */
  readonly way: readonly number[];
}

/** @throws BackendError, SystemError */
export const knownScope = (system: System, { uid, program }: ProcessScope): KnownScope => ({
  uid,
  program:
    program === undefined
      ? undefined
      : {
          inode: inodeOf(system, program),
          way: ['task_struct.mm', 'mm_struct.exe_file', INODE].map((one) => kernelOffset(system, one)),
        },
});

/** Goes on where the hit is one of theirs. @throws StackExhausted */
export function leaveOthers({ uid, program }: KnownScope, frame: Frame): Line[] {
  const lines: Line[] = [];
  if (uid !== undefined)
    lines.push(
      call('get_current_uid_gid'),
      arithmeticImmediate('shl', 0, 32),
      arithmeticImmediate('shr', 0, 32),
      ...leaveUnless(BigInt(uid), 'scope.user'),
    );
  if (program)
    lines.push(
      call('get_current_task'),
      ...follow(program.way, frame.take()),
      ...leaveUnless(program.inode, 'scope.program'),
    );
  return lines;
}

/** Of what is in r0. */
const leaveUnless = (value: bigint, target: string): Line[] => [
  loadConstant(1, value),
  jumpIf('eq', 0, 1, target),
  moveImmediate(0, 0),
  exit(),
  label(target),
];

/** r0 = what the pointers lead to, each at an offset from the one before; 0 where there is none. */
const follow = (offsets: readonly number[], slot: Slot): Line[] =>
  offsets.flatMap((offset) => [
    move(3, 0),
    arithmeticImmediate('add', 3, offset),
    move(1, FRAME_POINTER),
    arithmeticImmediate('add', 1, slot),
    moveImmediate(2, 8),
    call('probe_read_kernel'),
    load(8, 0, FRAME_POINTER, slot),
  ]);

/** Where the kernel has the inode of a file: looked up in the table of our own open files. */
function inodeOf(system: System, path: string): bigint {
  const file = asSystemCall(() => openSync(path, 'r'));
  try {
    const context = Buffer.alloc(CONTEXT.size);
    context.writeBigUInt64LE(BigInt(file), CONTEXT.file);
    runProgram(system, 'sourcetap_inode', assemble(inodeProgram(system), {}), context);
    return context.readBigUInt64LE(CONTEXT.inode);
  } finally {
    closeSync(file);
  }
}

function inodeProgram(system: System): Line[] {
  const offset = (designator: string): number => kernelOffset(system, designator);
  const files = ['task_struct.files', 'files_struct.fdt', 'fdtable.fd'].map(offset);
  return [
    move(GIVEN, 1),
    call('get_current_task'),
    ...follow(files, SCRATCH),
    load(8, FILE, GIVEN, CONTEXT.file),
    arithmeticImmediate('shl', FILE, 3),
    arithmetic('add', 0, FILE),
    ...follow([0, offset(INODE)], SCRATCH),
    store(8, GIVEN, CONTEXT.inode, 0),
    moveImmediate(0, 0),
    exit(),
  ];
}

const INODE = 'file.f_inode';
/** What the program is given, and gives. */
const CONTEXT = { file: 0, inode: 8, size: 16 } as const;
/** Registers that calls keep. */
const GIVEN: BpfRegister = 6;
const FILE: BpfRegister = 7;
const SCRATCH: Slot = -8;
