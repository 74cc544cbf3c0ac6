import { acquired, released } from './owned';
import { SystemError } from './systemError';
import type { Attributes, BpfCommand, ImageProcess, Mapping, System } from './system';

/** A call that was made on a fake system. */
export interface FakeCall {
  readonly name: string;
  readonly attributes?: Attributes;
}

/**
 * A system for tests: every call succeeds, except those that `refuse` names an errno for. It keeps account of what
 * is open.
 */
export class FakeSystem implements System {
  readonly calls: FakeCall[] = [];
  /** Descriptors that are open, and mappings that are mapped, with the call that made each. */
  readonly held = new Map<object | number, string>();
  capabilities = 0n;
  types = new Uint8Array();
  /** Sees the arguments of bpf(2) before the call succeeds or fails. */
  onBpf: (command: BpfCommand, attributes: Attributes) => void = () => undefined;
  /** What started processes answer. */
  onAsk: (question: Uint8Array, size: number) => Uint8Array = (_, size) => new Uint8Array(size);
  private nextDescriptor = 3;

  /** @param refuse errno for the call that has this index and name, or undefined to let it succeed. */
  constructor(
    private readonly refuse: (index: number, name: string) => string | undefined = () => undefined,
  ) {}

  bpf(command: BpfCommand, attributes: Attributes): number {
    this.onBpf(command, attributes);
    this.enter(`bpf(${command})`, attributes);
    if (MAKES_NOTHING.has(command)) return 0;
    const descriptor = this.nextDescriptor++;
    this.held.set(descriptor, command);
    return descriptor;
  }

  map(descriptor: number, _offset: number, length: number): Mapping {
    this.enter('mmap');
    if (!this.held.has(descriptor)) throw new SystemError('mmap', 'EBADF');
    const mapping = new FakeMapping(length, (self) => this.held.delete(self));
    this.held.set(mapping, 'mmap');
    return mapping;
  }

  execute(): Promise<ImageProcess> {
    return this.asPromised(() => {
      this.enter('memfd_create');
      this.enter('execve');
      const process: ImageProcess = {
        pid: 1,
        path: '/proc/self/fd/3',
        ask: (question, size) =>
          this.asPromised(() => {
            this.enter('ask');
            return this.onAsk(question, size);
          }),
        end: () => this.asPromised(() => void this.held.delete(process)),
      };
      this.held.set(process, 'execve');
      return process;
    });
  }

  close(descriptor: number): void {
    this.calls.push({ name: 'close' });
    if (!this.held.delete(descriptor)) throw new SystemError('close', 'EBADF');
  }

  closeLater(descriptor: number): Promise<void> {
    this.close(descriptor);
    return Promise.resolve();
  }

  possibleCpus(): number {
    return 2;
  }

  kernelTypes(): Uint8Array {
    this.enter('kernelTypes');
    return this.types;
  }

  effectiveCapabilities(): bigint {
    return this.capabilities;
  }

  private asPromised<T>(operation: () => T): Promise<T> {
    return new Promise((resolve) => {
      resolve(operation());
    });
  }

  private enter(name: string, attributes?: Attributes): void {
    const errno = this.refuse(this.calls.length, name);
    this.calls.push(attributes ? { name, attributes } : { name });
    if (errno !== undefined) throw new SystemError(name, errno);
  }
}

const MAKES_NOTHING: ReadonlySet<BpfCommand> = new Set(['OBJ_GET_INFO_BY_FD', 'PROG_TEST_RUN']);

/** Zeros at first. */
export class FakeMapping implements Mapping {
  readonly bytes: Uint8Array;

  constructor(
    readonly length: number,
    private readonly onUnmap: (self: FakeMapping) => void = () => undefined,
  ) {
    this.bytes = new Uint8Array(length);
    acquired(this, 'fake mapping');
  }

  read(target: Uint8Array, offset: number): void {
    target.set(this.bytes.subarray(offset, offset + target.length));
  }

  write(source: Uint8Array, offset: number): void {
    this.bytes.set(source, offset);
  }

  unmap(): void {
    released(this);
    this.onUnmap(this);
  }
}
