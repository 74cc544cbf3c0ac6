/** Answers of debuggers about programs, kept on this machine: they take minutes, and depend on nothing but their question. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const DIRECTORY = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sourcetap', 'oracle');

/**
 * @param program whose bytes are part of the question
 * @param question the rest of it: the script that asks, and what it asks about
 * @param ask writes the answer to the file of this path
 */
export function answerFor(program: string, question: readonly string[], ask: (out: string) => void): string {
  const key = createHash('sha256')
    .update(readFileSync(program))
    .update(JSON.stringify(question))
    .digest('hex');
  const path = join(DIRECTORY, `${key}.json`);
  if (!existsSync(path)) {
    mkdirSync(DIRECTORY, { recursive: true });
    const fresh = `${path}.${process.pid}`;
    ask(fresh);
    renameSync(fresh, path);
  }
  return readFileSync(path, 'utf8');
}
