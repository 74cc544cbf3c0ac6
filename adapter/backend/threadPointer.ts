import {
  arithmeticImmediate,
  call,
  move,
  moveImmediate,
  storeImmediate,
  type Line,
} from '../bpf/instruction';
import type { System } from '../sys/system';
import type { Slot } from './frame';
import { kernelOffset } from './kernelTypes';
import { FRAME_POINTER } from './place';

/**
 * Byte offset in the kernel's `struct task_struct` of a thread's %fs.base. The kernel keeps it there from arch_prctl(ARCH_SET_FS) and
 * clone(CLONE_SETTLS) on, which is how the C libraries set it; a program that writes the register itself (wrfsbase) is seen as it was
 * when it last left the processor.
 * @throws BackendError `noFeature`
 */
export const threadPointerOffset = (system: System): number =>
  kernelOffset(system, 'task_struct.thread.fsbase');

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
