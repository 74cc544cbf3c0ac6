/** A file that is written as the user who called us, whatever our own rights are. */
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Writable } from 'node:stream';
import { callerIdentity } from '../engine/callerIdentity';
import { RequestError } from './requestError';

export class ExportFile {
  private readonly stream: Writable;
  /** Settles when everything is written, or nothing more can be. */
  private readonly written: Promise<void>;

  constructor(private readonly path: string) {
    const { prefix } = callerIdentity(process.env);
    const [command, ...args] = [...prefix, 'sh', '-c', 'exec cat >"$1"', 'sh', path];
    if (prefix.length === 0) {
      const file = createWriteStream(path);
      this.stream = file;
      this.written = finished(file);
    } else {
      const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (data: Buffer) => (said += data.toString()));
      this.stream = child.stdin;
      this.written = once(child, 'close').then(([status]) => {
        if (status !== 0) throw new Error(said.trim() || `status ${String(status)}`);
      });
    }
    this.stream.on('error', () => undefined);
    this.written.catch(() => undefined);
  }

  /** @throws RequestError where the file cannot be written */
  async write(text: string): Promise<void> {
    if (this.stream.write(text)) return;
    await Promise.race([once(this.stream, 'drain').catch(() => undefined), this.failure()]);
  }

  /** @throws RequestError where the file could not be written */
  async close(): Promise<void> {
    this.stream.end();
    await this.failure();
  }

  private async failure(): Promise<void> {
    try {
      await this.written;
    } catch (error) {
      throw new RequestError(`${this.path} cannot be written: ${(error as Error).message}.`);
    }
  }
}
