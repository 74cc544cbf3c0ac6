import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { BackendError, type ProbeBackend, type SiteCounts } from '../../adapter/backend/backend';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { Capture, Step } from '../../adapter/capture/ir';
import type { CaptureProgram, Plan } from '../../adapter/capture/plan';
import {
  layoutRecord,
  MAX_CAPTURES,
  RECORD_HEADER,
  RECORD_HEADER_SIZE,
} from '../../adapter/capture/recordLayout';
import { watchHeld, type Held } from '../../adapter/sys/owned';
import type { Register } from '../../adapter/x86/register';
import { fixture } from '../fixtures/build';
import { needsKernel } from './available';
import {
  AREA,
  areaBytes,
  BLOCK_REGISTERS,
  LAZY,
  PAGE,
  registersProgram,
  runBlocks,
  siteAt,
  type Block,
} from './registersProgram';
import { Target } from './sourcetap';

const COUNT: CaptureProgram = { mode: 'count', captures: [] };
const record = (...captures: Capture[]): CaptureProgram => ({ mode: 'record', captures });
const register = (name: Register): Capture => ({
  steps: [{ op: 'register', register: name }],
  output: { kind: 'scalar', value: 0, size: 8 },
});
const address = (value: bigint): Step => ({ op: 'constant', value });
const scalarAt = (at: bigint, size: 1 | 2 | 4 | 8): Capture => ({
  steps: [address(at), { op: 'load', address: 0, size, signed: false }],
  output: { kind: 'scalar', value: 1, size: 8 },
});
const memoryAt = (at: bigint, size: number): Capture => ({
  steps: [address(at)],
  output: { kind: 'memory', address: 0, size },
});
const stringAt = (at: bigint, capacity: number): Capture => ({
  steps: [address(at)],
  output: { kind: 'string', address: 0, capacity },
});

const plan = (
  path: string,
  symbols: readonly string[],
  program: CaptureProgram,
  more: Partial<Plan> = {},
): Plan => ({
  path,
  buildId: undefined,
  pid: 0,
  sites: symbols.map((symbol) => siteAt(path, symbol)),
  programs: [program],
  ...more,
});

/** Blocks whose registers are all different. */
const blocks = (count: number): Block[] =>
  Array.from(
    { length: count },
    (_, i) =>
      Object.fromEntries(
        BLOCK_REGISTERS.map((name, j) => [name, BigInt(i + 1) * 0x1_0000_0001n * BigInt(j + 1)]),
      ) as Block,
  );

interface Captured {
  readonly faults: bigint;
  readonly fields: readonly Buffer[];
}

interface ReadRecord {
  readonly site: number;
  readonly pid: number;
  readonly tid: number;
  readonly faults: bigint;
  readonly bytes: Buffer;
}

function drainAll(backend: ProbeBackend): ReadRecord[] {
  const records: ReadRecord[] = [];
  const count = backend.drain((site, view, offset, size) => {
    const bytes = Buffer.from(view.buffer.slice(view.byteOffset + offset, view.byteOffset + offset + size));
    const { pid, tid, faults } = RECORD_HEADER;
    records.push({
      site,
      pid: bytes.readUInt32LE(pid.offset),
      tid: bytes.readUInt32LE(tid.offset),
      faults: bytes.readBigUInt64LE(faults.offset),
      bytes,
    });
  });
  assert.equal(count, records.length);
  return records;
}

function assertCounts(counts: SiteCounts | undefined, hits: number): void {
  assert.ok(counts);
  const { delivered, lost, filtered, throttled, conditionErrors } = counts;
  assert.equal(counts.hits, hits);
  assert.equal(delivered + lost + filtered + throttled + conditionErrors, hits);
}

const runs = (output: string): number => Number(/runs (\d+)/.exec(output)![1]);
const rejection = (code: string) => (error: unknown) =>
  error instanceof BackendError && error.failure.code === code;

