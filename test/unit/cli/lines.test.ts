import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fixture, FIXTURES, probeLine } from '../../fixtures/build';

const CLI = process.env['SOURCETAP_CLI']
  ? [process.env['SOURCETAP_CLI']]
  : ['--import', 'tsx', resolve(__dirname, '../../../adapter/cli.ts')];
const LOOP = fixture('loop.c');
const LINE = probeLine('loop.c', 'linked');
const WHERE = `loop.c:${String(LINE)}`;

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [...CLI, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
}
const objects = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** Says that it runs, and ends when it is given a byte. */
const HOST = `int in_library(int);
static long call(long number, long first, const void *second, long third) {
  long result;
  asm volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second), "d"(third) : "rcx", "r11", "memory");
  return result;
}
void _start(void) {
  char byte = 0;
  call(1, 1, "up\\n", 3);
  call(0, 0, &byte, 1);
  call(60, in_library(byte), 0, 0);
}
`;

describe('sourcetap lines', () => {
  it('prints one object for each site of a line', () => {
    const { stdout, status } = run('lines', WHERE, '--program', LOOP, '--json');
    assert.equal(status, 0);
    const [{ address, probeAddress, column, ...line }] = objects(stdout) as [Record<string, unknown>];
    assert.match(String(address), /^0x[0-9a-f]+$/);
    assert.equal(probeAddress, address);
    assert.equal(typeof column, 'number');
    assert.deepEqual(line, {
      file: `${FIXTURES}/loop.c`,
      line: LINE,
      resolvedLine: LINE,
      function: 'work',
      inlined: false,
      module: LOOP,
      probeable: true,
    });
  });

  it('says why a line cannot be probed', () => {
    const { stdout } = run('lines', 'loop.c', '--program', LOOP, '--json');
    for (const { probeable, reason, probeAddress } of objects(stdout)) {
      assert.equal(typeof (probeable === true ? probeAddress : reason), 'string');
      assert.equal(probeable === true ? reason : probeAddress, undefined);
    }
  });

  it('prints every line of the program without a place', () => {
    const { stdout } = run('lines', '--program', LOOP, '--json');
    const lines = new Set(objects(stdout).map(({ resolvedLine }) => resolvedLine));
    assert.ok(lines.has(LINE) && lines.size > 20);
  });

  it('reads a running process', () => {
    const { stdout, status } = run('lines', '--pid', String(process.pid), '*0x0');
    assert.equal(stdout, '');
    assert.equal(status, 1);
  });

  it('finds the lines of a library of a process, and shows all lines of its modules', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sourcetap-cli-'));
    const library = join(directory, 'liblib.so');
    writeFileSync(join(directory, 'lib.c'), 'int in_library(int n) {\n  return n * 2;\n}\n');
    writeFileSync(join(directory, 'host.c'), HOST);
    // Without the C library: where its debug information is installed, its lines alone would take half a minute under load.
    execFileSync('gcc', ['-g', '-shared', '-fPIC', '-nostdlib', 'lib.c', '-o', library], { cwd: directory });
    execFileSync('gcc', ['-g', '-nostdlib', 'host.c', '-o', 'host', library], { cwd: directory });
    const host = spawn(join(directory, 'host'), { stdio: ['pipe', 'pipe', 'ignore'] });
    try {
      await once(host.stdout, 'data');
      const pid = String(host.pid);
      const [site, ...others] = objects(run('lines', 'lib.c:2', '--pid', pid, '--json').stdout);
      assert.deepEqual(others, []);
      assert.equal(site!['function'], 'in_library');
      assert.equal(site!['module'], library);
      const symbols = execFileSync('nm', [library], { encoding: 'utf8' });
      const entry = Number(`0x${/^(\w+) T in_library$/m.exec(symbols)![1]!}`);
      assert.ok(Number(site!['address']) > entry && Number(site!['address']) < entry + 16);
      const modules = new Set(
        objects(run('lines', '--pid', pid, '--json').stdout).map(({ module }) => module),
      );
      assert.ok(modules.has(library) && modules.has(join(directory, 'host')));
      assert.match(
        run('lines', 'lib.c', '--pid', pid).stdout,
        /lib\.c:2:\d+ +0x\w+ +liblib\.so +in_library\n/,
      );
    } finally {
      host.kill();
      rmSync(directory, { recursive: true });
    }
  });

  it('takes a column for one of several statements, and says where there is nothing', () => {
    const program = fixture('columns.c');
    const line = probeLine('columns.c', 'three');
    const text = readFileSync(join(FIXTURES, 'columns.c'), 'utf8').split('\n')[line - 1]!;
    const column = text.indexOf('called(&second)') + 1;
    const [site] = objects(
      run('lines', `columns.c:${line}:${column}`, '--program', program, '--json').stdout,
    );
    const [whole] = objects(run('lines', `columns.c:${line}`, '--program', program, '--json').stdout);
    assert.equal(site!['column'], column);
    assert.notEqual(site!['address'], whole!['address']);
    const missed = run('lines', `columns.c:${line}:1`, '--program', program, '--json');
    assert.deepEqual(objects(missed.stdout)[0]!['address'], whole!['address']);
    assert.equal(
      missed.stderr,
      `sourcetap: Line ${line} has nothing at column 1, so it is the whole line.\n`,
    );
    const wrong = run('lines', `columns.c:${line}:0`, '--program', program);
    assert.equal(wrong.status, 2);
    assert.match(wrong.stderr, /is no place: FILE:LINE or FILE:LINE:COLUMN, both of them numbers from 1/);
  });

  it('prints a table for people', () => {
    assert.match(
      run('lines', WHERE, '--program', LOOP).stdout,
      new RegExp(`^${FIXTURES}/${WHERE}:\\d+  0x\\w+  work\\n$`),
    );
  });
});

