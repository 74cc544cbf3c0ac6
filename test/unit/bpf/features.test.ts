import assert from 'node:assert/strict';
import { FEATURES, featureSupport, missingFeature, type Feature } from '../../../adapter/bpf/features';
import { FakeSystem } from '../../../adapter/sys/fake';

const ALL = Object.keys(FEATURES) as Feature[];

describe('feature probes', () => {
  it('say supported when the attempt succeeds, and close what it opened', () => {
    const system = new FakeSystem();
    for (const feature of ALL) assert.deepEqual(featureSupport(system, feature), { kind: 'supported' });
    assert.equal(system.held.size, 0);
    assert.equal(missingFeature(system), undefined);
  });

  for (const errno of ['EINVAL', 'E2BIG', 'ENOTSUPP', 'ENOSYS'])
    it(`say not supported after ${errno}`, () => {
      const system = new FakeSystem(() => errno);
      for (const feature of ALL)
        assert.deepEqual(featureSupport(system, feature), { kind: 'notSupported' }, feature);
      assert.equal(missingFeature(system), 'mmapableArray');
    });

  for (const errno of ['EPERM', 'ENOMEM'])
    it(`are inconclusive after ${errno}, and say why`, () => {
      const system = new FakeSystem((_, name) => (name === 'bpf(PROG_LOAD)' ? errno : undefined));
      const expected = { kind: 'inconclusive', reason: `bpf(PROG_LOAD): ${errno}` };
      assert.deepEqual(featureSupport(system, 'uprobeMulti'), expected);
      assert.equal(missingFeature(system), undefined);
    });

  it('take the refusal of a directory for a kernel that knows uprobe_multi', () => {
    const link = (errno: string): FakeSystem =>
      new FakeSystem((_, name) => (name === 'bpf(LINK_CREATE)' ? errno : undefined));
    assert.deepEqual(featureSupport(link('EBADF'), 'uprobeMulti'), { kind: 'supported' });
    assert.deepEqual(featureSupport(link('EINVAL'), 'uprobeMulti'), { kind: 'notSupported' });
    assert.equal(missingFeature(link('EINVAL')), 'uprobeMulti');
  });

  it('are made once, unless inconclusive', () => {
    const system = new FakeSystem();
    featureSupport(system, 'ringBuffer');
    const { length } = system.calls;
    featureSupport(system, 'ringBuffer');
    assert.equal(system.calls.length, length);

    let errno: string | undefined = 'ENOMEM';
    const recovering = new FakeSystem(() => errno);
    assert.equal(featureSupport(recovering, 'ringBuffer').kind, 'inconclusive');
    errno = undefined;
    assert.equal(featureSupport(recovering, 'ringBuffer').kind, 'supported');
  });
});
