import { DecodeError } from '../elf/decodeError';

/** Undefined where the input is damaged: it costs the part that is damaged, not the rest of the file. */
export function tolerant<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
