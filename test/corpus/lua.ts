/** A real program: lua 5.4 from Debian's source package, built once into the cache of this machine. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Variant } from '../fixtures/build';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sourcetap');

/** Path of the lua interpreter, built if needed; its sources are in `src` beside it. @throws if the build fails */
export function lua(variant: Variant = { compiler: 'gcc', flags: ['-O2'] }): string {
  const name = ['lua', variant.compiler, ...variant.flags].join('-').replaceAll('--', '-');
  const program = join(CACHE, name, 'lua');
  if (!existsSync(program)) {
    const build = join(__dirname, 'build-lua');
    execFileSync(build, [dirname(program), variant.compiler, ...variant.flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
  return program;
}
