import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { BackendError, type BackendFailure } from '../../../adapter/backend/backend';
import { openKernelBackend } from '../../../adapter/backend/kernelBackend';
import type { Plan } from '../../../adapter/capture/plan';
import { FakeMapping, FakeSystem } from '../../../adapter/sys/fake';
import { COUNT, GLOBAL, PATH, plan, record, REGISTER, THREAD_LOCAL } from './plans';

/** Two links, all maps, a site without a program's company, and one program that nothing uses. */
const PLAN = plan([record(REGISTER), record(GLOBAL), COUNT, COUNT], [1, 0, 1, 2]);

async function failure(system: FakeSystem, attempted: Plan = PLAN): Promise<BackendFailure> {
  const backend = openKernelBackend({ system });
  const error = await backend.install(attempted).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(error instanceof BackendError, String(error));
  await backend.dispose();
  assert.deepEqual([...system.held.values()], []);
  return error.failure;
}

/** The values of 8 bytes that a link's attribute points to. */
function quadwords(system: FakeSystem, offset: number): number[][] {
  const links = system.calls.filter(({ name }) => name === 'bpf(LINK_CREATE)');
  return links.map(({ attributes }) => {
    const target = Buffer.from(attributes!.pointers.find((pointer) => pointer.offset === offset)!.target);
    return Array.from({ length: target.length / 8 }, (_, i) => Number(target.readBigUInt64LE(8 * i)));
  });
}

describe('installing', () => {
  it('makes one link for each program that has sites, with their offsets and ids', async () => {
    const system = new FakeSystem();
    const backend = openKernelBackend({ system });
    const installation = await backend.install({ ...PLAN, pid: process.pid });
    assert.deepEqual(installation.sites, [0, 1, 2, 3]);
    assert.deepEqual(quadwords(system, 24), [[0x1010], [0x1000, 0x1020], [0x1030]]);
    assert.deepEqual(quadwords(system, 40), [[1], [0, 2], [3]]);
    for (const { name, attributes } of system.calls) {
      if (name !== 'bpf(LINK_CREATE)') continue;
      assert.equal(Buffer.from(attributes!.bytes).readUInt32LE(56), process.pid);
      assert.equal(
        Buffer.from(attributes!.pointers.find(({ offset }) => offset === 16)!.target).toString(),
        `${PATH}\0`,
      );
    }
    await backend.dispose();
    assert.equal(system.held.size, 0);
  });

  it('asks for the types of the kernel where a thread pointer is wanted, and once', async () => {
    const system = new FakeSystem();
    system.types = new Uint8Array(readFileSync('/sys/kernel/btf/vmlinux'));
    const backend = openKernelBackend({ system });
    await backend.install(PLAN);
    const asked = (): number => system.calls.filter(({ name }) => name === 'kernelTypes').length;
    assert.equal(asked(), 0);
    await backend.install(plan([record(THREAD_LOCAL)], [0]));
    await backend.install(plan([record(THREAD_LOCAL)], [0]));
    assert.equal(asked(), 1);
    await backend.dispose();
  });

  it('says so where the kernel has none, or none of the kind', async () => {
    const wanted = plan([record(THREAD_LOCAL)], [0]);
    const gap: BackendFailure = { code: 'noFeature', feature: 'kernelTypes' };
    const none = new FakeSystem((_, name) => (name === 'kernelTypes' ? 'ENOENT' : undefined));
    assert.deepEqual(await failure(none, wanted), gap);
    assert.deepEqual(await failure(new FakeSystem(), wanted), gap);
  });

  it('gives every site of the backend another id', async () => {
    const backend = openKernelBackend({ system: new FakeSystem() });
    assert.deepEqual((await backend.install(plan([COUNT], [0, 0]))).sites, [0, 1]);
    assert.deepEqual((await backend.install(plan([COUNT], [0]))).sites, [2]);
    await backend.dispose();
  });

  it('keeps links, programs and counters only, and the ring buffer for all', async () => {
    const system = new FakeSystem();
    const backend = openKernelBackend({ system });
    const first = await backend.install(PLAN);
    const second = await backend.install(PLAN);
    const held = [...system.held.values()].sort();
    // Each installation: 3 links, their programs, and its counters' memory. The ring: its map, and two mappings.
    assert.deepEqual(held, [
      ...Array<string>(6).fill('LINK_CREATE'),
      'MAP_CREATE',
      ...Array<string>(6).fill('PROG_LOAD'),
      ...Array<string>(4).fill('mmap'),
    ]);
    await first.detach();
    first.dispose();
    first.dispose();
    await second.detach();
    await second.detach();
    assert.deepEqual([...system.held.values()].sort(), [
      'MAP_CREATE',
      ...Array<string>(3).fill('PROG_LOAD'),
      ...Array<string>(3).fill('mmap'),
    ]);
    await backend.dispose();
    assert.equal(system.held.size, 0);
  });

  it('only to count makes no ring buffer', async () => {
    const system = new FakeSystem();
    const backend = openKernelBackend({ system });
    await backend.install(plan([COUNT], [0]));
    assert.deepEqual([...system.held.values()].sort(), ['LINK_CREATE', 'PROG_LOAD', 'mmap']);
    assert.equal(
      backend.drain(() => undefined),
      0,
    );
    await backend.dispose();
  });

  it('sums the counts of the processors', async () => {
    const system = new FakeSystem();
    const backend = openKernelBackend({ system });
    const installation = await backend.install(plan([record(REGISTER)], [0, 0]));
    const counters = [...system.held.keys()].find((held) => held instanceof FakeMapping)!;
    const view = new DataView(counters.bytes.buffer);
    // Slots of 64 bytes: processor 0 site 0, site 1; processor 1 site 0, site 1.
    [0, 64, 128, 192].forEach((slot, i) => {
      [6, 1, 2, 1, 1, 1].forEach((count, field) => {
        view.setBigUint64(slot + 8 * field, BigInt(count * 10 ** i), true);
      });
    });
    view.setUint32(4, 1, true);
    const times = (factor: number): unknown => ({
      hits: 6 * factor,
      delivered: factor,
      lost: 2 * factor,
      filtered: factor,
      throttled: factor,
      conditionErrors: factor,
    });
    assert.deepEqual(installation.counts(), [
      { ...(times(101) as object), hits: 6 * 101 + 2 ** 32 },
      times(1010),
    ]);
    await backend.dispose();
  });
});

