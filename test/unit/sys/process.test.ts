import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readlinkSync, statSync } from 'node:fs';
import {
  effectiveCapabilities,
  executableOf,
  processesNamed,
  processesRunning,
  processExists,
  processUid,
  readMaps,
  threadGroupOf,
} from '../../../adapter/sys/process';
import { SystemError } from '../../../adapter/sys/systemError';

/** No system gives so high a pid (PID_MAX_LIMIT is 2^22). */
const NO_PID = 2 ** 22 + 1;

describe('processes', () => {
  let sleeper: ChildProcess;
  before(async () => {
    sleeper = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    await once(sleeper, 'spawn');
  });
  after(() => sleeper.kill());

  it('exist until they have ended, also when nobody has waited for them', async () => {
    assert.ok(processExists(process.pid));
    assert.ok(!processExists(NO_PID));
    // The shell becomes a program that does not wait for the child it inherits.
    const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const zombie = Number(line.toString());
    const state = (): string => readFileSync(`/proc/${zombie}/stat`, 'latin1').replace(/.*\) (.).*/s, '$1');
    while (state() !== 'Z') await new Promise(setImmediate);
    assert.ok(!processExists(zombie));
    parent.kill();
  });

  it('belong to a user', () => {
    assert.equal(processUid(sleeper.pid!), process.getuid!());
    assert.equal(processUid(NO_PID), undefined);
  });

  it('are thread groups', () => {
    const threads = execFileSync('ls', [`/proc/${process.pid}/task`], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
    assert.ok(threads.length > 1);
    for (const thread of threads) assert.equal(threadGroupOf(thread), process.pid);
    assert.equal(threadGroupOf(NO_PID), undefined);
  });

  it('are found by the name of their program, and by its file', () => {
    assert.ok(processesNamed('sleep').includes(sleeper.pid!));
    assert.ok(!processesNamed('slee').includes(sleeper.pid!));
    assert.ok(processesRunning('/bin/sleep').includes(sleeper.pid!));
    assert.ok(!processesRunning('/bin/sh').includes(sleeper.pid!));
    assert.equal(executableOf(sleeper.pid!), readlinkSync(`/proc/${sleeper.pid!}/exe`));
    assert.throws(() => processesRunning('/nowhere'), { errno: 'ENOENT' });
  });

  it('have the mappings that /proc lists', () => {
    const maps = readMaps(sleeper.pid!);
    const file = executableOf(sleeper.pid!)!;
    const text = maps.find((entry) => entry.path === file && entry.executable)!;
    assert.equal(text.inode, statSync(file).ino);
    assert.ok(text.start < text.end && text.offset % 4096 === 0);
    assert.match(text.device, /^[0-9a-f]+:[0-9a-f]+$/);
    assert.ok(maps.some((entry) => entry.path === '[stack]' && !entry.executable && entry.inode === 0));
    const vsyscall = maps.find((entry) => entry.path === '[vsyscall]');
    if (vsyscall) assert.equal(vsyscall.start, -0xa0_0000, 'the signed reading of 64 bits');
  });

  it('that are gone have no mappings', () => {
    assert.throws(
      () => readMaps(NO_PID),
      (error) => error instanceof SystemError && error.errno === 'ENOENT',
    );
  });

  it('know their own capabilities', () => {
    const text = readFileSync('/proc/self/status', 'latin1');
    assert.equal(effectiveCapabilities(), BigInt(`0x${/CapEff:\t(\w+)/.exec(text)![1]!}`));
  });
});
