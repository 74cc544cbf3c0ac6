import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { kernelGap } from './available';
import { sourcetap, Target, Tracing } from './sourcetap';

const WORK = `loop.c:${String(probeLine('loop.c', 'work'))}`;
const LOOP = fixture('loop.c');
let scratch: string;

/** Runs to the end; gives the exit status and what was said. */
async function run(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = sourcetap(...args);
  child.stdin.end();
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  await new Promise((done) => child.once('close', done));
  return { status: child.exitCode, stdout, stderr };
}

/** Pids of processes that run a program. */
const running = (program: string): string[] =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/exe`) === program;
    } catch {
      return false;
    }
  });

describe('bad input', function () {
  before(function () {
    const gap = kernelGap();
    if (gap) {
      console.log(`skipped: ${gap}`);
      this.skip();
    }
    scratch = mkdtempSync(join(tmpdir(), 'sourcetap-bad-'));
  });
  after(() => {
    rmSync(scratch, { recursive: true, force: true });
  });

  /** A file in the scratch folder, executable. */
  const file = (name: string, contents: string | Buffer): string => {
    const path = join(scratch, name);
    writeFileSync(path, contents);
    chmodSync(path, 0o755);
    return path;
  };
  const elf32 = (): Buffer => {
    const header = Buffer.alloc(64);
    header.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
    return header;
  };
  const stripped = (): string => {
    const path = join(scratch, 'stripped');
    copyFileSync(LOOP, path);
    execFileSync('strip', ['-g', path]);
    return path;
  };
  const gone = (): string => {
    const { pid } = spawnSync('/bin/true');
    return String(pid);
  };

  const REFUSED: readonly { name: string; args: () => string[]; says: RegExp; status?: number }[] = [
    {
      name: 'no such program',
      args: () => [WORK, '--program', '/no/such'],
      says: /There is no program \/no\/such/,
    },
    {
      name: 'a directory',
      args: () => [WORK, '--program', scratch],
      says: /sourcetap-bad-\w+ is a directory: name the executable in it/,
    },
    {
      name: 'several places, of which two are not there',
      args: () => ['nowhere', WORK, 'loop.c:2', '--count', '--program', LOOP],
      says: /^sourcetap: nowhere: .*\nsourcetap: loop\.c:2: .*no code.*\n$/,
    },
    {
      name: 'a script',
      args: () => [WORK, '--program', file('script', '#!/bin/sh\n')],
      says: /is not an ELF file/,
    },
    { name: 'a 32-bit program', args: () => [WORK, '--program', file('elf32', elf32())], says: /x86-64/ },
    {
      name: 'no debug information',
      args: () => [WORK, '--program', stripped()],
      says: /no debug information\. Compile it with -g, or install its debug symbols .*-dbgsym/,
    },
    {
      name: 'a file that is not in the program',
      args: () => ['lop.c:3', '--program', LOOP],
      says: /The program has no source file lop\.c/,
    },
    {
      name: 'a line without code outside of functions',
      args: () => ['loop.c:2', '--program', LOOP],
      says: /loop\.c:2 has no code.*nearest with code: \d+/,
    },
    {
      name: 'a syntax error in the message',
      args: () => [WORK, '--log', 'n={n', '--program', LOOP],
      says: /expected .*"}" or operator, found the end \(column 5\)/,
    },
    {
      name: 'a function that is not there',
      args: () => ['nowhere', '--program', LOOP],
      says: /neither a source file nor a function of the name nowhere/,
    },
    {
      name: 'an address without code',
      args: () => ['*0x10', '--program', LOOP],
      says: /no machine code at 0x10/,
    },
    {
      name: 'the middle of an instruction',
      args: () => ['*0x11d5', '--program', LOOP],
      says: /not proven to be the beginning of an instruction/,
    },
    { name: 'a process that is gone', args: () => [WORK, '--pid', gone()], says: /There is no process \d+/ },
    { name: 'a kernel thread', args: () => [WORK, '--pid', '2'], says: /no process 2|runs no program/ },
    {
      name: 'a condition that does not parse',
      args: () => [WORK, '--if', 'n >', '--program', LOOP],
      says: /Condition "n >": expected .*column/,
    },
    { name: 'no place', args: () => ['--program', LOOP], says: /trace needs a WHERE/, status: 2 },
    {
      name: 'a place that is none',
      args: () => ['loop.c:', '--program', LOOP],
      says: /"loop\.c:" is no place/,
      status: 2,
    },
    { name: 'no target', args: () => [WORK], says: /give one of --program, --pid and --all/, status: 2 },
    { name: 'two targets', args: () => [WORK, '--pid', '1', '--all', LOOP], says: /give one of/, status: 2 },
    {
      name: 'an option that is none',
      args: () => [WORK, '--fast', '--program', LOOP],
      says: /--fast/,
      status: 2,
    },
    {
      name: 'a pid that is none',
      args: () => [WORK, '--pid', '12x'],
      says: /"12x" is no process number/,
      status: 2,
    },
    {
      name: 'a duration that is none',
      args: () => [WORK, '--duration', 'long', '--pid', '1'],
      says: /"long" is no number of seconds/,
      status: 2,
    },
    {
      name: 'a ring of a size that the kernel does not take',
      args: () => [WORK, '--ring', '5000', '--pid', '1'],
      says: /--ring takes a power of two from 4K to 1G, not "5000"/,
      status: 2,
    },
  ];

  for (const { name, args, says, status = 1 } of REFUSED) {
    it(`${name}: says what to do, exit status ${String(status)}, nothing left behind`, async () => {
      const outcome = await run('trace', '--json', ...args());
      assert.match(outcome.stderr, says);
      assert.doesNotMatch(outcome.stderr, /Internal error/);
      assert.equal(outcome.status, status, outcome.stderr);
      assert.equal(outcome.stdout, '');
      assert.deepEqual(running(resolve(LOOP)), [], 'no stub or program is left');
    });
  }

  it('a line without code within a function: moved to the next that has some, and said', async () => {
    const lines = readFileSync(join(FIXTURES, 'loop.c'), 'utf8').split('\n');
    const declaration = lines.findIndex((line) => line.includes('pthread_t ids[64];')) + 1;
    const where = `loop.c:${String(declaration)}`;
    const { hits, stderr } = await new Tracing(where, '--program', LOOP, '--', '1', '1').end();
    assert.deepEqual(
      hits.map(({ line }) => line),
      [declaration + 1],
    );
    assert.match(
      stderr,
      new RegExp(`line ${String(declaration)} has no code, so it is at line ${String(declaration + 1)}`),
    );
  });

  it('an unknown variable: the tracepoint still counts and says why at the value', async () => {
    const { hits, summaries, status } = await new Tracing(
      WORK,
      '--log',
      '{iteration} {n}',
      '--program',
      LOOP,
      '--',
      '4',
      '1',
    ).end();
    assert.equal(status, 0);
    assert.equal(summaries[0]!.hits, 4);
    assert.match(
      hits[0]!.values['iteration']!.unavailable!,
      /^no variable iteration here; did you mean iterations\?$/,
    );
    assert.equal(hits[3]!.message, '<no variable iteration here; did you mean iterations?> 3');
  });

  it('an optimised-out variable: the tracepoint still counts and says why at the value', async () => {
    const program = fixture('loop.c', { compiler: 'clang', flags: ['-O2'] });
    const { hits, summaries } = await new Tracing(
      WORK,
      '--log',
      '{sum}',
      '--program',
      program,
      '--',
      '4',
      '1',
    ).end();
    assert.equal(summaries[0]!.hits, 4);
    assert.match(hits[0]!.values['sum']!.unavailable!, /optimised out/);
  });

  it('a program that is replaced on disk while its process runs: traced as it runs', async () => {
    const program = join(scratch, 'replaced');
    copyFileSync(LOOP, program);
    const target = new Target(program, '50', '1', 'wait');
    await target.printed(/ready/);
    rmSync(program);
    copyFileSync('/bin/true', program);
    const tracing = new Tracing(WORK, '--log', '{n}', '--pid', String(target.pid));
    await tracing.armed();
    target.go();
    const { summaries, hits } = await tracing.end();
    assert.equal(summaries[0]!.hits, 50);
    assert.equal(hits.at(-1)!.message, '49');
  });

  it('a process of another user, without root: says that it needs root, and how', () => {
    const cli = process.env['SOURCETAP_CLI'] ?? '';
    if (cli === '') return; // the sources need a loader that another user may not read
    const { status, stderr } = spawnSync(
      'setpriv',
      [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        cli,
        'trace',
        WORK,
        '--pid',
        '1',
      ],
      { encoding: 'utf8' },
    );
    assert.equal(status, 1);
    assert.match(
      stderr,
      /Process 1 belongs to the user with uid 0: probing it needs root\..*sudo -n.*pkexec/,
    );
  });

  it('no CAP_BPF and CAP_PERFMON: names what is missing, and the ways to get it', () => {
    const cli = process.env['SOURCETAP_CLI'] ?? '';
    if (cli === '') return;
    const { status, stderr } = spawnSync(
      'setpriv',
      [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        cli,
        'trace',
        WORK,
        '--program',
        LOOP,
      ],
      { encoding: 'utf8', cwd: '/' },
    );
    assert.equal(status, 1);
    assert.match(stderr, /CAP_BPF and CAP_PERFMON.*missing.*sudo -n.*pkexec.*setpriv/s);
  });
});
