import { write } from 'node:fs';

/**
 * Lines on their way to a descriptor. One write is under way at a time, on a thread of libuv's pool, so that a reader
 * that stands still holds up nobody but its own output.
 */
export class OutputQueue {
  private waiting: string[] = [];
  private waitingLength = 0;
  private writing = false;
  private readonly idle: (() => void)[] = [];
  /** The reader is gone; what is written goes nowhere. */
  readonly closed: Promise<void>;
  private isClosed = false;
  private tellClosed!: () => void;

  /** All that `use` writes is out when it resolves, also where it throws. */
  static async to<T>(descriptor: number, use: (output: OutputQueue) => T | Promise<T>): Promise<T> {
    const output = new OutputQueue(descriptor);
    try {
      return await use(output);
    } finally {
      await output.flush();
    }
  }

  constructor(private readonly descriptor: number) {
    this.closed = new Promise((resolve) => (this.tellClosed = resolve));
  }

  /** Is there room for more? */
  get ready(): boolean {
    return this.waitingLength < MAX_WAITING;
  }

  line(text: string): void {
    if (this.isClosed) return;
    this.waiting.push(text, '\n');
    this.waitingLength += text.length + 1;
    if (!this.writing && this.waitingLength >= CHUNK) this.next();
    else if (!this.writing) this.soon();
  }

  /** Resolves when everything is written, or the reader is gone. */
  flush(): Promise<void> {
    if (!this.writing && this.waitingLength > 0) this.next();
    return this.writing ? new Promise((resolve) => this.idle.push(resolve)) : Promise.resolve();
  }

  private soon(): void {
    this.writing = true;
    setImmediate(() => {
      this.next();
    });
  }

  private next(): void {
    if (this.waitingLength === 0) {
      this.writing = false;
      for (const resolve of this.idle.splice(0)) resolve();
      return;
    }
    this.writing = true;
    const bytes = Buffer.from(this.waiting.join(''));
    this.waiting = [];
    this.waitingLength = 0;
    this.write(bytes);
  }

  private write(bytes: Buffer): void {
    write(this.descriptor, bytes, 0, bytes.length, null, (error, written) => {
      if (error?.code === 'EAGAIN')
        setTimeout(() => {
          this.write(bytes);
        }, RETRY_MS);
      else if (error) this.close();
      else if (written < bytes.length) this.write(bytes.subarray(written));
      else this.next();
    });
  }

  private close(): void {
    this.isClosed = true;
    this.waiting = [];
    this.waitingLength = 0;
    this.tellClosed();
    this.next();
  }
}

/** Characters. */
const MAX_WAITING = 1 << 20;
const CHUNK = 1 << 16;
/** The descriptor is shared with somebody who made it non-blocking. */
const RETRY_MS = 2;
