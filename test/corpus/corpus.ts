/** Where the programs of the corpus are on this machine; each is built when it is first asked for. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Variant } from '../fixtures/build';
import { recipeOf } from './programs';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sourcetap');
const CORPUS = join(CACHE, 'corpus');

/** Those that are known to be up to date. */
const built = new Set<string>();

/**
 * Path of a program of test/corpus/programs.ts. The first of an origin takes minutes: its sources are fetched.
 * @throws if it cannot be built, with the output of the build
 */
export function corpus(name: string): string {
  const { recipe, needs = [] } = recipeOf(name);
  const program = join(CORPUS, 'bin', name);
  needs.forEach(corpus);
  // Those of our own sources are built again when these change, which the build sees.
  if (!built.has(name) && (recipe[0] === 'source' || !existsSync(program))) {
    const [kind, ...parameters] = recipe;
    execFileSync(resolve(__dirname, '../../test/corpus/build'), [CORPUS, kind, name, ...parameters], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
  built.add(name);
  return program;
}

/** The lua interpreter as one of VARIANTS. */
export const lua = ({ compiler, flags }: Variant = { compiler: 'gcc', flags: ['-O2'] }): string =>
  corpus(`lua-${compiler === 'gcc' ? 'gcc12' : 'clang14'}${flags.join('')}-dw5`);

/** The directory of lua's sources. */
export function luaSources(): string {
  lua();
  return join(CORPUS, 'src', 'lua5.4-src', 'src');
}
