/** What was built with debug information in a folder, for those who have not said which program to trace. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { lookAtExecutable, type Executable } from './executable';

interface Candidate {
  path: string;
  /** Milliseconds since the epoch. */
  modified: number;
  /** The same of hard links: cargo keeps two of each program. */
  identity: string;
}

export const findPrograms = (folder: string): Promise<string[]> =>
  findBuilt(folder, ({ isProgram }) => isProgram);

/** Programs and shared libraries, the newest first. What the limits leave out is not found. */
export async function findBuilt(
  folder: string,
  isWanted: (file: Executable) => boolean = () => true,
): Promise<string[]> {
  const candidates = (await executableFiles(folder)).sort((a, b) => b.modified - a.modified);
  const found: string[] = [];
  for (const { path } of candidates.slice(0, MAX_LOOKED_AT)) {
    const file = await lookAtExecutable(path);
    if (file?.hasDebugInformation && isWanted(file)) found.push(path);
    if (found.length === MAX_FOUND) break;
  }
  return found;
}

/** The outer folders first, so that the limits leave out what is deep. */
async function executableFiles(folder: string): Promise<Candidate[]> {
  const found = new Map<string, Candidate>();
  let room = MAX_ENTRIES;
  let level = [folder];
  for (let depth = 0; depth < MAX_DEPTH && level.length > 0; depth++) {
    const below: string[] = [];
    for (const directory of level) {
      const entries = (await readdir(directory, { withFileTypes: true }).catch(() => [])).slice(0, room);
      room -= entries.length;
      const files = entries.filter((entry) => entry.isFile() && !OTHERS.test(entry.name));
      const candidates = await Promise.all(files.map(({ name }) => candidateAt(join(directory, name))));
      for (const one of candidates) if (one && !found.has(one.identity)) found.set(one.identity, one);
      for (const entry of entries)
        if (entry.isDirectory() && !SKIPPED.has(entry.name)) below.push(join(directory, entry.name));
    }
    level = below;
  }
  return [...found.values()];
}

async function candidateAt(path: string): Promise<Candidate | undefined> {
  const status = await stat(path).catch(() => undefined);
  if (!status?.isFile() || (status.mode & MAY_EXECUTE) === 0) return undefined;
  return { path, modified: status.mtimeMs, identity: `${status.dev}:${status.ino}` };
}

/** Large, and without programs of the folder's own. */
const SKIPPED = new Set(['node_modules', '.git', '.hg', '.svn', 'CMakeFiles', 'incremental', '.fingerprint']);
const OTHERS = /\.(o|a|ko|node|py|sh|js|pl)$/;
const MAY_EXECUTE = 0o111;
/** Files and folders. */
const MAX_ENTRIES = 40_000;
const MAX_DEPTH = 10;
const MAX_LOOKED_AT = 1000;
const MAX_FOUND = 20;
