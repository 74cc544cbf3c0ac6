import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProgram } from '../../../adapter/symbols/module';
import { fixture } from '../../fixtures/build';
import { described, installed } from './twin';

/** What dwz moves out of two programs into a file that both refer to. */
describe('A supplementary file', () => {
  let directory: string;
  beforeEach(function () {
    if (!installed('dwz')) this.skip();
    directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
  });
  afterEach(() => {
    if (directory) rmSync(directory, { recursive: true });
  });

  const whole = (version: string): string =>
    fixture('names.cc', { compiler: 'gcc', flags: ['-O0', `-gdwarf-${version}`] });
  const shared = (version: string, ...flags: string[]): string => {
    const programs = ['one', 'two'].map((name) => join(directory, name));
    for (const program of programs) copyFileSync(whole(version), program);
    execFileSync('dwz', [...flags, '-m', 'common', '-r', 'one', 'two'], { cwd: directory, stdio: 'pipe' });
    return programs[0]!;
  };

  for (const [version, ...flags] of [['4'], ['5'], ['5', '--dwarf-5']] as const)
    it(`holds what is common: DWARF ${version} ${flags.join(' ')}`, () => {
      assert.deepEqual(described(shared(version, ...flags)), described(whole(version)));
    });

  it('is found in a tree of the search path', () => {
    const program = shared('5');
    mkdirSync(join(directory, 'tree', '.dwz'), { recursive: true });
    renameSync(join(directory, 'common'), join(directory, 'tree', '.dwz', 'common'));
    assert.deepEqual(described(program, [join(directory, 'tree')]), described(whole('5')));
  });

  const gapOf = (path: string): unknown => {
    const program = openProgram(path);
    const [site] = program.debug!.lines.statements();
    const gap = program.debug!.info.unitAt(site!.address)?.gap();
    program.close();
    return gap;
  };

  it('that is missing is named', () => {
    const program = shared('5');
    rmSync(join(directory, 'common'));
    const gap = gapOf(program) as { code: string; attempts: { path: string; problem: { code: string } }[] };
    assert.equal(gap.code, 'supplementary');
    assert.deepEqual(gap.attempts[0], { path: join(directory, 'common'), problem: { code: 'absent' } });
  });

  it('of another build is refused', () => {
    const program = shared('5');
    copyFileSync(fixture('loop.c'), join(directory, 'common'));
    const gap = gapOf(program) as { attempts: { problem: { code: string; of?: string } }[] };
    assert.equal(gap.attempts[0]?.problem.code, 'mismatch');
    assert.equal(gap.attempts[0].problem.of, 'build-id');
  });
});
