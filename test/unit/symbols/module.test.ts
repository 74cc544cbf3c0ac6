import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openProgram, type Module } from '../../../adapter/symbols/module';
import { SymbolError } from '../../../adapter/symbols/symbolError';
import { buildElf } from '../../builders/elf';
import { fixture, probeLine } from '../../fixtures/build';
import { told } from '../../builders/lineSites';

const LINE = probeLine('loop.c', 'work');

describe('a program by its path', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'sourcetap-'))));
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const write = (name: string, bytes: Uint8Array | string): string => {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  };

  it('has its debug information, build-id and no load bias', () => {
    const program = openProgram(fixture('loop.c'));
    assert.equal(program.debug?.lines.resolve('loop.c', LINE).ok, true);
    assert.match(program.buildId!, /^[0-9a-f]{40}$/);
    assert.equal(program.loadBias, undefined);
    assert.equal(program.replacedOnDisk, false);
    program.close();
  });

  const refused: Record<string, [() => string, string]> = {
    'no such file': [() => join(directory, 'nothing'), 'noSuchProgram'],
    'a directory': [() => directory, 'isDirectory'],
    'a script': [() => write('script', '#!/bin/sh\n'), 'notElf'],
    'an empty file': [() => write('empty', ''), 'notElf'],
    'a 32-bit program': [() => write('small', buildElf({ class: 1, machine: 3 })), 'unsupportedElf'],
    'half a program': [() => write('half', buildElf({}).subarray(0, 70)), 'damagedElf'],
  };
  for (const [what, [path, code]] of Object.entries(refused))
    it(`refuses ${what}`, () => {
      assert.throws(
        () => openProgram(path()),
        (error: unknown) => error instanceof SymbolError && error.code === code,
      );
    });

  describe('without debug information', () => {
    let stripped: string;
    let debug: string;
    const tools = (tool: string, ...args: string[]): void =>
      void execFileSync(tool, args, { cwd: directory, stdio: ['ignore', 'pipe', 'ignore'] });
    const resolves = (program: Module): boolean => {
      try {
        return program.debug?.lines.resolve('loop.c', LINE).ok ?? false;
      } finally {
        program.close();
      }
    };
    const idOf = (path: string): string => {
      const program = openProgram(path);
      const id = program.buildId!;
      program.close();
      return id;
    };

    beforeEach(() => {
      stripped = join(directory, 'loop');
      debug = join(directory, 'loop.debug');
      copyFileSync(fixture('loop.c'), stripped);
      tools('objcopy', '--only-keep-debug', stripped, debug);
      tools('strip', stripped);
    });

    it('says that it has none', () => {
      const program = openProgram(stripped);
      assert.equal(program.debug, undefined);
      program.close();
    });

    it('takes it from a build-id tree of the search path, with the same sites', () => {
      const id = idOf(stripped);
      const tree = join(directory, 'tree');
      mkdirSync(join(tree, '.build-id', id.slice(0, 2)), { recursive: true });
      copyFileSync(debug, join(tree, '.build-id', id.slice(0, 2), `${id.slice(2)}.debug`));
      const program = openProgram(stripped, [tree]);
      const whole = openProgram(fixture('loop.c'));
      /** Scopes by their names: each file has its own objects. */
      const statements = ({ debug }: Module): unknown =>
        [...debug!.lines.statements()].map((site) => ({ ...told(site), scope: site.scope?.name }));
      assert.ok(program.debug?.lines.resolve('loop.c', LINE).ok);
      assert.deepEqual(statements(program), statements(whole));
      program.close();
      whole.close();
    });

    it('takes it by .gnu_debuglink from its own directory, from .debug, and from the search path', () => {
      tools('objcopy', '--add-gnu-debuglink=loop.debug', 'loop');
      assert.equal(resolves(openProgram(stripped)), true);
      for (const [place, search] of [
        ['.debug', []],
        ['elsewhere', [join(directory, 'elsewhere')]],
      ] as const) {
        rmSync(debug, { force: true });
        mkdirSync(join(directory, place), { recursive: true });
        tools('objcopy', '--only-keep-debug', fixture('loop.c'), join(place, 'loop.debug'));
        assert.equal(resolves(openProgram(stripped, search)), true, place);
        rmSync(join(directory, place), { recursive: true });
      }
    });

    it('checks the CRC where build-ids do not tell', () => {
      tools('objcopy', '--remove-section=.note.gnu.build-id', debug);
      tools('objcopy', '--add-gnu-debuglink=loop.debug', 'loop');
      assert.equal(resolves(openProgram(stripped)), true);
      tools('objcopy', '--remove-section=.comment', debug);
      assert.equal(resolves(openProgram(stripped)), false);
    });

    it("does not take another build's", () => {
      tools('objcopy', '--add-gnu-debuglink=loop.debug', 'loop');
      tools('objcopy', '--only-keep-debug', fixture('loop.c', { compiler: 'gcc', flags: ['-O2'] }), debug);
      assert.equal(resolves(openProgram(stripped)), false);
    });
  });
});
