import { randomBytes } from 'node:crypto';
import { MappedArray } from '../bpf/map';
import type { System } from '../sys/system';

/** What a filter remembers; words of 8 bytes in the one element of an array. */
export const FILTER_STATE = {
  /** Hits that have got an ordinal. */
  ordinal: { offset: 0 },
  /** Value at the last hit. */
  last: { offset: 8 },
  samples: { offset: 16 },
  /** CLOCK_MONOTONIC at which the token bucket is full again. */
  full: { offset: 24 },
  /** Hits let through, of `maxHits`. */
  passed: { offset: 32 },
} as const;
const SIZE = 64;

/** The states of filters by who they are of, each as long as an installation uses it. */
export class FilterStates {
  private readonly states = new Map<unknown, { readonly array: MappedArray; users: number }>();

  constructor(private readonly system: System) {}

  /** Descriptor of a state's array. Each use is to be ended by `release`. @throws SystemError */
  acquire(user: unknown): number {
    let state = this.states.get(user);
    if (state === undefined) {
      state = { array: this.create(), users: 0 };
      this.states.set(user, state);
    }
    state.users++;
    return state.array.descriptor;
  }

  release(user: unknown): void {
    const state = this.states.get(user);
    if (state === undefined || --state.users > 0) return;
    state.array.close();
    this.states.delete(user);
  }

  private create(): MappedArray {
    const array = MappedArray.create(this.system, 'filter', SIZE, 1);
    // No value was last at first: one that no program will have.
    array.memory.write(randomBytes(8), FILTER_STATE.last.offset);
    return array;
  }
}
