/** A real program: lua 5.4 from Debian's source package, -O2 -g, built once into the cache of this machine. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sourcetap');

/** Path of the lua interpreter, built if needed. @throws with the build's output if that fails. */
export function lua(): string {
  const program = join(CACHE, 'lua', 'lua');
  if (!existsSync(program))
    execFileSync(join(__dirname, 'build-lua'), [join(CACHE, 'lua')], { stdio: ['ignore', 'pipe', 'pipe'] });
  return program;
}
