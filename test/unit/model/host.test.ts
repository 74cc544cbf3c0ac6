import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Pace } from '../../../src/model/pace';
import { childMayProbe, nodeCommand } from '../../../src/model/privilege';
import { newestFirst, processOf } from '../../../src/model/process';

describe('the pace of painting', () => {
  it('is at once, then no faster than its interval, and the last request is not lost', () => {
    let time = 0;
    let runs = 0;
    let waiting: { at: number; run: () => void } | undefined;
    const clock = {
      now: () => time,
      after: (ms: number, run: () => void) => {
        waiting = { at: time + ms, run };
        return { cancel: () => (waiting = undefined) };
      },
    };
    const pace = new Pace(200, () => runs++, clock);
    for (; time < 1000; time += 10) {
      pace.request();
      if (waiting && time >= waiting.at) waiting.run();
    }
    assert.ok(runs >= 4 && runs <= 6, `${runs} runs in a second`);
    assert.ok(waiting, 'the last request is still to come');
  });
});

describe('privilege', () => {
  const status = (uid: number, effective: string, ambient: string): string =>
    `Name:\tx\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\nCapEff:\t${effective}\nCapAmb:\t${ambient}\n`;
  const NONE = '0'.repeat(16);
  const BPF_AND_PERFMON = (3n << 38n).toString(16).padStart(16, '0');

  it('is what a child would have: all of root, the ambient set of others', () => {
    assert.equal(childMayProbe(status(0, '000001ffffffffff', NONE)), true);
    assert.equal(childMayProbe(status(0, NONE, NONE)), false);
    assert.equal(childMayProbe(status(1000, BPF_AND_PERFMON, NONE)), false);
    assert.equal(childMayProbe(status(1000, BPF_AND_PERFMON, BPF_AND_PERFMON)), true);
    assert.equal(childMayProbe(status(1000, NONE, (1n << 39n).toString(16).padStart(16, '0'))), false);
  });

  it('starts Node as Node, also where the environment is stripped', () => {
    const { command, args } = nodeCommand('none', process.execPath, [
      '-p',
      'process.env.ELECTRON_RUN_AS_NODE',
    ]);
    assert.equal(spawnSync(command, args, { env: {}, encoding: 'utf8' }).stdout, '1\n');
    assert.deepEqual(nodeCommand('sudo', '/code', ['a.js']), {
      command: 'sudo',
      args: ['-n', '/usr/bin/env', 'ELECTRON_RUN_AS_NODE=1', '/code', 'a.js'],
    });
    assert.equal(nodeCommand('pkexec', '/code', []).command, 'pkexec');
  });
});

describe('processes to pick from', () => {
  const stat = (name: string, start: number): string => `7 (${name}) S ${'0 '.repeat(18)}${start} 0`;

  it('are read whatever their names hold, without kernel threads', () => {
    assert.deepEqual(processOf(7, stat('a) (b', 1234), 'a b\0-x\0'), {
      pid: 7,
      name: 'a) (b',
      commandLine: 'a b -x',
      startTime: 1234,
    });
    assert.equal(processOf(2, stat('kthreadd', 0), ''), undefined);
  });

  it('come newest first', () => {
    const old = processOf(7, stat('old', 10), 'old')!;
    const young = processOf(3, stat('young', 20), 'young')!;
    assert.deepEqual(newestFirst([old, young]), [young, old]);
  });
});
