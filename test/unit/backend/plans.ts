/** Plans for tests that no kernel sees. */
import type { Capture, Step } from '../../../adapter/capture/ir';
import type { CaptureProgram, Plan } from '../../../adapter/capture/plan';
import { fileOffset, virtualAddress } from '../../../adapter/elf/address';

export const COUNT: CaptureProgram = { mode: 'count', captures: [] };
export const record = (...captures: Capture[]): CaptureProgram => ({ mode: 'record', captures });

const DI: Step = { op: 'register', register: 'di' };
export const REGISTER: Capture = { steps: [DI], output: { kind: 'scalar', value: 0, size: 4 } };
/** `p->name`, its string, and `*p`. */
export const FIELD: Capture = {
  steps: [
    DI,
    { op: 'constant', value: 8n },
    { op: 'add', left: 0, right: 1 },
    { op: 'load', address: 2, size: 8, signed: false },
  ],
  output: { kind: 'scalar', value: 3, size: 8 },
};
/** `p->name` and `p->id`, of a `p` on the stack. */
export const FIELDS: readonly Capture[] = [8n, 20n].map((offset) => ({
  steps: [
    { op: 'register', register: 'bp' },
    { op: 'constant', value: -24n },
    { op: 'add', left: 0, right: 1 },
    { op: 'load', address: 2, size: 8, signed: false },
    { op: 'constant', value: offset },
    { op: 'add', left: 3, right: 4 },
    { op: 'load', address: 5, size: offset === 8n ? 8 : 4, signed: true },
  ],
  output: { kind: 'scalar', value: 6, size: 8 },
}));
export const WIDE_STRING: Capture = {
  steps: FIELD.steps,
  output: { kind: 'readable', address: 3, capacity: 20 },
};
export const STRING: Capture = { steps: FIELD.steps, output: { kind: 'string', address: 3, capacity: 20 } };
/** What `p->name` points to, so many bytes as the word behind it says. */
export const COUNTED: Capture = {
  steps: [
    ...FIELD.steps,
    { op: 'constant', value: 16n },
    { op: 'add', left: 0, right: 4 },
    { op: 'load', address: 5, size: 8, signed: false },
  ],
  output: { kind: 'bytes', address: 3, length: 6, capacity: 20 },
};
export const MEMORY: Capture = { steps: [DI], output: { kind: 'memory', address: 0, size: 44 } };
export const GLOBAL: Capture = {
  steps: [
    { op: 'loadBias' },
    { op: 'constant', value: 0x4010n },
    { op: 'add', left: 0, right: 1 },
    { op: 'load', address: 2, size: 4, signed: true },
  ],
  output: { kind: 'scalar', value: 3, size: 4 },
};
/** `static __thread int`, 8 bytes below the thread pointer. */
export const THREAD_LOCAL: Capture = {
  steps: [
    { op: 'threadPointer' },
    { op: 'constant', value: -8n },
    { op: 'add', left: 0, right: 1 },
    { op: 'load', address: 2, size: 4, signed: true },
  ],
  output: { kind: 'scalar', value: 3, size: 4 },
};
/** `p && p->id > 3`: the right side is computed in any case, and reads nothing where p is null. */
export const BOTH: Capture = {
  steps: [
    DI,
    { op: 'constant', value: 0n },
    { op: 'ne', left: 0, right: 1 },
    { op: 'load', address: 0, size: 4, signed: true, guard: 2 },
    { op: 'constant', value: 3n },
    { op: 'slt', left: 4, right: 3 },
    { op: 'and', left: 2, right: 5 },
  ],
  output: { kind: 'scalar', value: 6, size: 1 },
};
/** `p ? p->id : 0` */
export const GUARDED: Capture = {
  steps: [DI, { op: 'load', address: 0, size: 4, signed: true, guard: 0 }],
  output: { kind: 'scalar', value: 1, size: 4 },
};
/** `p && startswith(p, "first one")`, of a `char *p` */
export const NAMED: Capture = {
  steps: [DI, { op: 'testString', test: 'startsWith', text: Buffer.from('first one'), address: 0, guard: 0 }],
  output: { kind: 'scalar', value: 1, size: 1 },
};
/** `$comm == "worker"` */
export const THREAD_NAMED: Capture = {
  steps: [{ op: 'testThreadName', test: 'equals', text: Buffer.from('worker') }],
  output: { kind: 'scalar', value: 0, size: 1 },
};

export const PATH = '/program';
/** A site for each number, which is the index of its program. */
export const plan = (
  programs: readonly CaptureProgram[],
  sites: readonly number[],
  more: Partial<Plan> = {},
): Plan => ({
  path: PATH,
  buildId: undefined,
  pid: 0,
  sites: sites.map((program, i) => ({
    offset: fileOffset(0x1000 + 16 * i),
    address: virtualAddress(0x40_1000 + 16 * i),
    program,
  })),
  programs,
  ...more,
});
