/** Runs of programs of the corpus that go the same way each time. */
import { join } from 'node:path';
import { fixture } from '../fixtures/build';
import { corpus } from './corpus';
import type { Run } from './gdbValues';

/** @param name of a lua, sqlite or C++ program of the corpus */
export const runOf = (name: string): Run => runWith(name, []);

/** The same but that libraries are elsewhere: what depends on their places is then another. */
export const movedRunOf = (name: string): Run => runWith(name, ['-DROOM=65536']);

function runWith(name: string, flags: readonly string[]): Run {
  const directory = join(__dirname, 'programs');
  const clock = fixture('standingClock.c', { compiler: 'gcc', flags: ['-shared', '-fPIC', ...flags] });
  const environment = { LD_PRELOAD: clock, PWD: directory };
  return { program: corpus(name), args: argumentsOf(name), directory, environment };
}

function argumentsOf(name: string): string[] {
  if (name.startsWith('lua')) return ['features.lua'];
  if (name.startsWith('sqlite3')) return ['-init', 'features.sql', ':memory:', '.quit'];
  return ['5'];
}
