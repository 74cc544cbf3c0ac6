/**
 * The operating system as the rest sees it. `linux.ts` is the real one, and but for the end of the process the only user
 * of ffi-rs; `fake.ts` takes its place in tests.
 */
export interface System {
  /** bpf(2). @throws SystemError with `bpf(COMMAND)` as its call. */
  bpf(command: BpfCommand, attributes: Attributes): number;
  /** mmap(2), shared. `offset` and `length` in bytes, whole pages. @throws SystemError */
  map(descriptor: number, offset: number, length: number, access: 'read' | 'write'): Mapping;
  /**
   * Starts a program that is in no folder: its ELF image is given, and gone when the process is (memfd_create(2), execve(2)).
   * @param name what the process is called by
   * @throws SystemError
   */
  execute(image: Uint8Array, name: string): Promise<ImageProcess>;
  /** close(2). */
  close(descriptor: number): void;
  /** close(2) on another thread: closing a uprobe link waits for an RCU grace period. @throws SystemError */
  closeLater(descriptor: number): Promise<void>;
  /** One more than the highest number a processor can have here. */
  possibleCpus(): number;
  /** The type information of the running kernel (BTF). @throws SystemError where it has none */
  kernelTypes(): Uint8Array;
  /** Of this process, a bit each (capabilities(7)). */
  effectiveCapabilities(): bigint;
}

/** The argument of bpf(2): a `union bpf_attr`, and the memory that its pointers are to lead to. Plain data. */
export interface Attributes {
  readonly bytes: Uint8Array;
  readonly pointers: readonly Pointer[];
}

/** The 8 bytes of the struct at `offset` are to hold the address of `target`. */
export interface Pointer {
  readonly offset: number;
  readonly target: Uint8Array;
}

/** Memory shared with the kernel. It is copied in and out: views of foreign memory are stale copies in Electron. */
export interface Mapping {
  readonly length: number;
  /** Fills `target` with the bytes from `offset`. Single aligned words of 8 bytes are read whole. @throws RangeError */
  read(target: Uint8Array, offset: number): void;
  /** Writes all of `source` at `offset`. @throws RangeError */
  write(source: Uint8Array, offset: number): void;
  /** munmap(2); may be called again. */
  unmap(): void;
}

/** A process of our own that answers questions on its standard input. It ends with us at the latest. */
export interface ImageProcess {
  readonly pid: number;
  /** Leads to the image as long as the process is not ended. */
  readonly path: string;
  /** Resolves with the next `size` bytes that it writes. @throws SystemError `EPIPE` when it has ended */
  ask(question: Uint8Array, size: number): Promise<Uint8Array>;
  /** May be called at any time, and again. Resolves when it is gone. */
  end(): Promise<void>;
}

/** `enum bpf_cmd` of linux/bpf.h. */
export const BPF_COMMANDS = {
  MAP_CREATE: 0,
  PROG_LOAD: 5,
  PROG_TEST_RUN: 10,
  OBJ_GET_INFO_BY_FD: 15,
  LINK_CREATE: 28,
  ENABLE_STATS: 32,
} as const;
export type BpfCommand = keyof typeof BPF_COMMANDS;

export const PAGE_SIZE = 4096;
