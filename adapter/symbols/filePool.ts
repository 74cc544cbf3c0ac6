import { DecodeError } from '../elf/decodeError';
import { FileClosedError, openFile, type OpenFile, type ReadableFile } from '../sys/file';
import { SystemError } from '../sys/systemError';

/**
 * Files of which only so many are open at a time, those read last: a program may have thousands of .dwo files. The others
 * are opened again when they are read.
 */
export class FilePool {
  /** Least recently read first: a Map keeps the order of insertion. */
  private readonly opened = new Map<PooledFile, OpenFile>();
  private closed = false;

  constructor(private readonly limit = MAX_OPEN) {}

  /** @throws SystemError */
  open(path: string): ReadableFile {
    const file = openFile(path);
    const pooled = new PooledFile(this, file);
    this.use(pooled, file);
    return pooled;
  }

  /** The file itself, open. @throws DecodeError `missingFile`; FileClosedError */
  opening(pooled: PooledFile): OpenFile {
    if (this.closed) throw new FileClosedError(pooled.path);
    const file = this.opened.get(pooled) ?? reopened(pooled);
    this.use(pooled, file);
    return file;
  }

  release(pooled: PooledFile): void {
    this.opened.get(pooled)?.close();
    this.opened.delete(pooled);
  }

  /** Of all files. */
  close(): void {
    this.closed = true;
    for (const pooled of this.opened.keys()) this.release(pooled);
  }

  private use(pooled: PooledFile, file: OpenFile): void {
    this.opened.delete(pooled);
    this.opened.set(pooled, file);
    for (const oldest of this.opened.keys()) {
      if (this.opened.size <= this.limit) return;
      this.release(oldest);
    }
  }
}

class PooledFile implements ReadableFile {
  readonly path: string;
  readonly size: number;
  readonly identity: string;
  private closed = false;

  constructor(
    private readonly pool: FilePool,
    { path, size, identity }: OpenFile,
  ) {
    this.path = path;
    this.size = size;
    this.identity = identity;
  }

  read(offset: number, length: number): Uint8Array {
    if (this.closed) throw new FileClosedError(this.path);
    return this.pool.opening(this).read(offset, length);
  }

  close(): void {
    this.closed = true;
    this.pool.release(this);
  }
}

function reopened({ path, identity }: PooledFile): OpenFile {
  const file = opened(path);
  if (file.identity === identity) return file;
  file.close();
  throw new DecodeError('missingFile', path, 0, 'it was replaced');
}

function opened(path: string): OpenFile {
  try {
    return openFile(path);
  } catch (error) {
    if (error instanceof SystemError) throw new DecodeError('missingFile', path, 0, error.message);
    throw error;
  }
}

/** Far below what a process may have open, which is 1024 as a rule. */
const MAX_OPEN = 64;
