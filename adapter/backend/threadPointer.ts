import { Btf } from '../bpf/btf';
import {
  arithmeticImmediate,
  call,
  move,
  moveImmediate,
  storeImmediate,
  type Line,
} from '../bpf/instruction';
import type { System } from '../sys/system';
import { SystemError } from '../sys/systemError';
import { BackendError } from './backend';
import type { Slot } from './frame';
import { FRAME_POINTER } from './place';

const known = new WeakMap<System, number>();

/**
 * Byte offset in the kernel's `struct task_struct` of a thread's %fs.base, by the kernel's type information. The kernel keeps it
 * there from arch_prctl(ARCH_SET_FS) and clone(CLONE_SETTLS) on, which is how the C libraries set it; a program that writes
 * the register itself (wrfsbase) is seen as it was when it last left the processor.
 * @throws BackendError `noFeature`
 */
export function threadPointerOffset(system: System): number {
  const offset = known.get(system) ?? readOffset(system);
  if (offset === undefined) throw new BackendError({ code: 'noFeature', feature: 'kernelTypes' });
  known.set(system, offset);
  return offset;
}

function readOffset(system: System): number | undefined {
  try {
    const btf = new Btf(Buffer.from(system.kernelTypes()));
    return btf.offsetof('struct', 'task_struct', 'thread.fsbase');
  } catch (error) {
    if (error instanceof SystemError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Code that puts the thread pointer on the stack; 0 where it cannot be read, from where nothing can be. */
export const readThreadPointer = (offset: number, slot: Slot): Line[] => [
  storeImmediate(8, FRAME_POINTER, slot, 0),
  call('get_current_task'),
  move(3, 0),
  arithmeticImmediate('add', 3, offset),
  move(1, FRAME_POINTER),
  arithmeticImmediate('add', 1, slot),
  moveImmediate(2, 8),
  call('probe_read_kernel'),
];
