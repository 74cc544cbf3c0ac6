import type { Plan } from '../capture/plan';
import { DecodeError } from '../elf/decodeError';
import { ElfImage } from '../elf/image';
import { openFile } from '../sys/file';
import { BackendError } from './backend';

/**
 * Offsets of one build mean nothing in another.
 * @throws BackendError `fileChanged`, SystemError
 */
export function checkBuildId({ path, buildId }: Plan): void {
  if (buildId === undefined) return;
  const found = buildIdOf(path);
  if (found !== buildId) throw new BackendError({ code: 'fileChanged', path, expected: buildId, found });
}

/** Undefined for what is not an ELF file, too. */
function buildIdOf(path: string): string | undefined {
  const file = openFile(path);
  try {
    return ElfImage.parse(file).buildId;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  } finally {
    file.close();
  }
}
