import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { Pace } from '../../../src/model/pace';
import { childMayProbe, nodeCommand } from '../../../src/model/privilege';
import { inOrder, isCalled, processOf, type Process } from '../../../src/model/process';

describe('the pace of painting', () => {
  let time = 0;
  let waiting: { at: number; run: () => void } | undefined;
  const clock = {
    now: () => time,
    after: (ms: number, run: () => void) => {
      waiting = { at: time + ms, run };
      return { cancel: () => (waiting = undefined) };
    },
  };
  const runs: number[] = [];
  const pace = (): Pace => new Pace(200, () => runs.push(time), clock);
  /** To that time, in steps of 10 ms. */
  const goOn = (end: number, atEachStep: () => void): void => {
    for (; time < end; time += 10) {
      atEachStep();
      if (waiting && time >= waiting.at) waiting.run();
    }
  };
  beforeEach(() => {
    time = 0;
    waiting = undefined;
    runs.splice(0);
  });

  it('is at once, then no faster than its interval, and the last request is not lost', () => {
    const painting = pace();
    goOn(1000, () => {
      painting.request();
    });
    assert.deepEqual(runs, [0, 200, 400, 600, 800]);
    assert.ok(waiting, 'the last request is still to come');
  });

  it('waits while keys come, but not for ever', () => {
    const painting = pace();
    goOn(10_000, () => {
      if (time % 150 === 0) painting.hold();
      painting.request();
    });
    assert.deepEqual(runs, [3000, 6010, 9020]);
  });

  it('goes on soon after the last key', () => {
    const painting = pace();
    goOn(3000, () => {
      if (time === 100) painting.hold();
      painting.request();
    });
    assert.deepEqual(runs.slice(0, 3), [0, 800, 1000]);
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
  const stat = (name: string, start: number, parent = 1): string =>
    `7 (${name}) S ${parent} ${'0 '.repeat(17)}${start} 0`;
  const status = 'Name:\tx\nUid:\t1000\t0\t0\t0\n';
  const process = (pid: number, startTime: number, rest: Partial<Process> = {}): Process => ({
    ...processOf(pid, { stat: stat('x', startTime), status, cmdline: 'x', exe: '/bin/x' })!,
    ...rest,
  });

  it('are read whatever their names hold, without kernel threads', () => {
    const texts = { stat: stat('a) (b', 1234, 12), status, cmdline: 'a b\0-x\0', exe: '/bin/sh (deleted)' };
    assert.deepEqual(processOf(7, texts), {
      pid: 7,
      name: 'a) (b',
      command: 'a) (b',
      commandLine: 'a b -x',
      startTime: 1234,
      parent: 12,
      uid: 1000,
      executable: '/bin/sh',
    });
    assert.equal(processOf(2, { ...texts, cmdline: '' }), undefined);
  });

  it('have the name of their program in full, of which the kernel keeps 15 bytes', () => {
    const texts = { stat: stat('inventory-serve', 1), status, cmdline: 'x' };
    const readable = processOf(7, { ...texts, exe: '/opt/inventory-server' })!;
    const unreadable = processOf(7, { ...texts, exe: undefined })!;
    assert.equal(readable.name, 'inventory-server');
    assert.equal(unreadable.name, 'inventory-serve');
    for (const one of [readable, unreadable]) assert.equal(isCalled(one, 'inventory-server'), true);
    assert.equal(isCalled(readable, 'inventory'), false);
    assert.equal(isCalled(process(7, 1, { command: 'worker' }), 'worker'), true);
  });

  it("come one's own first, the editor's last, and the newest of each first", () => {
    const [uid, self] = [1000, 52];
    const editor = { executable: '/opt/code' };
    const processes = [
      process(50, 90, editor),
      process(51, 91, { ...editor, parent: 50 }),
      process(52, 92, { ...editor, parent: 51 }),
      process(60, 93, { parent: 51, executable: '/bin/bash' }),
      process(61, 94, { ...editor, parent: 60 }),
      process(10, 1, { uid: 0 }),
      process(11, 2, { uid: 0 }),
      process(20, 3),
    ];
    const order = inOrder(processes, uid, self).map(({ pid }) => pid);
    assert.deepEqual(order, [61, 60, 20, 11, 10, 52, 51, 50]);
  });

  it('are all kept where our own program cannot be read', () => {
    const processes = [process(1, 1, { executable: undefined, uid: 0 }), process(2, 2)];
    assert.deepEqual(
      inOrder(processes, 1000, 1).map(({ pid }) => pid),
      [2, 1],
    );
  });
});
