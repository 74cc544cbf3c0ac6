import type { Acceptance, Attempt, FileProblem, Found } from '../dwarf/relatedFile';
import { DecodeError } from '../elf/decodeError';
import { ElfImage } from '../elf/image';
import type { ReadableFile } from '../sys/file';
import { SystemError } from '../sys/systemError';

/** Opens a file that lives as long as what it belongs to. Throws SystemError. */
export type Open = (path: string) => ReadableFile;

export type Accept<T> = (image: ElfImage, path: string, file: ReadableFile) => Acceptance<T>;

/** The first file of several that is accepted; the others are closed, and why they are of no use is told. */
export function firstAccepted<T>(paths: Iterable<string>, open: Open, accept: Accept<T>): Found<T> {
  const attempts: Attempt[] = [];
  for (const path of new Set(paths)) {
    const found = tried(path, open, accept);
    if (found.ok) return found;
    attempts.push({ path, problem: found.problem });
  }
  return { ok: false, attempts };
}

function tried<T>(path: string, open: Open, accept: Accept<T>): Acceptance<T> {
  let file: ReadableFile | undefined;
  try {
    file = open(path);
    const acceptance = accept(ElfImage.parse(file), path, file);
    if (!acceptance.ok) file.close();
    return acceptance;
  } catch (error) {
    file?.close();
    return { ok: false, problem: problemOf(error) };
  }
}

function problemOf(error: unknown): FileProblem {
  if (error instanceof DecodeError) return { code: 'damaged', error };
  if (!(error instanceof SystemError)) throw error;
  const { errno } = error;
  return errno === 'ENOENT' || errno === 'ENOTDIR' ? { code: 'absent' } : { code: 'unreadable', errno };
}
