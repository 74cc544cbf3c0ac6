import { call, type Line } from '../bpf/instruction';
import type { System } from '../sys/system';
import type { Slot } from './frame';
import { follow, kernelOffsets } from './kernelTypes';

/**
 * Byte offset in the kernel's `struct task_struct` of a thread's %fs.base. The kernel keeps it there from arch_prctl(ARCH_SET_FS) and
 * clone(CLONE_SETTLS) on, which is how the C libraries set it; a program that writes the register itself (wrfsbase) is seen as it was
 * when it last left the processor.
 * @throws BackendError `noFeature`
 */
export const threadPointerOffset = (system: System): number =>
  kernelOffsets(system, ['task_struct.thread.fsbase'])[0]!;

/** Code that puts the thread pointer on the stack; 0 where it cannot be read, from where nothing can be. */
export const readThreadPointer = (offset: number, slot: Slot): Line[] => [
  call('get_current_task'),
  ...follow([offset], slot),
];
