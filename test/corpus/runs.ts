/** Runs of programs of the corpus that go the same way each time. */
import { join } from 'node:path';
import { fixture } from '../fixtures/build';
import { corpus } from './corpus';
import type { Run } from './gdbValues';

/** @param name of a lua, sqlite or C++ program of the corpus */
export function runOf(name: string): Run {
  const directory = join(__dirname, 'programs');
  const clock = fixture('standingClock.c', { compiler: 'gcc', flags: ['-O2', '-shared', '-fPIC'] });
  return {
    program: corpus(name),
    args: argumentsOf(name),
    directory,
    environment: { LD_PRELOAD: clock, PWD: directory },
    output: `${clock}.output`,
  };
}

function argumentsOf(name: string): string[] {
  if (name.startsWith('lua')) return ['features.lua'];
  if (name.startsWith('sqlite3')) return ['-init', 'features.sql', ':memory:', '.quit'];
  return ['5'];
}
