import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookAtExecutable } from '../../../src/model/executable';
import { findBuilt, findPrograms } from '../../../src/model/programSearch';

describe('executables, by their section headers', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const compile = (name: string, ...flags: string[]): string => {
    execFileSync('gcc', ['-o', at(name), at('main.c'), ...flags]);
    return at(name);
  };
  const sectionsOf = (path: string): string => execFileSync('readelf', ['-SW', path], { encoding: 'utf8' });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    writeFileSync(at('main.c'), 'int main(void) { return 0; }\n');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  for (const [what, flags, isProgram] of [
    ['a program that may be anywhere', ['-g', '-pie'], true],
    ['one that may not', ['-g', '-no-pie'], true],
    ['one without an interpreter', ['-g', '-nostdlib', '-static-pie', '-Wl,-e,main'], true],
    ['one with compressed sections', ['-g', '-gz'], true],
    ['one without debug information', [], true],
    ['one that was stripped', ['-s'], true],
    ['a library', ['-g', '-shared', '-fpic'], false],
    ['an object file', ['-g', '-c'], false],
  ] as const) {
    it(`are told apart as readelf does: ${what}`, async () => {
      const path = compile('it', ...flags);
      assert.deepEqual(await lookAtExecutable(path), {
        isProgram,
        hasDebugInformation: /\.z?debug_info/.test(sectionsOf(path)),
      });
    });
  }

  it('have debug information in a separate file, once it is there', async () => {
    const path = compile('it', '-g');
    execFileSync('objcopy', ['--only-keep-debug', path, at('it.debug')]);
    execFileSync('objcopy', ['--strip-debug', `--add-gnu-debuglink=${at('it.debug')}`, path]);
    assert.equal((await lookAtExecutable(path))!.hasDebugInformation, true);
    rmSync(at('it.debug'));
    assert.equal((await lookAtExecutable(path))!.hasDebugInformation, false);
  });

  it('have it by build-id, below the root of their mount namespace', async () => {
    const path = compile('it', '-Wl,--build-id=0xabcdef');
    assert.equal((await lookAtExecutable(path, '/it', folder))!.hasDebugInformation, false);
    mkdirSync(at('usr/lib/debug/.build-id/ab'), { recursive: true });
    writeFileSync(at('usr/lib/debug/.build-id/ab/cdef.debug'), '');
    assert.equal((await lookAtExecutable(path, '/it', folder))!.hasDebugInformation, true);
  });

  it('are nothing where there is no such file, or a damaged one', async () => {
    for (const bytes of ['', '#!/bin/sh\n', '\x7fELF\x02\x01', `\x7fELF\x02\x01${'\xff'.repeat(58)}`]) {
      writeFileSync(at('it'), bytes, 'latin1');
      assert.equal(await lookAtExecutable(at('it')), undefined, JSON.stringify(bytes));
    }
    assert.equal(await lookAtExecutable(at('nowhere')), undefined);
  });

  it('are found in a folder where they have debug information, the newest first', async () => {
    mkdirSync(at('build/deps'), { recursive: true });
    mkdirSync(at('node_modules'));
    const [old, young] = [compile('build/old', '-g'), compile('young', '-g')];
    utimesSync(old, 1000, 1000);
    utimesSync(young, 2000, 2000);
    linkSync(old, at('build/deps/old-1234'));
    compile('bare');
    const library = compile('library.so.1', '-g', '-shared', '-fpic');
    utimesSync(library, 1500, 1500);
    compile('node_modules/tool', '-g');
    writeFileSync(at('run.sh'), '#!/bin/sh\n', { mode: 0o755 });
    assert.deepEqual(await findPrograms(folder), [young, old]);
    assert.deepEqual(await findBuilt(folder), [young, library, old]);
    assert.deepEqual(await findPrograms(at('nowhere')), []);
  });
});
