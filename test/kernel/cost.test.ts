import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ProbeBackend } from '../../adapter/backend/backend';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import { enableStatistics } from '../../adapter/bpf/runTime';
import type { CaptureProgram } from '../../adapter/capture/plan';
import type { TracepointView, UpdateBody } from '../../adapter/protocol';
import { linux } from '../../adapter/sys/linux';
import { watchHeld } from '../../adapter/sys/owned';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { DapClient } from './dapClient';
import { siteAt } from './registersProgram';
import { sourcetap, Target } from './sourcetap';

const COUNT: CaptureProgram = { mode: 'count', captures: [] };
const HITS = 500;

/** What this process or another has open. */
const openFiles = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)];
    } catch {
      return [];
    }
  });
const STATISTICS = /bpf.stats/;
const IMAGE = /sourcetap-trap/;
const has = (pid: number, what: RegExp): boolean => openFiles(pid).some((path) => what.test(path));

function children(pid: number): string[] {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return pids === '' ? [] : pids.split(' ');
}

describe('what a hit costs', function () {
  before(needsKernel);

  describe('by the kernel backend', () => {
    let backend: ProbeBackend;
    const before = new Set(children(process.pid));
    beforeEach(() => {
      backend = openKernelBackend();
    });
    afterEach(() => backend.dispose());

    it('is timed for an emulated and a stepped instruction, and nothing of that is left', async () => {
      const stop = watchHeld();
      const { emulated, stepped } = await backend.trapCost();
      assert.ok(emulated > 0 && stepped > 0);
      assert.deepEqual(stop(), []);
      assert.ok(!has(process.pid, IMAGE));
      assert.deepEqual(
        children(process.pid).filter((pid) => !before.has(pid)),
        [],
      );
    });

    for (const site of ['emulated_site', 'stepped_site'])
      it(`is of every run of the program, and of no other: ${site}`, async () => {
        const path = fixture('hammer.c', { compiler: 'gcc', flags: ['-O2'] });
        const installation = await backend.install({
          path,
          buildId: undefined,
          pid: 0,
          sites: [siteAt(path, site)],
          programs: [COUNT],
        });
        const start = installation.runTime();
        const statistics = enableStatistics(linux());
        execFileSync(path, [String(HITS), '2', '1']);
        statistics.close();
        const { runs, ns } = installation.runTime();
        assert.equal(runs - start.runs, HITS);
        assert.equal(installation.counts()[0]!.hits, HITS);
        assert.ok(ns > start.ns);
        await installation.detach();
        installation.dispose();
      });

    it('has the kernel time programs for a while only', async () => {
      const timed = backend.timePrograms(20);
      assert.ok(has(process.pid, STATISTICS));
      await timed;
      assert.ok(!has(process.pid, STATISTICS));
      const cut = backend.timePrograms(600_000);
      await backend.dispose();
      await cut;
      assert.ok(!has(process.pid, STATISTICS));
    });
  });

  describe('by the debug adapter', () => {
    it('is told of lines that have hits, and leaves the target alone', async () => {
      const path = join(FIXTURES, 'loop.c');
      const target = new Target(
        fixture('loop.c', { compiler: 'gcc', flags: ['-O2'] }),
        '100000000',
        '1',
        'wait',
      );
      const client = new DapClient();
      await target.printed(/ready/);
      const mapped = new Set(mappedFiles(target.pid));
      await client.request('initialize', { adapterID: 'sourcetap', pathFormat: 'path', linesStartAt1: true });
      const attached = client.request('attach', { pid: target.pid });
      await client.event('initialized');
      await client.request('setBreakpoints', {
        source: { path },
        breakpoints: [
          { line: probeLine('loop.c', 'work'), logMessage: 'n={n}' },
          { line: probeLine('loop.c', 'linked') },
        ],
      });
      await client.request('sourcetap/configure', { breakpointId: 2, mode: 'count' });
      await client.request('configurationDone');
      await attached;
      assert.equal(children(client.process.pid!).length, 0);
      target.process.stdin.write('\n');
      const isKnown = (id: number) => (view: TracepointView) =>
        view.id === id && view.cost?.program !== undefined && view.cost.traps !== undefined;
      for (const id of [1, 2]) {
        const { body } = await client.event('sourcetap/update', ({ tracepoints }: UpdateBody) =>
          tracepoints.some(isKnown(id)),
        );
        const { cost, sites, counts } = (body as UpdateBody).tracepoints.find(isKnown(id))!;
        const { traps, program, mean, gaps } = cost!;
        assert.ok(program! > 0 && counts.hits > 0);
        assert.equal(gaps, undefined);
        const trap = sites.map((site) => site.hits * traps![site.trap]).reduce((a, b) => a + b) / counts.hits;
        assert.ok(Math.abs(mean - trap - program!) <= 2, JSON.stringify({ cost, sites }));
      }
      const pid = client.process.pid!;
      while (has(pid, STATISTICS)) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.deepEqual(children(pid), []);
      assert.ok(!has(pid, IMAGE));
      assert.deepEqual(
        mappedFiles(target.pid).filter((file) => !mapped.has(file)),
        ['[uprobes]'],
      );
      await client.request('disconnect');
      assert.equal(await client.end(), 0);
      target.process.kill();
    });
  });

  describe('by sourcetap trace', () => {
    for (const [form, isTold] of [
      [[], true],
      [['--json'], false],
    ] as const)
      it(`is measured where it is told, ${isTold ? 'as text' : 'and not for JSON'}`, async () => {
        const target = new Target(fixture('loop.c'), '1000000000', '1');
        const place = `loop.c:${probeLine('loop.c', 'work')}`;
        const args = ['--count', ...form, '--duration', '2.5', '--pid', String(target.pid)];
        try {
          const child = sourcetap('trace', place, ...args);
          child.stdout.resume();
          let isMeasured = false;
          while (child.exitCode === null) {
            isMeasured ||= has(child.pid!, STATISTICS);
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          assert.equal(child.exitCode, 0);
          assert.equal(isMeasured, isTold);
        } finally {
          target.process.kill('SIGKILL');
          await target.end();
        }
      });
  });
});

const mappedFiles = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => line.split(/ +/)[5] ?? []);
