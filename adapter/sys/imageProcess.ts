import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import type { Descriptor } from './owned';
import type { ImageProcess } from './system';
import { SystemError, systemError } from './systemError';

/** Owns the image from now on. @throws SystemError, and the image is still the caller's */
export async function startImage(image: Descriptor, name: string): Promise<ImageProcess> {
  try {
    // A child has our descriptors until it has executed the file.
    const child = spawn(`/proc/self/fd/${image.number}`, [], {
      argv0: name,
      env: {},
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    await once(child, 'spawn');
    return new Child(child, image);
  } catch (error) {
    const cause = systemError(error);
    throw cause instanceof SystemError ? new SystemError('execve', cause.errno) : cause;
  }
}

class Child implements ImageProcess {
  readonly pid: number;
  readonly path: string;
  private answer = Buffer.alloc(0);
  private heard: () => void = () => undefined;
  private hasEnded = false;
  private readonly gone: Promise<void>;

  constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, null>,
    image: Descriptor,
  ) {
    this.pid = child.pid!;
    this.path = `/proc/${process.pid}/fd/${image.number}`;
    child.stdin.on('error', () => undefined); // it ended before it read
    child.stdout.on('data', (bytes: Buffer) => {
      this.answer = Buffer.concat([this.answer, bytes]);
      this.heard();
    });
    this.gone = new Promise((resolve) => {
      child.once('close', () => {
        this.hasEnded = true;
        image.close();
        this.heard();
        resolve();
      });
    });
  }

  async ask(question: Uint8Array, size: number): Promise<Uint8Array> {
    this.child.stdin.write(question);
    while (this.answer.length < size) {
      if (this.hasEnded) throw new SystemError('read', 'EPIPE');
      await new Promise<void>((resolve) => (this.heard = resolve));
    }
    const bytes = this.answer.subarray(0, size);
    this.answer = this.answer.subarray(size);
    return bytes;
  }

  end(): Promise<void> {
    this.child.kill('SIGKILL');
    return this.gone;
  }
}
