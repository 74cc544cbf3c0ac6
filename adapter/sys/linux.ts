import { close, closeSync, readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { promisify } from 'node:util';
import { DataType, load, open } from 'ffi-rs';
import { startImage } from './imageProcess';
import { acquired, Descriptor, released } from './owned';
import { effectiveCapabilities } from './process';
import { asSystemCall, SystemError, systemError } from './systemError';
import {
  BPF_COMMANDS,
  type Attributes,
  type BpfCommand,
  type ImageProcess,
  type Mapping,
  type System,
} from './system';

let linuxSystem: System | undefined;

/** The system this process runs on. libc is opened at the first call. */
export function linux(): System {
  if (!linuxSystem) {
    open({ library: 'c', path: 'libc.so.6' });
    linuxSystem = new Linux();
  }
  return linuxSystem;
}

class Linux implements System {
  /** Keeps what the kernel was given addresses of reachable until its call has returned. */
  private readonly lent = new Set<Attributes>();

  bpf(command: BpfCommand, attributes: Attributes): number {
    this.lent.add(attributes);
    const bytes = Buffer.from(attributes.bytes);
    for (const { offset, target } of attributes.pointers)
      bytes.writeBigUInt64LE(BigInt.asUintN(64, addressOf(target)), offset);
    const parameters = [SYS_BPF, BigInt(BPF_COMMANDS[command]), bytes, BigInt(bytes.length)];
    const result = call(SYSCALL_WITH_MEMORY, parameters);
    this.lent.delete(attributes);
    return Number(check(`bpf(${command})`, result));
  }

  map(descriptor: number, offset: number, length: number, access: 'read' | 'write'): Mapping {
    const protection = access === 'write' ? PROT_READ | PROT_WRITE : PROT_READ;
    const numbers = [0n, BigInt(length), protection, MAP_SHARED, BigInt(descriptor), BigInt(offset)];
    return new MappedMemory(check('mmap', call(SYSCALL_OF_6, [SYS_MMAP, ...numbers])), length);
  }

  async execute(image: Uint8Array, name: string): Promise<ImageProcess> {
    const file = new Descriptor(this, memoryFile(name), `image of ${name}`);
    try {
      asSystemCall(() => writeSync(file.number, image));
      return await startImage(file, name);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  close(descriptor: number): void {
    asSystemCall(() => {
      closeSync(descriptor);
    });
  }

  async closeLater(descriptor: number): Promise<void> {
    try {
      await promisify(close)(descriptor);
    } catch (error) {
      throw systemError(error);
    }
  }

  possibleCpus(): number {
    const ranges = asSystemCall(() => readFileSync('/sys/devices/system/cpu/possible', 'latin1'));
    return Number(/(\d+)\s*$/.exec(ranges)?.[1]) + 1;
  }

  kernelTypes(): Uint8Array {
    return asSystemCall(() => readFileSync(KERNEL_TYPES));
  }

  effectiveCapabilities(): bigint {
    return effectiveCapabilities();
  }
}

class MappedMemory implements Mapping {
  private mapped = true;

  constructor(
    private readonly address: bigint,
    readonly length: number,
  ) {
    acquired(this, 'mapping');
  }

  read(target: Uint8Array, offset: number): void {
    this.claim(offset, target.length);
    if (target.length > 0)
      load({
        ...MEMCPY_OUT,
        paramsValue: [asBuffer(target), this.address + BigInt(offset), BigInt(target.length)],
      });
  }

  write(source: Uint8Array, offset: number): void {
    this.claim(offset, source.length);
    if (source.length > 0)
      load({
        ...MEMCPY_IN,
        paramsValue: [this.address + BigInt(offset), asBuffer(source), BigInt(source.length)],
      });
  }

  unmap(): void {
    if (!this.mapped) return;
    this.mapped = false;
    released(this);
    check('munmap', call(SYSCALL_OF_2, [SYS_MUNMAP, this.address, BigInt(this.length)]));
  }

  private claim(offset: number, length: number): void {
    if (!this.mapped || !(offset >= 0 && offset + length <= this.length))
      throw new RangeError(`no ${length} mapped bytes at ${offset}`);
  }
}

// A DataType that does not fit its value aborts the process, so every call goes through one of these fixed tables.
// All integers are BigInt in the range of int64_t.
const { BigInt: I64, U8Array: MEMORY, Void: NOTHING } = DataType;
const SYSCALL_OF_2 = [I64, I64, I64];
const SYSCALL_OF_6 = [I64, I64, I64, I64, I64, I64, I64];
const SYSCALL_OF_NAME = [I64, MEMORY, I64];
const SYSCALL_WITH_MEMORY = [I64, I64, MEMORY, I64];
const MEMCPY_OUT = { library: 'c', funcName: 'memcpy', retType: NOTHING, paramsType: [MEMORY, I64, I64] };
const MEMCPY_IN = { library: 'c', funcName: 'memcpy', retType: NOTHING, paramsType: [I64, MEMORY, I64] };
const MEMCPY_ADDRESS = { library: 'c', funcName: 'memcpy', retType: I64, paramsType: [MEMORY, I64, I64] };

/** A file in memory that may be executed. Kernels before 6.3 do not know the flag that says so, and need none. */
function memoryFile(name: string): number {
  const create = (flags: bigint): number => {
    const parameters = [SYS_MEMFD_CREATE, Buffer.from(`${name}\0`), flags];
    return Number(check('memfd_create', call(SYSCALL_OF_NAME, parameters)));
  };
  try {
    return create(MFD_CLOEXEC | MFD_EXEC);
  } catch (error) {
    if (error instanceof SystemError && error.errno === 'EINVAL') return create(MFD_CLOEXEC);
    throw error;
  }
}

interface CallResult {
  readonly value: bigint;
  readonly errnoCode: number;
}

function call(paramsType: readonly DataType[], paramsValue: readonly (bigint | Buffer)[]): CallResult {
  return load({
    library: 'c',
    funcName: 'syscall',
    retType: I64,
    errno: true,
    paramsType: [...paramsType],
    paramsValue: [...paramsValue],
  }) as unknown as CallResult;
}

/** errno means something only after -1. */
function check(name: string, { value, errnoCode }: CallResult): bigint {
  if (value === -1n) throw new SystemError(name, errnoName(errnoCode));
  return value;
}

/** Where the bytes are; they do not move while the array is referenced. */
function addressOf(bytes: Uint8Array): bigint {
  const address: unknown = load({ ...MEMCPY_ADDRESS, paramsValue: [asBuffer(bytes), 0n, 0n] });
  return address as bigint;
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

/** Of two names for one number (EAGAIN, EWOULDBLOCK) the first. */
const errnoNames = new Map<number, string>(
  Object.entries(constants.errno)
    .map(([name, code]) => [code, name] as const)
    .reverse(),
);
errnoNames.set(constants.errno.EOPNOTSUPP, 'EOPNOTSUPP');
/** The kernel's own (linux/errno.h); bpf(2) and uprobes let it out. */
errnoNames.set(524, 'ENOTSUPP');
const errnoName = (code: number): string => errnoNames.get(code) ?? `errno ${code}`;

const KERNEL_TYPES = '/sys/kernel/btf/vmlinux';

// x86-64 system call numbers (arch/x86/entry/syscalls/syscall_64.tbl) and constants of sys/mman.h and linux/memfd.h.
const SYS_MMAP = 9n;
const SYS_MUNMAP = 11n;
const SYS_MEMFD_CREATE = 319n;
const SYS_BPF = 321n;
const PROT_READ = 1n;
const PROT_WRITE = 2n;
const MAP_SHARED = 1n;
const MFD_CLOEXEC = 1n;
const MFD_EXEC = 16n;
