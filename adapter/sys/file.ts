import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { asSystemCall } from './systemError';

/** A regular file to be read; structurally a ByteSource of `elf`. */
export interface ReadableFile {
  readonly path: string;
  readonly size: number;
  /**
   * `length` bytes from `offset`, by pread(2).
   * @throws RangeError if they do not all lie in the file; FileClosedError; SystemError.
   */
  read(offset: number, length: number): Uint8Array;
  /** May be called again; reading is over then. */
  close(): void;
}

export interface OpenFile extends ReadableFile {
  /** Another file, or other contents, have another one. */
  readonly identity: string;
  /** When it was last modified before it was opened: milliseconds since the epoch. */
  readonly modifiedAt: number;
  /** Leads to this very file as long as it is open, whatever becomes of its path (proc(5), /proc/PID/fd). */
  readonly descriptorPath: string;
}

/** It was read after it was closed: its program is no longer of interest. */
export class FileClosedError extends RangeError {
  constructor(path: string) {
    super(`${path}: closed`);
    this.name = 'FileClosedError';
  }
}

/** @throws SystemError `ENOENT`, `EACCES`, `EISDIR` ... */
export function openFile(path: string): OpenFile {
  const descriptor = asSystemCall(() => openSync(path, 'r'));
  const status = asSystemCall(() => fstatSync(descriptor));
  return new PreadFile(path, descriptor, status.size, identityIn(status), status.mtimeMs);
}

/** As of an OpenFile; undefined where there is no such file. @throws SystemError */
export function identityOf(path: string): string | undefined {
  const status = asSystemCall(() => statSync(path, { throwIfNoEntry: false }));
  return status && identityIn(status);
}

const identityIn = ({ dev, ino, size, mtimeMs }: Stats): string => [dev, ino, size, mtimeMs].join();

/** Milliseconds since the epoch; undefined where there is no such file. */
export const modifiedAt = (path: string): number | undefined =>
  statSync(path, { throwIfNoEntry: false })?.mtimeMs;

class PreadFile implements OpenFile {
  private open = true;

  constructor(
    readonly path: string,
    private readonly descriptor: number,
    readonly size: number,
    readonly identity: string,
    readonly modifiedAt: number,
  ) {}

  get descriptorPath(): string {
    return `/proc/${process.pid}/fd/${this.descriptor}`;
  }

  read(offset: number, length: number): Uint8Array {
    if (!(offset >= 0 && length >= 0 && offset + length <= this.size))
      throw new RangeError(`${this.path}: no ${length} bytes at ${offset}`);
    if (!this.open) throw new FileClosedError(this.path);
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let done = 0; done < length;) {
      const count = asSystemCall(() => readSync(this.descriptor, bytes, done, length - done, offset + done));
      if (count === 0) throw new RangeError(`${this.path}: shrank while it was read`);
      done += count;
    }
    return bytes;
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    closeSync(this.descriptor);
  }
}
