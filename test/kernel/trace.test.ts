import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { sourcetap, Target, Tracing } from './sourcetap';

const LOOP = fixture('loop.c');
const WORK_LINE = probeLine('loop.c', 'work');
const WORK = `loop.c:${String(WORK_LINE)}`;

describe('sourcetap trace', function () {
  before(needsKernel);

  it("prints armed, hits and summary as JSON, and the program's output on stderr", async () => {
    const { armed, hits, summaries, stderr, status } = await new Tracing(
      WORK,
      '--log',
      'n={n} tag={p->tag} next={*p->next}',
      '--program',
      LOOP,
      '--',
      '2',
      '1',
    ).end();
    assert.equal(status, 0);
    assert.deepEqual(armed, [{ type: 'armed', tracepoint: 1, sites: 1 }]);
    assert.equal(hits.length, 2);
    const { pid, tid, time_ns, address, ...hit } = hits[1]!;
    assert.ok(pid > 1 && tid > pid);
    assert.match(time_ns, /^\d+$/);
    assert.match(address, /^0x[0-9a-f]+$/);
    assert.equal(hit.values['*p->next']!.children?.length, 6);
    delete (hit.values as Record<string, unknown>)['*p->next'];
    assert.deepEqual(hit, {
      type: 'hit',
      tracepoint: 1,
      file: `${FIXTURES}/loop.c`,
      line: WORK_LINE,
      function: 'work',
      values: { n: { value: '1', type: 'int' }, 'p->tag': { value: '"t1"', type: 'char [8]' } },
      message: hit.message,
    });
    assert.match(hit.message, /^n=1 tag="t1" next=\{id = 7, name = "?0?x?\w+"?,/);
    assert.deepEqual(summaries, [
      {
        type: 'summary',
        tracepoint: 1,
        hits: 2,
        delivered: 2,
        lost: 0,
        filtered: 0,
        throttled: 0,
        conditionErrors: 0,
      },
    ]);
    assert.match(stderr, /runs 2 checksum/);
  });

  it('shows all arguments and locals where no message is given', async () => {
    const { hits } = await new Tracing(
      `loop.c:${String(probeLine('loop.c', 'linked'))}`,
      '--program',
      LOOP,
      '--',
      '2',
      '1',
    ).end();
    assert.deepEqual(Object.keys(hits[1]!.values), ['p', 'n', 'sum']);
    assert.equal(hits[1]!.values['sum']!.value, String(3 + (2654435761 | 0)));
  });

  it('takes several places: lines, functions, addresses', async () => {
    const address = /0x[0-9a-f]+/.exec(
      execFileSync('nm', [LOOP], { encoding: 'utf8' })
        .split('\n')
        .find((line) => line.endsWith(' work'))!
        .replace(/^0*/, '0x'),
    )![0];
    const { summaries } = await new Tracing(
      WORK,
      'work',
      `*${address}`,
      '--count',
      '--program',
      LOOP,
      '--',
      '9',
      '3',
    ).end();
    assert.deepEqual(
      summaries.map(({ hits }) => hits),
      [27, 27, 27],
    );
  });

  it('counts every line of a file', async () => {
    const { summaries, armed } = await new Tracing(
      'loop.c',
      '--count',
      '--program',
      LOOP,
      '--',
      '10',
      '1',
    ).end();
    assert.ok(armed[0]!.sites > 20);
    assert.ok(summaries[0]!.hits > 100);
  });

  it("prints hits for people without --json, and the program's output between them", () => {
    const output = execFileSync(
      process.execPath,
      [...cli(), 'trace', WORK, '--log', 'n={n}', '--program', LOOP, '--', '3', '1'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    assert.match(output, new RegExp(`^loop\\.c:${String(WORK_LINE)} work \\[\\d+\\]  n=0$`, 'm'));
    assert.match(output, /^runs 3 checksum/m);
    assert.match(output, new RegExp(`^${WORK}: 3 hits$`, 'm'));
  });

  it('ends by SIGINT with its summary, and ends the program that it launched', async () => {
    const tracing = new Tracing(WORK, '--count', '--program', LOOP, '--', '1000000000', '1');
    await tracing.armed();
    await new Promise((done) => setTimeout(done, 100));
    tracing.process.kill('SIGINT');
    const { status, summaries, stderr } = await tracing.end();
    assert.equal(status, 0);
    assert.ok(summaries[0]!.hits > 0);
    assert.doesNotMatch(stderr, /runs/, 'the program did not come to its end');
  });

  it('counts --duration from when the probes are in, however long that took', async () => {
    const target = new Target(LOOP, '1000000000', '1');
    try {
      const duration = 0.3;
      const run = new Tracing(
        WORK,
        '--log',
        '{n}',
        '--pid',
        String(target.pid),
        '--duration',
        String(duration),
      );
      const { hits, status } = await run.end();
      assert.equal(status, 0);
      const seconds = Number(BigInt(hits.at(-1)!.time_ns) - BigInt(hits[0]!.time_ns)) / 1e9;
      // The loop hits all the time; half, should it not get the processor at first.
      assert.ok(seconds > duration / 2, `hits over ${seconds} s`);
    } finally {
      target.process.kill('SIGKILL');
      await target.end();
    }
  });

  it('tells what a hit cost the program, as measured', async () => {
    const target = new Target(LOOP, '1000000000', '1');
    try {
      const child = sourcetap('trace', WORK, '--count', '--duration', '2.5', '--pid', String(target.pid));
      const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
      assert.match(output, new RegExp(`^${WORK}: [1-9]\\d* hits, cost [1-9][\\d.]*\u00a0[nµm]s each$`, 'm'));
    } finally {
      target.process.kill('SIGKILL');
      await target.end();
    }
  });

  it('ends after --duration, and leaves a process that it attached to', async () => {
    const target = new Target(LOOP, '5', '1', 'wait');
    await target.printed(/ready/);
    const { status, summaries } = await new Tracing(
      WORK,
      '--count',
      '--duration',
      '0.2',
      '--pid',
      String(target.pid),
    ).end();
    assert.equal(status, 0);
    assert.equal(summaries[0]!.hits, 0);
    target.go();
    assert.match(await target.end(), /runs 5 /);
  });

  it('ends quietly when nobody reads any more', async () => {
    const child = sourcetap('trace', WORK, '--program', LOOP, '--', '1000000000', '1');
    child.stdin.end();
    let stderr = '';
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 0, stderr);
  });

  it('loses no count when its reader is slow: what the ring has no room for is counted as lost', async function () {
    this.timeout(120_000);
    const hits = 400_000;
    const said = join(mkdtempSync(join(tmpdir(), 'sourcetap-')), 'stderr');
    const child = spawn(
      'sh',
      [
        '-c',
        // It reads when the program has come to its end.
        '"$@" 2>"$0" | (until grep -q runs "$0"; do sleep 0.1; done; cat)',
        said,
        process.execPath,
        ...cli(),
        'trace',
        '--json',
        WORK,
        '--program',
        LOOP,
        '--',
        String(hits),
        '1',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let lines = 0;
    let last = '';
    let rest = '';
    child.stdout.on('data', (data: Buffer) => {
      const parts = (rest + data.toString()).split('\n');
      rest = parts.pop()!;
      lines += parts.filter((line) => line.startsWith('{"type":"hit"')).length;
      last = parts.at(-1) ?? last;
    });
    await once(child, 'close');
    const summary = JSON.parse(last) as { hits: number; delivered: number; lost: number };
    assert.equal(summary.hits, hits);
    assert.equal(summary.delivered + summary.lost, hits);
    assert.equal(lines, summary.delivered);
    assert.ok(summary.lost > 0, 'the reader was slow enough for the ring to fill up');
    rmSync(dirname(said), { recursive: true });
  });

  it('passes standard input on to the program', () => {
    const output = execFileSync(
      process.execPath,
      [...cli(), 'trace', 'main', '--count', '--program', LOOP, '--', '1', '1', 'wait'],
      { encoding: 'utf8', input: '\n', stdio: ['pipe', 'pipe', 'pipe'] },
    );
    assert.match(output, /ready \d+\nruns 1 /);
  });
});

const cli = (): string[] =>
  process.env['SOURCETAP_CLI']
    ? [process.env['SOURCETAP_CLI']]
    : ['--import', 'tsx', `${__dirname}/../../adapter/cli.ts`];
