/** What a launched program prints, as output events. */
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import type { TargetEnd } from '../engine/target';

/** Resolves when the stream has ended, and all of it is sent. */
export function pump(
  stream: Readable,
  category: 'stdout' | 'stderr',
  send: (event: string, body: object) => void,
): Promise<void> {
  const decoder = new StringDecoder('utf8');
  const emit = (output: string): void => {
    if (output !== '') send('output', { category, output });
  };
  stream.on('data', (data: Buffer) => {
    emit(decoder.write(data));
  });
  return new Promise((resolve) => {
    stream.once('close', () => {
      emit(decoder.end());
      resolve();
    });
  });
}

/** The end of a launched program: what it printed last comes before the word of its end. */
export async function lastOutput(outputs: readonly Promise<void>[], end: TargetEnd): Promise<TargetEnd> {
  // A child that it left behind may hold its output open.
  await Promise.race([Promise.all(outputs), sleep(OUTPUT_GRACE_MS)]);
  return end;
}

const OUTPUT_GRACE_MS = 200;
