import { atomicAdd, moveImmediate, type Line } from '../bpf/instruction';
import { COUNTS } from './counters';
import { COUNTER_SLOT } from './place';

/** One more in a count of this site on this processor. */
export const count = (name: keyof typeof COUNTS): Line[] => [
  moveImmediate(1, 1),
  atomicAdd(COUNTER_SLOT, COUNTS[name], 1),
];
