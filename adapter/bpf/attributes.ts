import type { Attributes, Pointer } from '../sys/system';

/** Where a member of a struct lies. `size` 8 also takes a pointer. */
interface Member {
  readonly offset: number;
  readonly size: 4 | 8 | 16;
}

/** A variant of `union bpf_attr` (linux/bpf.h); members by their C designators below `prefix`. */
export interface Struct<Name extends string = string> {
  readonly prefix: string;
  /** What the kernel is told; it takes any size that its own zero-extends. */
  readonly size: number;
  readonly members: Readonly<Record<Name, Member>>;
}

export const MAP_CREATE = {
  prefix: '',
  size: 72,
  members: {
    map_type: { offset: 0, size: 4 },
    key_size: { offset: 4, size: 4 },
    value_size: { offset: 8, size: 4 },
    max_entries: { offset: 12, size: 4 },
    map_flags: { offset: 16, size: 4 },
    map_name: { offset: 28, size: 16 },
  },
} as const satisfies Struct;

export const PROG_LOAD = {
  prefix: '',
  size: 128,
  members: {
    prog_type: { offset: 0, size: 4 },
    insn_cnt: { offset: 4, size: 4 },
    insns: { offset: 8, size: 8 },
    license: { offset: 16, size: 8 },
    log_level: { offset: 24, size: 4 },
    log_size: { offset: 28, size: 4 },
    log_buf: { offset: 32, size: 8 },
    prog_flags: { offset: 44, size: 4 },
    prog_name: { offset: 48, size: 16 },
    expected_attach_type: { offset: 68, size: 4 },
  },
} as const satisfies Struct;

export const LINK_CREATE = {
  prefix: 'link_create.',
  size: 64,
  members: {
    prog_fd: { offset: 0, size: 4 },
    attach_type: { offset: 8, size: 4 },
    'uprobe_multi.path': { offset: 16, size: 8 },
    'uprobe_multi.offsets': { offset: 24, size: 8 },
    'uprobe_multi.cookies': { offset: 40, size: 8 },
    'uprobe_multi.cnt': { offset: 48, size: 4 },
    'uprobe_multi.pid': { offset: 56, size: 4 },
  },
} as const satisfies Struct;

export const PROG_TEST_RUN = {
  prefix: 'test.',
  size: 64,
  members: {
    prog_fd: { offset: 0, size: 4 },
    ctx_size_in: { offset: 40, size: 4 },
    ctx_in: { offset: 48, size: 8 },
  },
} as const satisfies Struct;

export const OBJ_GET_INFO_BY_FD = {
  prefix: 'info.',
  size: 16,
  members: {
    bpf_fd: { offset: 0, size: 4 },
    info_len: { offset: 4, size: 4 },
    info: { offset: 8, size: 8 },
  },
} as const satisfies Struct;

export const ENABLE_STATS = {
  prefix: 'enable_stats.',
  size: 4,
  members: { type: { offset: 0, size: 4 } },
} as const satisfies Struct;

/** Values of the members that are not zero; bytes are pointed to by members of 8, and copied into larger ones. */
export function encode<Name extends string>(
  struct: Struct<Name>,
  values: Readonly<Partial<Record<Name, number | Uint8Array>>>,
): Attributes {
  const bytes = new Uint8Array(struct.size);
  const view = new DataView(bytes.buffer);
  const pointers: Pointer[] = [];
  for (const name of Object.keys(values) as Name[]) {
    const { offset, size } = struct.members[name];
    const value = values[name]!;
    if (typeof value === 'number') view.setUint32(offset, value, true);
    else if (size === 8) pointers.push({ offset, target: value });
    else bytes.set(value.subarray(0, size - 1), offset);
  }
  return { bytes, pointers };
}

/** A C string. */
export const cString = (text: string): Uint8Array => Buffer.from(`${text}\0`);

/** An array of 64-bit integers; without a BigInt for each, of which there may be tens of thousands. */
export function quadwords(values: readonly number[]): Uint8Array {
  const halves = new Uint32Array(values.length * 2);
  values.forEach((value, index) => {
    halves[2 * index] = value;
    halves[2 * index + 1] = Math.floor(value / 0x1_0000_0000);
  });
  return new Uint8Array(halves.buffer);
}
