import assert from 'node:assert/strict';
import { BackendError, type BackendFailure } from '../../../adapter/backend/backend';
import { openKernelBackend } from '../../../adapter/backend/kernelBackend';
import { trapImage, TRAP_CODE, TRAP_SITES } from '../../../adapter/backend/trapProgram';
import { PROG_INFO } from '../../../adapter/bpf/runTime';
import { FakeSystem } from '../../../adapter/sys/fake';
import { isEmulated } from '../../../adapter/x86/emulation';
import { assemble } from '../../fixtures/x86/assemble';
import { COUNT, plan, record, REGISTER } from './plans';

/** Processes that take so many nanoseconds a hit. */
function timing(system: FakeSystem, ns: number): FakeSystem {
  system.onAsk = (question, size) => {
    const hits = Buffer.from(question).readBigUInt64LE();
    const answer = Buffer.alloc(size);
    answer.writeBigInt64LE(7n, 0);
    answer.writeBigInt64LE(999_999_999n, 8);
    const end = 7_999_999_999n + hits * BigInt(ns);
    answer.writeBigInt64LE(end / 1_000_000_000n, 16);
    answer.writeBigInt64LE(end % 1_000_000_000n, 24);
    return answer;
  };
  return system;
}

async function failureOf(measurement: Promise<unknown>): Promise<BackendFailure | undefined> {
  const error: unknown = await measurement.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error === undefined || error instanceof BackendError, String(error));
  return error?.failure;
}

describe('the program that is probed to time traps', () => {
  it('is what an assembler makes of it', () => {
    const { bytes } = assemble(TRAP_CODE.map(([, assembly]) => assembly).join('\n'));
    assert.equal(
      TRAP_CODE.map(([code]) => code).join(''),
      Buffer.from(bytes.subarray(0, trapImage().length - 120)).toString('hex'),
    );
  });

  it('is probed at an instruction that the kernel emulates, and at one that it steps', () => {
    const image = trapImage();
    assert.ok(isEmulated(image.subarray(TRAP_SITES.emulated, TRAP_SITES.stepped)));
    assert.ok(!isEmulated(image.subarray(TRAP_SITES.stepped, TRAP_SITES.stepped + 3)));
  });
});

describe('the cost of a trap', () => {
  it('is the time that hits take, by their number, and measured once', async () => {
    const system = timing(new FakeSystem(), 1500);
    const backend = openKernelBackend({ system });
    assert.deepEqual(await backend.trapCost(), { emulated: 1500, stepped: 1500 });
    const calls = system.calls.length;
    assert.deepEqual(await backend.trapCost(), { emulated: 1500, stepped: 1500 });
    assert.equal(system.calls.length, calls);
    assert.deepEqual([...system.held.values()], []);
    await backend.dispose();
  });

  it('is that of the process in between, whatever others take meanwhile', async () => {
    const system = new FakeSystem();
    let asked = 0;
    const backend = openKernelBackend({ system });
    system.onAsk = (question, size) =>
      timing(new FakeSystem(), asked++ % 3 === 0 ? 90_000 : 400).onAsk(question, size);
    assert.deepEqual(await backend.trapCost(), { emulated: 400, stepped: 400 });
    await backend.dispose();
  });

  it('is refused with its cause, whatever call fails, and nothing is left', async () => {
    const whole = timing(new FakeSystem(), 400);
    await openKernelBackend({ system: whole }).trapCost();
    const calls = whole.calls.filter(({ name }) => name !== 'close');
    assert.ok(calls.length > 6);
    for (const [index, { name }] of calls.entries())
      for (const errno of ['EACCES', 'EPERM', 'ENOMEM', 'EPIPE']) {
        let made = 0;
        const system = timing(
          new FakeSystem((_, call) => (call !== 'close' && made++ === index ? errno : undefined)),
          400,
        );
        const backend = openKernelBackend({ system });
        const isFatal = !(name === 'bpf(PROG_LOAD)' && errno === 'EACCES'); // its log is asked for
        const failure = await failureOf(backend.trapCost());
        if (isFatal) assert.deepEqual(failure, { code: 'system', call: name, errno });
        assert.deepEqual([...system.held.values()], [], `${name} ${errno}`);
        await backend.dispose();
      }
  });

  it('leaves nothing where the backend is closed meanwhile', async () => {
    const system = timing(new FakeSystem(), 400);
    const backend = openKernelBackend({ system });
    const measured = failureOf(backend.trapCost());
    await backend.dispose();
    await measured;
    assert.deepEqual([...system.held.values()], []);
  });
});

describe('timing programs', () => {
  it('adds up what the programs of an installation took', async () => {
    const system = new FakeSystem();
    const backend = openKernelBackend({ system });
    const installation = await backend.install(plan([record(REGISTER), COUNT], [0, 1]));
    system.onBpf = (command, { pointers }) => {
      if (command !== 'OBJ_GET_INFO_BY_FD') return;
      const { run_time_ns, run_cnt } = PROG_INFO.members;
      const info = Buffer.from(pointers[0]!.target.buffer);
      info.writeBigUInt64LE(5_000n, run_time_ns);
      info.writeBigUInt64LE(10n, run_cnt);
    };
    assert.deepEqual(installation.runTime(), { runs: 20, ns: 10_000 });
    await backend.dispose();
  });

  it('ends with its time, and with the backend', async () => {
    const system = new FakeSystem();
    const backend = openKernelBackend({ system });
    const short = backend.timePrograms(1);
    assert.deepEqual([...system.held.values()], ['ENABLE_STATS']);
    await short;
    assert.equal(system.held.size, 0);
    const long = backend.timePrograms(60_000);
    assert.equal(system.held.size, 1);
    await backend.dispose();
    await long;
    assert.equal(system.held.size, 0);
  });

  it('says why it is refused', async () => {
    const system = new FakeSystem((_, name) => (name === 'bpf(ENABLE_STATS)' ? 'EPERM' : undefined));
    const backend = openKernelBackend({ system });
    const failure = await failureOf(backend.timePrograms(1));
    assert.deepEqual(failure, { code: 'system', call: 'bpf(ENABLE_STATS)', errno: 'EPERM' });
    await backend.dispose();
  });
});