describe('sourcetap vars', () => {
  it('prints what can be captured at a line, innermost of shadowed names', () => {
    const { stdout, status } = run('vars', WHERE, '--program', LOOP, '--json');
    assert.equal(status, 0);
    const rows = objects(stdout);
    const [{ address, ...first }] = rows as [Record<string, unknown>];
    assert.match(String(address), /^0x[0-9a-f]+$/);
    assert.deepEqual(first, { name: 'p', type: 'struct item *', available: true, scope: 'argument' });
    assert.deepEqual(
      rows.filter(({ scope }) => scope !== 'global').map(({ name }) => name),
      ['p', 'n', 'sum'],
    );
    assert.ok(rows.some(({ name, scope }) => name === 'checksum' && scope === 'global'));
  });

  it('says why a variable cannot be captured', () => {
    const program = fixture('loop.c', { compiler: 'clang', flags: ['-O2'] });
    const where = `loop.c:${String(probeLine('loop.c', 'work'))}`;
    const sum = objects(run('vars', where, '--program', program, '--json').stdout).find(
      ({ name }) => name === 'sum',
    );
    assert.equal(sum?.['available'], false);
    assert.match(String(sum['reason']), /optimised out/);
  });

  it('says which file is missing where the variables are in another, and where it is looked for', () => {
    const directory = mkdtempSync(join(tmpdir(), 'sourcetap-cli-'));
    try {
      const program = join(directory, 'loop');
      execFileSync(
        'gcc',
        ['-g', '-gsplit-dwarf', join(FIXTURES, 'loop.c'), '-o', program, '-lm', '-pthread'],
        {
          cwd: directory,
        },
      );
      for (const name of readdirSync(directory)) if (name.endsWith('.dwo')) rmSync(join(directory, name));
      const { status, stdout, stderr } = run('vars', WHERE, '--program', program);
      assert.equal(status, 1);
      assert.equal(stdout, '');
      assert.match(
        stderr,
        /^sourcetap: Nothing is known of the variables at 0x[0-9a-f]+: .* is in \S+\.dwo, which was not found\. Put it at one of these places: .*\.dwo/,
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('sourcetap', () => {
  it('explains itself', () => {
    assert.match(
      run('--help').stdout,
      /sourcetap lines[^]*sourcetap vars[^]*sourcetap trace[^]*sourcetap dap/,
    );
    for (const command of ['lines', 'vars', 'trace', 'dap']) {
      const { stdout, status } = run(command, '--help');
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`^usage:\nsourcetap ${command}`));
    }
  });

  it('gives 2 for wrong usage, and says what is wrong', () => {
    const WRONG: readonly (readonly [string[], RegExp])[] = [
      [[], /usage/],
      [['follow'], /there is no command "follow"/],
      [['constructor'], /there is no command/],
      [['lines'], /either --program or --pid/],
      [['lines', 'a', 'b', '--program', LOOP], /one WHERE at most/],
      [['vars', '--program', LOOP], /one WHERE/],
      [['lines', '--program', LOOP, '--', 'x'], /takes no arguments/],
      [['lines', '--program'], /argument missing/],
    ];
    for (const [args, says] of WRONG) {
      const { status, stderr, stdout } = run(...args);
      assert.equal(status, 2, args.join(' '));
      assert.match(stderr, says);
      assert.equal(stdout, '');
    }
  });
});
