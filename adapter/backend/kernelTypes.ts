import { Btf } from '../bpf/btf';
import type { System } from '../sys/system';
import { SystemError } from '../sys/systemError';
import { BackendError } from './backend';

const known = new WeakMap<System, Map<string, number>>();

/**
 * Byte offset of a member in a struct of the running kernel, by the kernel's type information.
 * @param designator `task_struct.thread.fsbase`
 * @throws BackendError `noFeature`
 */
export function kernelOffset(system: System, designator: string): number {
  const offsets = known.get(system) ?? new Map<string, number>();
  known.set(system, offsets);
  const offset = offsets.get(designator) ?? readOffset(system, designator);
  if (offset === undefined) throw new BackendError({ code: 'noFeature', feature: 'kernelTypes' });
  offsets.set(designator, offset);
  return offset;
}

function readOffset(system: System, designator: string): number | undefined {
  const [name, ...members] = designator.split('.');
  try {
    return new Btf(Buffer.from(system.kernelTypes())).offsetof('struct', name!, members.join('.'));
  } catch (error) {
    if (error instanceof SystemError || error instanceof RangeError) return undefined;
    throw error;
  }
}
