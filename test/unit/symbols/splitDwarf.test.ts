import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { UnitHeader } from '../../../adapter/dwarf/debugInfo';
import { findSites } from '../../../adapter/engine/siteSearch';
import { parseWhere } from '../../../adapter/engine/where';
import { errorMessage } from '../../../adapter/messages';
import { openProgram } from '../../../adapter/symbols/module';
import { SourceMap } from '../../../adapter/symbols/sourceMap';
import { described, installed } from './twin';

const SOURCES = {
  'shape.h': 'struct point { int x, y; };\nstruct node { struct node *next; struct point at; };\n',
  'part.c': `#include "shape.h"
struct node head;
int part(struct node *n) {
  int sum = 0;
  for (; n; n = n->next)
    sum += n->at.x * n->at.y;
  return sum;
}
`,
  'main.c': `#include "shape.h"
struct node;
int part(struct node *n);
extern struct node head;
int main(int argc, char **argv) {
  struct point p = { argc, 2 };
  head.at = p;
  return part(&head) + (argv != 0);
}
`,
};

describe('Split debug information', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(directory, name), text);
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const run = (tool: string, ...args: string[]): void =>
    void execFileSync(tool, args, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  /** One object a source, so that .dwo files are written beside them. */
  const build = (compiler: string, name: string, ...flags: string[]): string => {
    const objects = ['part', 'main'].map((source) => {
      run(compiler, '-g', ...flags, '-c', `${source}.c`, '-o', `${source}.o`);
      return `${source}.o`;
    });
    run(compiler, ...objects, '-o', name);
    return join(directory, name);
  };
  const splitFiles = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.dwo'));
  const gapsOf = (path: string, search: readonly string[] = []): ReturnType<UnitHeader['gap']>[] => {
    const program = openProgram(path, search);
    const gaps = [...program.debug!.lines.statements()]
      .map(({ address }) => program.debug!.info.unitAt(address)?.gap())
      .filter((gap) => gap !== undefined);
    program.close();
    return gaps;
  };

  for (const compiler of ['gcc', 'clang'])
    for (const version of ['4', '5'])
      for (const types of [[], ['-fdebug-types-section']]) {
        const flags = ['-O0', `-gdwarf-${version}`, ...types];
        it(`says the same as when it is whole: ${compiler} ${flags.join(' ')}`, () => {
          const whole = described(build(compiler, 'program', ...flags));
          const split = build(compiler, 'program', ...flags, '-gsplit-dwarf');
          assert.equal(splitFiles().length, 2);
          assert.ok(whole.some((line) => line.includes('struct node')));
          assert.deepEqual(described(split), whole);
        });
      }

  // llvm-dwp 14 never ends on gcc's DWARF 5.
  for (const [compiler, version] of [
    ['gcc', '4'],
    ['clang', '4'],
    ['clang', '5'],
  ] as const)
    // prettier-ignore
    it(`is read from a package: ${compiler} -gdwarf-${version}`, function () {
      if (!installed('llvm-dwp')) this.skip(); // part of LLVM
      const flags = ['-O0', `-gdwarf-${version}`, '-fdebug-types-section'];
      const whole = described(build(compiler, 'program', ...flags));
      const split = build(compiler, 'program', ...flags, '-gsplit-dwarf');
      run('llvm-dwp', '-e', 'program', '-o', 'program.dwp');
      for (const name of splitFiles()) rmSync(join(directory, name));
      assert.deepEqual(described(split), whole);
    });

  describe('that is not where it was', () => {
    let program: string;
    let whole: string[];
    beforeEach(() => {
      whole = described(build('gcc', 'program', '-O0'));
      program = build('gcc', 'program', '-O0', '-gsplit-dwarf');
    });
    const moveTo = (name: string): string => {
      const place = join(directory, name);
      mkdirSync(place);
      for (const file of splitFiles()) renameSync(join(directory, file), join(place, file));
      return place;
    };

    it('is found in the search path', () => {
      assert.deepEqual(described(program, [moveTo('elsewhere')]), whole);
    });

    it('is found beside the program', () => {
      const place = moveTo('installed');
      copyFileSync(program, join(place, 'program'));
      assert.deepEqual(described(join(place, 'program')), whole);
    });

    it('leaves the lines, and says which files were looked for', () => {
      moveTo('hidden');
      const linesOf = (text: readonly string[]): readonly string[] =>
        [...new Set(text.filter((line) => !line.startsWith(' ')).map((line) => line.split(' ')[0]!))].sort();
      assert.deepEqual(linesOf(described(program)), linesOf(whole));
      for (const gap of gapsOf(program)) {
        assert.ok(gap?.code === 'split');
        const looked = gap.attempts.map(({ path }) => basename(path));
        assert.ok(looked.includes('program.dwp') && looked.includes(gap.file), looked.join());
        assert.ok(gap.attempts.every(({ problem }) => problem.code === 'absent'));
      }
    });

    it('is named for a function that it may have', () => {
      moveTo('hidden');
      for (const [name, file] of [
        ['part', 'part.dwo'],
        ['main', 'main.dwo'],
        ['absent', 'part.dwo and 1 more'],
      ] as const) {
        const opened = openProgram(program);
        assert.throws(
          () => findSites(parseWhere(name)!, [opened], new SourceMap()),
          (error) => {
            const message = errorMessage(error);
            const place = join(directory, file.split(' ')[0]!);
            assert.ok(message.includes(`${file}, which`) && message.includes(place), message);
            return true;
          },
        );
        opened.close();
      }
    });

    it('is refused when it belongs to another build', () => {
      copyFileSync(program, join(directory, 'kept'));
      build('gcc', 'program', '-O2', '-gsplit-dwarf');
      const gaps = gapsOf(join(directory, 'kept'));
      assert.ok(gaps.length > 0);
      for (const gap of gaps) {
        assert.ok(gap?.code === 'split');
        const problem = gap.attempts.find(({ path }) => path.endsWith('.dwo'))?.problem;
        assert.ok(
          problem?.code === 'mismatch' && problem.of === 'dwo_id' && problem.found !== problem.expected,
        );
      }
    });
  });

  it('is opened where its unit is asked for alone', () => {
    const path = build('gcc', 'program', '-O0', '-gsplit-dwarf');
    rmSync(join(directory, 'part.dwo'));
    const program = openProgram(path);
    const { lines, info } = program.debug!;
    const site = lines.resolve('main.c', 7);
    assert.ok(site.ok);
    const context = info.contextAt(site.sites[0]!.address);
    assert.deepEqual(
      context
        ?.locals()
        .map(({ name }) => name)
        .sort(),
      ['argc', 'argv', 'p'],
    );
    program.close();
  });
});