describe('installing that fails', () => {
  it('at any call of the system leaves nothing behind', async () => {
    const whole = new FakeSystem();
    const backend = openKernelBackend({ system: whole });
    await backend.install(PLAN);
    const calls = whole.calls.filter(({ name }) => name !== 'close');
    await backend.dispose();
    assert.deepEqual(
      calls.map(({ name }) => name),
      [
        ...['bpf(MAP_CREATE)', 'mmap'], // counters
        ...['bpf(MAP_CREATE)', 'mmap', 'mmap'], // ring buffer
        ...['bpf(PROG_LOAD)', 'bpf(LINK_CREATE)'],
        ...['bpf(MAP_CREATE)', 'mmap', 'bpf(PROG_LOAD)', 'bpf(LINK_CREATE)'], // with link-time addresses
        ...['bpf(PROG_LOAD)', 'bpf(LINK_CREATE)'],
      ],
    );
    for (const index of calls.keys())
      for (const errno of ['ENOMEM', 'EPERM', 'EINVAL', 'ESRCH', 'ENOENT', 'EAGAIN', 'EFAULT', 'ENOTSUPP']) {
        let made = 0;
        const system = new FakeSystem((_, name) =>
          name !== 'close' && made++ === index ? errno : undefined,
        );
        // A program that is refused only once loads at the second attempt.
        const retried = calls[index]!.name === 'bpf(PROG_LOAD)' && errno === 'EAGAIN';
        if (!retried) await failure(system);
      }
  });

  describe('in some processes alone', () => {
    const some = { ...plan([COUNT], [0]), only: { uid: 7, program: process.execPath } };
    /** A kernel that has the program's inode there. */
    const knowing = (inode: bigint, refuse?: ConstructorParameters<typeof FakeSystem>[0]): FakeSystem => {
      const system = new FakeSystem(refuse);
      system.types = new Uint8Array(readFileSync('/sys/kernel/btf/vmlinux'));
      system.onBpf = (command, { pointers }) => {
        if (command !== 'PROG_TEST_RUN') return;
        const { buffer, byteOffset } = pointers[0]!.target;
        new DataView(buffer, byteOffset).setBigUint64(8, inode, true);
      };
      return system;
    };

    it('asks for the inode of their program once, and leaves nothing behind at any call that fails', async () => {
      const whole = knowing(0xffff_8881_0203_0405n);
      const backend = openKernelBackend({ system: whole });
      await backend.install(some);
      const calls = whole.calls.filter(({ name }) => name !== 'close');
      await backend.dispose();
      assert.deepEqual(
        calls.map(({ name }) => name),
        [
          ...['kernelTypes', 'kernelTypes'], // the user's, and the program's
          ...['bpf(PROG_LOAD)', 'bpf(PROG_TEST_RUN)'],
          ...['bpf(MAP_CREATE)', 'mmap', 'bpf(PROG_LOAD)', 'bpf(LINK_CREATE)'],
        ],
      );
      const code = Buffer.from(calls.at(-2)!.attributes!.pointers[0]!.target);
      assert.ok(code.includes(Buffer.from('05040302', 'hex')), 'in the program');
      for (const index of calls.keys())
        for (const errno of ['ENOMEM', 'EPERM', 'EINVAL', 'EFAULT']) {
          let made = 0;
          const refuse = (_: number, name: string): string | undefined =>
            name !== 'close' && made++ === index ? errno : undefined;
          await failure(knowing(1n, refuse), some);
        }
    });

    it('takes no answer for none', async () => {
      assert.deepEqual(await failure(knowing(0n), some), { code: 'noFeature', feature: 'kernelTypes' });
    });
  });

  it('can be tried again on the same backend', async () => {
    let failing = true;
    const system = new FakeSystem((_, name) =>
      failing && name === 'bpf(LINK_CREATE)' ? 'ENOMEM' : undefined,
    );
    const backend = openKernelBackend({ system });
    await assert.rejects(backend.install(PLAN));
    failing = false;
    const { sites } = await backend.install(PLAN);
    assert.deepEqual(sites, [4, 5, 6, 7], 'ids that a record may carry are not given again');
    await backend.dispose();
    assert.equal(system.held.size, 0);
  });

  const refusing = (call: string, errno: string): FakeSystem =>
    new FakeSystem((_, name) => (name === call ? errno : undefined));
  const CAP_PERFMON = 1n << 38n;
  const CAP_BPF = 1n << 39n;
  const CAP_SYS_ADMIN = 1n << 21n;

  it('for want of privilege names the capabilities that are missing', async () => {
    for (const [capabilities, missing] of [
      [0n, ['CAP_PERFMON', 'CAP_BPF']],
      [CAP_BPF, ['CAP_PERFMON']],
      [CAP_PERFMON, ['CAP_BPF']],
    ] as const) {
      const system = refusing('bpf(MAP_CREATE)', 'EPERM');
      system.capabilities = capabilities;
      assert.deepEqual(await failure(system), { code: 'noPrivilege', missing });
    }
    for (const capabilities of [CAP_BPF | CAP_PERFMON, CAP_SYS_ADMIN]) {
      const system = refusing('bpf(PROG_LOAD)', 'EPERM');
      system.capabilities = capabilities;
      assert.deepEqual(await failure(system), { code: 'system', call: 'bpf(PROG_LOAD)', errno: 'EPERM' });
    }
  });

  it('on an old kernel names the feature that it lacks', async () => {
    assert.deepEqual(await failure(refusing('bpf(LINK_CREATE)', 'EINVAL')), {
      code: 'noFeature',
      feature: 'uprobeMulti',
    });
    assert.deepEqual(await failure(refusing('bpf(PROG_LOAD)', 'EINVAL')), {
      code: 'noFeature',
      feature: 'sleepableProgram',
    });
    assert.deepEqual(await failure(refusing('bpf(MAP_CREATE)', 'EINVAL')), {
      code: 'noFeature',
      feature: 'mmapableArray',
    });
  });

  it('for the process or the file says which', async () => {
    const gone = { ...PLAN, pid: 2 ** 22 + 1 };
    assert.deepEqual(await failure(new FakeSystem(), gone), { code: 'noSuchProcess', pid: gone.pid });
    const ending = { ...PLAN, pid: process.pid };
    assert.deepEqual(await failure(refusing('bpf(LINK_CREATE)', 'ESRCH'), ending), {
      code: 'noSuchProcess',
      pid: process.pid,
    });
    assert.deepEqual(await failure(refusing('bpf(LINK_CREATE)', 'ENOENT')), {
      code: 'noSuchFile',
      path: PATH,
    });
    const missing = { ...PLAN, path: '/nowhere', buildId: 'aa' };
    assert.deepEqual(await failure(new FakeSystem(), missing), { code: 'noSuchFile', path: '/nowhere' });
    const text = { ...PLAN, path: __filename, buildId: 'aa' };
    const changed = { code: 'fileChanged', path: __filename, expected: 'aa', found: undefined };
    assert.deepEqual(await failure(new FakeSystem(), text), changed);
  });

  it('for a plan that makes no sense is a bug of ours, not of the kernel', async () => {
    const broken = plan([record({ steps: [], output: { kind: 'scalar', value: 0, size: 8 } })], [0]);
    const system = new FakeSystem();
    const found = await failure(system, broken);
    assert.deepEqual(found, {
      code: 'verifier',
      summary: 'capture 0: output of no step',
      instruction: undefined,
      log: '',
    });
    assert.equal(system.calls.length, 0);
  });
});
