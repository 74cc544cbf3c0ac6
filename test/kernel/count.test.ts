import assert from 'node:assert/strict';
import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { sourcetap, Target } from './sourcetap';

interface Count {
  readonly type: 'count';
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly hits?: number;
  readonly unavailable?: string;
}

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(...args: string[]): Promise<Outcome> {
  const child = sourcetap('count', ...args);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await once(child, 'close');
  return { status: child.exitCode, stdout, stderr };
}

async function counts(...args: string[]): Promise<Count[]> {
  const { status, stdout, stderr } = await run('--json', ...args);
  assert.equal(status, 0, stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Count);
}

const SOURCE = join(FIXTURES, 'jumps.cc');
const ROUNDS = '50';
const program = (): string => fixture('jumps.cc', { compiler: 'gcc', flags: ['-O0'] });

/** Of lines that gcov counts otherwise: for a loop it counts how often its condition is asked, for a catch every way to it. */
const OTHERWISE = /^\s*(for|\} catch) \(/;

/** By line, the sum over its functions, as gcov counts the same source. */
function countsOfGcov(): Map<number, number> {
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-gcov-'));
  try {
    copyFileSync(SOURCE, join(directory, 'jumps.cc'));
    const inside: ExecFileSyncOptionsWithStringEncoding = { cwd: directory, encoding: 'utf8', stdio: 'pipe' };
    execFileSync('g++', ['-g', '-O0', '--coverage', 'jumps.cc', '-o', 'jumps'], inside);
    execFileSync(join(directory, 'jumps'), [ROUNDS], inside);
    const data = readdirSync(directory).find((name) => name.endsWith('.gcda'))!;
    const report = JSON.parse(execFileSync('gcov', ['--json-format', '--stdout', data], inside)) as {
      files: { file: string; lines: { line_number: number; count: number }[] }[];
    };
    const lines = new Map<number, number>();
    for (const { line_number: line, count } of report.files.find(({ file }) => file === 'jumps.cc')!.lines)
      lines.set(line, (lines.get(line) ?? 0) + count);
    return lines;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe('sourcetap count', function () {
  before(needsKernel);

  it('counts every line as gcov does', async () => {
    const source = readFileSync(SOURCE, 'utf8').split('\n');
    const ours = new Map<number, number>();
    for (const { line, hits } of await counts('jumps.cc', '--program', program(), '--', ROUNDS))
      if (hits !== undefined) ours.set(line, (ours.get(line) ?? 0) + hits);
    const theirs = [...countsOfGcov()].filter(
      ([line]) => ours.has(line) && !OTHERWISE.test(source[line - 1]!),
    );
    assert.ok(theirs.length > 70);
    assert.deepEqual(
      theirs.map(([line]) => [line, ours.get(line)]),
      theirs,
    );
  });

  it('counts as trace does', async () => {
    const line = probeLine('jumps.cc', 'called');
    const args = ['--program', program(), '--', ROUNDS];
    const trace = sourcetap('trace', `jumps.cc:${String(line)}`, '--count', '--json', ...args);
    let stdout = '';
    trace.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    await once(trace, 'close');
    const [summary] = stdout.split('\n').filter((each) => each.includes('"summary"'));
    const { hits } = JSON.parse(summary!) as { hits: number };
    const own = (await counts('jumps.cc', ...args)).filter((count) => count.line === line);
    assert.deepEqual(
      own.map((count) => count.hits),
      [hits],
    );
  });

  it('takes functions, and the whole program where it is given nothing', async () => {
    const args = ['--program', program(), '--', ROUNDS];
    const all = await counts(...args);
    const own = await counts('catcher', 'dense', ...args);
    const named = (count: Count): boolean => ['catcher', 'dense'].includes(count.function);
    assert.deepEqual(own, all.filter(named));
    assert.ok(own.length > 10 && own.length < all.length);
    assert.deepEqual(await counts('jumps.cc', 'catcher', ...args), await counts('jumps.cc', ...args));
  });

  it('says of a line that takes no probe why', async () => {
    const line = probeLine('jumps.cc', 'trap');
    const all = await counts('jumps.cc', '--program', program(), '--', ROUNDS);
    const [trap] = all.filter((count) => count.line === line);
    assert.equal(trap!.hits, undefined);
    assert.match(trap!.unavailable!, /ud2/);
  });

  it('lists what runs most often first', async () => {
    const { stdout } = await run('dense', '--program', program(), '--', ROUNDS);
    const hits = [...stdout.matchAll(/^ *(\d+) {2}\S+jumps\.cc:\d+ {2}dense$/gm)].map(([, each]) =>
      Number(each),
    );
    assert.ok(hits.length > 5 && hits[0]! > 0);
    assert.deepEqual(
      hits,
      [...hits].sort((a, b) => b - a),
    );
  });

  it('shows the source with the counts beside it', async () => {
    const line = probeLine('jumps.cc', 'called');
    const { stdout } = await run('thrower', '--annotate', '--program', program(), '--', ROUNDS);
    const [own] = (await counts('thrower', '--program', program(), '--', ROUNDS)).filter(
      (count) => count.line === line,
    );
    const text = readFileSync(SOURCE, 'utf8').split('\n')[line - 1]!;
    assert.ok(
      stdout.includes(`${String(own!.hits).padStart(10)} ${String(line).padStart(6)}  ${text}`),
      stdout,
    );
  });

  it('says that a source is not there', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sourcetap-moved-'));
    copyFileSync(SOURCE, join(directory, 'moved.cc'));
    const moved = join(directory, 'moved');
    execFileSync('g++', ['-g', join(directory, 'moved.cc'), '-o', moved]);
    rmSync(join(directory, 'moved.cc'));
    const { stdout, status } = await run('tail', '--annotate', '--program', moved, '--', ROUNDS);
    assert.equal(status, 0);
    assert.match(stdout, /moved\.cc: the source is not on this machine \(ENOENT\)/);
    assert.match(stdout, /^ *50 +\d+ {2}tail$/m);
    rmSync(directory, { recursive: true });
  });

  it('counts a running process until it is interrupted', async () => {
    const target = new Target(program(), ROUNDS, 'wait');
    await target.printed(/ready/);
    const child = sourcetap('count', 'dense', '--json', '--pid', String(target.pid));
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    await once(child.stderr, 'data'); // counting ...
    target.process.stdin.write('\n');
    await target.printed(/sum/);
    child.kill('SIGINT');
    await once(child, 'close');
    assert.equal(child.exitCode, 0);
    const hits = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as Count).hits);
    assert.ok(hits.some((each) => each! > 0));
    target.go();
    await target.end();
  });

  it('refuses what it cannot count', async () => {
    const nobody = await run('nobody', 'dense', '--program', program());
    assert.equal(nobody.status, 1);
    assert.match(nobody.stderr, /nobody/);
    assert.equal(nobody.stdout, '');
    assert.equal((await run('--json', '--annotate', '--program', program())).status, 2);
    assert.equal((await run('dense')).status, 2);
  });
});
