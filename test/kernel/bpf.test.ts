import assert from 'node:assert/strict';
import { assemble } from '../../adapter/bpf/assembler';
import { FEATURES, featureSupport, missingFeature, type Feature } from '../../adapter/bpf/features';
import { call, exit, load, move, moveImmediate } from '../../adapter/bpf/instruction';
import { loadProgram } from '../../adapter/bpf/program';
import { VerifierError } from '../../adapter/bpf/verifierError';
import { linux } from '../../adapter/sys/linux';
import { watchHeld } from '../../adapter/sys/owned';
import { SystemError } from '../../adapter/sys/systemError';
import { needsKernel } from './available';

describe('BPF in this kernel', function () {
  before(needsKernel);

  it('has every feature that the backend needs, and trying them leaves nothing open', () => {
    const stopWatching = watchHeld();
    for (const feature of Object.keys(FEATURES) as Feature[])
      assert.deepEqual(featureSupport(linux(), feature), { kind: 'supported' }, feature);
    assert.equal(missingFeature(linux()), undefined);
    assert.deepEqual(stopWatching(), []);
  });

  const refused = (lines: Parameters<typeof assemble>[0]): VerifierError => {
    try {
      loadProgram(linux(), 'refused', assemble(lines, {})).close();
    } catch (error) {
      assert.ok(error instanceof VerifierError, String(error));
      return error;
    }
    assert.fail('the verifier took it');
  };

  it('says of a program that the verifier refuses why, and at which instruction', () => {
    const uninitialised = refused([moveImmediate(1, 1), move(0, 5), exit()]);
    assert.equal(uninitialised.summary, 'R5 !read_ok');
    assert.equal(uninitialised.instruction, '1: r0 = r5');
    assert.match(uninitialised.log, /processed \d+ insns/);

    const invalid = refused([
      moveImmediate(2, 8),
      moveImmediate(3, 0),
      call('probe_read_user'),
      moveImmediate(0, 0),
      exit(),
    ]);
    assert.match(invalid.summary, /^R1 type=ctx expected=fp/);
    assert.equal(invalid.instruction, '2: call probe_read_user');

    const outOfFrame = refused([load(8, 0, 10, 8), exit()]);
    assert.match(outOfFrame.summary, /invalid read from stack|invalid .*stack/);
    assert.equal(outOfFrame.instruction, '0: r0 = u64[r10 + 8]');
  });

  it('names the errno where the kernel gives no log', () => {
    assert.throws(
      () => loadProgram(linux(), 'empty', new Uint8Array(0)),
      (error) => error instanceof SystemError && error.call === 'bpf(PROG_LOAD)' && error.errno === 'E2BIG',
    );
  });
});