describe('the kernel backend', function () {
  let backend: ProbeBackend;
  let stopWatching: () => Held[];

  before(needsKernel);
  beforeEach(() => {
    stopWatching = watchHeld();
    backend = openKernelBackend();
  });
  afterEach(async () => {
    await backend.dispose();
    const left = stopWatching();
    assert.deepEqual(left, [], `left open: ${left.map(({ stack }) => stack).join('\n')}`);
  });

  describe('counts', () => {
    for (const threads of [1, 8]) {
      for (const program of [COUNT, record(register('di'))]) {
        it(`every hit of ${threads} threads, to ${program.mode}`, async () => {
          const loop = fixture('loop.c', { compiler: 'gcc', flags: ['-O2'] });
          const installation = await backend.install(plan(loop, ['work'], program));
          const hits = runs(
            execFileSync(loop, [String(40_000 / threads), String(threads)], { encoding: 'utf8' }),
          );
          assert.equal(hits, 40_000);
          await installation.detach();
          const counts = installation.counts();
          assert.equal(counts.length, 1);
          assertCounts(counts[0], hits);
          assert.equal(drainAll(backend).length, program.mode === 'count' ? 0 : counts[0]!.delivered);
        });
      }
    }

    it('what does not fit into the ring as lost, exactly', async () => {
      await backend.dispose();
      backend = openKernelBackend({ ringBytes: 4096 });
      const loop = fixture('loop.c');
      const installation = await backend.install(plan(loop, ['work'], record(register('si'))));
      execFileSync(loop, ['5000', '4']);
      await installation.detach();
      const [counts] = installation.counts();
      assertCounts(counts, 20_000);
      assert.ok(counts!.lost > 0 && counts!.delivered > 0);
      assert.equal(drainAll(backend).length, counts!.delivered);
    });

    it('sites apart from each other, and programs of one plan', async () => {
      const program = registersProgram();
      const sites = [
        siteAt(program, 'first_place'),
        siteAt(program, 'second_place', 1),
        siteAt(program, 'run', 1),
      ];
      const programs = [COUNT, record(register('ax'))];
      const installation = await backend.install({
        path: program,
        buildId: undefined,
        pid: 0,
        sites,
        programs,
      });
      runBlocks(blocks(50));
      await installation.detach();
      for (const counts of installation.counts()) assert.equal(counts.delivered, 50);
      const found = drainAll(backend).map(({ site }) => site);
      const [, second, third] = installation.sites;
      assert.deepEqual(
        found,
        Array.from({ length: 50 }, () => [third, second]).flat(),
        'in the order they ran',
      );
    });

    it('only the process that was asked for', async () => {
      const loop = fixture('loop.c');
      const target = new Target(loop, '300', '2', 'wait');
      await target.printed(/ready/);
      const installation = await backend.install(
        plan(loop, ['work'], record(register('si')), { pid: target.pid }),
      );
      execFileSync(loop, ['100', '1']);
      target.go();
      await target.end();
      await installation.detach();
      assertCounts(installation.counts()[0], 600);
      const records = drainAll(backend);
      assert.deepEqual(new Set(records.map(({ pid }) => pid)), new Set([target.pid]));
      assert.equal(new Set(records.map(({ tid }) => tid)).size, 2);
    });

    it('exactly, also when it attaches and detaches in the midst of hits, and when the target is killed in one', async () => {
      const target = new Target(fixture('loop.c', { compiler: 'gcc', flags: ['-O2'] }), '100000000', '8');
      for (let round = 0; round < 6; round++) {
        const programs = [round % 3 ? record(register('di'), memoryAt(0n, 8)) : COUNT];
        const path = `/proc/${target.pid}/exe`;
        const there = plan(target.process.spawnfile, ['work'], COUNT, { path, programs, pid: target.pid });
        const installation = await backend.install(there);
        let drained = 0;
        while (installation.counts()[0]!.hits < 100) drained += drainAll(backend).length;
        if (round === 5) target.process.kill('SIGKILL');
        await installation.detach();
        drained += drainAll(backend).length;
        const [counts] = installation.counts();
        assertCounts(counts, counts!.hits);
        if (programs[0]!.mode === 'record') assert.equal(drained, counts!.delivered);
        installation.dispose();
      }
      await target.end();
    });

    it('nothing after detaching, and what it counted stays', async () => {
      const program = registersProgram();
      const installation = await backend.install(plan(program, ['first_place'], COUNT));
      runBlocks(blocks(3));
      await installation.detach();
      runBlocks(blocks(4));
      assert.equal(installation.counts()[0]!.hits, 3);
    });
  });

  describe('captures', () => {
    /** Fields of the records that a run over the blocks makes at first_place. */
    async function capture(captures: readonly Capture[], input = blocks(1)): Promise<Captured[]> {
      const installation = await backend.install(
        plan(registersProgram(), ['first_place'], record(...captures)),
      );
      runBlocks(input);
      await installation.detach();
      const { offsets, size } = layoutRecord(captures);
      return drainAll(backend).map(({ faults, bytes }) => {
        assert.equal(bytes.length, size);
        return { faults, fields: offsets.map((at, i) => bytes.subarray(at, offsets[i + 1] ?? size)) };
      });
    }
    const text = (field: Buffer): string => field.toString('latin1', 8, 8 + field.readInt32LE(0));

    it('registers', async () => {
      const input = blocks(20);
      const records = await capture(BLOCK_REGISTERS.map(register), input);
      assert.deepEqual(
        records.map(({ fields }) => fields.map((field) => field.readBigUInt64LE())),
        input.map((block) => BLOCK_REGISTERS.map((name) => BigInt.asUintN(64, block[name]))),
      );
    });

    it('memory on the stack', async () => {
      // run() has pushed six registers below its return address.
      const returnAddress: Capture = {
        steps: [
          { op: 'register', register: 'sp' },
          address(48n),
          { op: 'add', left: 0, right: 1 },
          { op: 'load', address: 2, size: 8, signed: false },
        ],
        output: { kind: 'scalar', value: 3, size: 8 },
      };
      const bias: Capture = { steps: [{ op: 'loadBias' }], output: { kind: 'scalar', value: 0, size: 8 } };
      const [{ fields }] = (await capture([returnAddress, bias])) as [Captured];
      const called = Number(fields[0]!.readBigUInt64LE() - fields[1]!.readBigUInt64LE());
      const listing = execFileSync('objdump', ['-d', '--no-show-raw-insn', registersProgram()], {
        encoding: 'utf8',
      });
      const lines = listing.split('\n');
      const after = lines[lines.findIndex((line) => /call.*<run>/.test(line)) + 1]!;
      assert.equal(called, parseInt(after, 16));
    });

    it('globals, by the load bias, at each of several sites', async () => {
      const program = registersProgram();
      const global: Capture = {
        steps: [
          { op: 'loadBias' },
          address(BigInt(siteAddress('in_data'))),
          { op: 'add', left: 0, right: 1 },
          { op: 'load', address: 2, size: 8, signed: false },
        ],
        output: { kind: 'scalar', value: 3, size: 8 },
      };
      const installation = await backend.install(
        plan(program, ['first_place', 'second_place', 'run'], record(global)),
      );
      runBlocks(blocks(2));
      await installation.detach();
      const values = drainAll(backend).map(({ bytes }) =>
        bytes.readBigUInt64LE(layoutRecord([global]).offsets[0]),
      );
      assert.deepEqual(values, new Array<bigint>(6).fill(0x1122334455667788n));
    });
    const siteAddress = (symbol: string): number =>
      parseInt(
        new RegExp(`^(\\w+) . ${symbol}$`, 'm').exec(
          execFileSync('nm', [registersProgram()], { encoding: 'utf8' }),
        )![1]!,
        16,
      );

    it('memory of every size up to several pages', async () => {
      for (const sizes of [[1, 2, 3, 7, 8, 9, 15, 64, 100], [PAGE - 1], [PAGE], [PAGE + 1], [2 * PAGE]]) {
        const [{ faults, fields }] = (await capture(sizes.map((size) => memoryAt(LAZY, size)))) as [Captured];
        assert.equal(faults, 0n);
        fields.forEach((field, i) => {
          const padding = Buffer.alloc(field.length - sizes[i]!);
          assert.deepEqual(field, Buffer.concat([areaBytes.subarray(0, sizes[i]), padding]));
        });
      }
    });

    it('memory and strings that are not resident', async () => {
      const tail = LAZY + BigInt(2 * PAGE - 12);
      const captures = [
        scalarAt(LAZY + 4092n, 8),
        memoryAt(LAZY + 4000n, 200),
        stringAt(tail, 64),
        stringAt(tail + 4n, 5),
      ];
      const [{ faults, fields }] = (await capture(captures)) as [Captured];
      assert.equal(faults, 0n);
      assert.equal(fields[0]!.readBigUInt64LE(), areaBytes.readBigUInt64LE(4092));
      assert.deepEqual(fields[1], areaBytes.subarray(4000, 4200));
      assert.equal(text(fields[2]!), 'end of page\0');
      assert.equal(text(fields[3]!), 'of p\0', 'cut, with a NUL');
    });

    it('a string that ends where its page does, before memory that is not mapped', async () => {
      const [{ faults, fields }] = (await capture([stringAt(AREA + BigInt(2 * PAGE - 5), 128)])) as [
        Captured,
      ];
      assert.equal(faults, 0n);
      assert.equal(text(fields[0]!), 'page\0');
      assert.ok(fields[0]!.subarray(8 + 5).every((byte) => byte === 0));
    });

    it('zeros and a fault for what cannot be read, and leaves the others alone', async () => {
      const captures = [
        register('ax'),
        scalarAt(0n, 8),
        memoryAt(AREA + BigInt(2 * PAGE - 4), 8),
        register('dx'),
        stringAt(0x1234n, 16),
        scalarAt(AREA + BigInt(2 * PAGE - 7), 8),
        scalarAt(AREA, 4),
        {
          steps: [address(8n), { op: 'load', address: 0, size: 8, signed: false }],
          output: { kind: 'memory', address: 1, size: 8 },
        },
        stringAt(0xffff_ffff_8000_0000n, 8),
      ] satisfies Capture[];
      const [{ faults, fields }] = (await capture(captures)) as [Captured];
      assert.equal(faults, 0b1_1011_0110n);
      const [block] = blocks(1);
      assert.equal(fields[0]!.readBigUInt64LE(), block!.ax);
      assert.equal(fields[3]!.readBigUInt64LE(), block!.dx);
      assert.equal(fields[6]!.readBigUInt64LE(), BigInt(areaBytes.readUInt32LE(0)));
      for (const i of [1, 2, 4, 5, 7, 8])
        assert.ok(
          fields[i]!.every((byte) => byte === 0),
          `field ${i}`,
        );
    });

    it(`${MAX_CAPTURES} captures, each through three pointers that may fault`, async () => {
      const load = (at: number): Step => ({ op: 'load', address: at, size: 8, signed: false });
      const chain: Capture = {
        steps: [
          address(LAZY),
          load(0),
          address(0xff8n),
          { op: 'and', left: 1, right: 2 },
          address(LAZY),
          { op: 'add', left: 3, right: 4 },
          load(5),
          load(6),
        ],
        output: { kind: 'scalar', value: 7, size: 8 },
      };
      const [{ faults }] = (await capture(Array.from({ length: MAX_CAPTURES }, () => chain))) as [Captured];
      assert.equal(faults, (1n << BigInt(MAX_CAPTURES)) - 1n);
    });

    it('hands over records in order while they are written, over many turns of the ring', async () => {
      await backend.dispose();
      backend = openKernelBackend({ ringBytes: 8192 });
      const loop = fixture('loop.c', { compiler: 'gcc', flags: ['-O2'] });
      const target = new Target(loop, '30000', '1', 'wait');
      await target.printed(/ready/);
      const n: Capture = { ...register('si'), output: { kind: 'scalar', value: 0, size: 4 } };
      const installation = await backend.install(
        plan(loop, ['work'], record(n, memoryAt(0x40n, 11)), { pid: target.pid }),
      );
      target.go();
      const seen: bigint[] = [];
      const drain = (): void => {
        seen.push(...drainAll(backend).map(({ bytes }) => bytes.readBigUInt64LE(RECORD_HEADER_SIZE)));
      };
      while (target.process.exitCode === null) {
        drain();
        await new Promise(setImmediate);
      }
      await installation.detach();
      drain();
      const [counts] = installation.counts();
      assertCounts(counts, 30_000);
      assert.equal(seen.length, counts!.delivered);
      assert.ok(seen.length > 1000);
      assert.ok(seen.every((value, i) => i === 0 || value > seen[i - 1]!));
    });
  });

  it('takes 30 tracepoints in and out and leaves no descriptor behind', async () => {
    const program = registersProgram();
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const warm = await backend.install(plan(program, ['first_place'], record(register('ax'))));
    await warm.detach();
    warm.dispose();
    const before = descriptors();
    const installations = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        backend.install(plan(program, ['first_place'], i % 2 ? COUNT : record(register('ax')))),
      ),
    );
    runBlocks(blocks(2));
    await Promise.all(installations.map((installation) => installation.detach()));
    for (const installation of installations) assert.equal(installation.counts()[0]!.delivered, 2);
    assert.equal(drainAll(backend).length, 30);
    for (const installation of installations) installation.dispose();
    assert.ok(descriptors() <= before);
    assert.equal(new Set(installations.flatMap(({ sites }) => sites)).size, 30);
  });

  describe('refuses', () => {
    it('a user without privilege, and names the capabilities', () => {
      const script = `
        const { openKernelBackend } = require('./adapter/backend/kernelBackend');
        process.setgroups([]);
        process.setgid(65534);
        process.setuid(65534);
        const plan = ${JSON.stringify(plan(registersProgram(), ['run'], record()))};
        openKernelBackend().install(plan).catch((error) => console.log(JSON.stringify(error.failure)));`;
      const output = execFileSync(process.execPath, ['--import', 'tsx', '-e', script], { encoding: 'utf8' });
      assert.deepEqual(JSON.parse(output), { code: 'noPrivilege', missing: ['CAP_PERFMON', 'CAP_BPF'] });
    });

    it('a process that is gone', async () => {
      const ended = new Target('/bin/true');
      await ended.end();
      await assert.rejects(
        backend.install(plan(registersProgram(), ['run'], COUNT, { pid: ended.pid })),
        rejection('noSuchProcess'),
      );
    });

    it('a file that is not there', async () => {
      const there = plan(registersProgram(), ['run'], record(register('ax')));
      await assert.rejects(backend.install({ ...there, path: '/nowhere/at/all' }), rejection('noSuchFile'));
      await assert.rejects(
        backend.install({ ...there, path: '/nowhere/at/all', buildId: '00' }),
        rejection('noSuchFile'),
      );
    });

    it('a file of another build, and takes the right one', async () => {
      const path = registersProgram();
      const buildId = /Build ID: (\w+)/.exec(
        execFileSync('readelf', ['-nW', path], { encoding: 'utf8' }),
      )![1]!;
      await (await backend.install(plan(path, ['run'], COUNT, { buildId }))).detach();
      await assert.rejects(backend.install(plan(path, ['run'], COUNT, { buildId: '0123' })), (error) => {
        assert.ok(error instanceof BackendError);
        assert.deepEqual(error.failure, { code: 'fileChanged', path, expected: '0123', found: buildId });
        return true;
      });
    });
  });
});
