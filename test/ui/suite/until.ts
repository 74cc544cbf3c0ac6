import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds for what the editor and the adapter do on request. */
const PATIENCE = 10_000;

/** Waits for a state of the outside world. Gives what was read when it was there. */
export async function until<T>(
  what: string,
  read: () => T,
  holds: (value: Awaited<T>) => boolean = Boolean,
): Promise<Awaited<T>> {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`waited for ${what}; last saw ${JSON.stringify(value)}`);
    await sleep(30);
  }
}
