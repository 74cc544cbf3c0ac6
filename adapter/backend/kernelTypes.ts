/** What is in the kernel's own memory, by its type information. */
import { Btf } from '../bpf/btf';
import { arithmeticImmediate, call, load, move, moveImmediate, type Line } from '../bpf/instruction';
import type { System } from '../sys/system';
import { SystemError } from '../sys/systemError';
import { BackendError } from './backend';
import type { Slot } from './frame';
import { FRAME_POINTER } from './place';

const known = new WeakMap<System, Map<string, number>>();

/**
 * Byte offsets of members in structs of the running kernel.
 * @param designators `task_struct.thread.fsbase`
 * @throws BackendError `noFeature`
 */
export function kernelOffsets(system: System, designators: readonly string[]): readonly number[] {
  const offsets = known.get(system) ?? new Map<string, number>();
  known.set(system, offsets);
  if (!designators.every((one) => offsets.has(one))) readOffsets(system, designators, offsets);
  return designators.map((one) => {
    const offset = offsets.get(one);
    if (offset === undefined) throw new BackendError({ code: 'noFeature', feature: 'kernelTypes' });
    return offset;
  });
}

function readOffsets(system: System, designators: readonly string[], offsets: Map<string, number>): void {
  try {
    const btf = new Btf(Buffer.from(system.kernelTypes()));
    for (const designator of designators) {
      const [name, ...members] = designator.split('.');
      const offset = btf.offsetof('struct', name!, members.join('.'));
      if (offset !== undefined) offsets.set(designator, offset);
    }
  } catch (error) {
    if (!(error instanceof SystemError || error instanceof RangeError)) throw error;
  }
}

/** r0 = what the pointers from r0 on lead to, each at an offset from the one before, and in the slot; 0 where that cannot be read. */
export const follow = (offsets: readonly number[], slot: Slot): Line[] =>
  offsets.flatMap((offset) => [
    move(3, 0),
    arithmeticImmediate('add', 3, offset),
    move(1, FRAME_POINTER),
    arithmeticImmediate('add', 1, slot),
    moveImmediate(2, 8),
    call('probe_read_kernel'),
    load(8, 0, FRAME_POINTER, slot),
  ]);
