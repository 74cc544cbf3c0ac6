import assert from 'node:assert/strict';
import { assemble } from '../../../adapter/bpf/assembler';
import { call, exit, moveImmediate } from '../../../adapter/bpf/instruction';
import { loadProgram } from '../../../adapter/bpf/program';
import { VerifierError } from '../../../adapter/bpf/verifierError';
import { FakeSystem } from '../../../adapter/sys/fake';
import { SystemError } from '../../../adapter/sys/systemError';

const code = assemble([moveImmediate(1, 0), call('probe_read_user'), exit()], {});

describe('loading a program', () => {
  it('asks for no log at first', () => {
    const system = new FakeSystem();
    loadProgram(system, 'p', code).close();
    assert.deepEqual(
      system.calls.map(({ name }) => name),
      ['bpf(PROG_LOAD)', 'close'],
    );
    assert.equal(Buffer.from(system.calls[0]!.attributes!.bytes).readUInt32LE(24), 0, 'log_level');
  });

  it('tries again when the verifier was interrupted, but not for ever', () => {
    let failures = 3;
    const system = new FakeSystem(() => (failures-- > 0 ? 'EAGAIN' : undefined));
    loadProgram(system, 'p', code).close();
    assert.equal(system.calls.filter(({ name }) => name === 'bpf(PROG_LOAD)').length, 4);

    const never = new FakeSystem(() => 'EAGAIN');
    assert.throws(() => loadProgram(never, 'p', code), { errno: 'EAGAIN' });
    assert.equal(never.calls.length, 5);
  });

  it('asks for the log after a refusal', () => {
    const system = new FakeSystem(() => 'EACCES');
    system.onBpf = (_, { pointers }) => {
      const log = pointers.find(({ offset }) => offset === 32)?.target;
      log?.set(
        Buffer.from(
          '0: (b7) r1 = 0\n1: (85) call bpf_probe_read_user#112\nR1 type=scalar expected=fp\nprocessed 2 insns\n',
        ),
      );
    };
    assert.throws(
      () => loadProgram(system, 'p', code),
      (error) =>
        error instanceof VerifierError &&
        error.errno === 'EACCES' &&
        error.instruction === '1: call probe_read_user',
    );
    assert.equal(system.held.size, 0);
  });

  for (const errno of ['EPERM', 'ENOMEM'])
    it(`does not blame the verifier for ${errno}`, () => {
      const system = new FakeSystem(() => errno);
      assert.throws(() => loadProgram(system, 'p', code), SystemError);
      assert.equal(system.calls.length, 1);
    });
});

describe('a verifier log', () => {
  const read = (log: string): VerifierError => new VerifierError(code, log, 'EACCES');
  for (const [name, log, summary, instruction] of [
    [
      'with states',
      'func#0 @0\n0: R1=ctx() R10=fp0\n0: (b7) r1 = 0    ; R1_w=0\n1: (85) call bpf_probe_read_user#112\nR1 type=scalar expected=fp, pkt\nprocessed 2 insns (limit 1000000)\n',
      'R1 type=scalar expected=fp, pkt',
      '1: call probe_read_user',
    ],
    [
      'that refuses the program as a whole',
      'Only fentry/fexit programs can be sleepable\nprocessed 0 insns\n',
      'Only fentry/fexit programs can be sleepable',
      undefined,
    ],
    ['that says nothing', '', 'EACCES', undefined],
  ] as const)
    it(name, () => {
      assert.equal(read(log).summary, summary);
      assert.equal(read(log).instruction, instruction);
    });
});
