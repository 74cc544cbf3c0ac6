import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { callerIdentity } from '../../adapter/engine/callerIdentity';
import { launchProgram, type LaunchedTarget, type LaunchOptions } from '../../adapter/engine/launchedTarget';
import { needsKernel } from './available';

const OPTIONS: LaunchOptions = {
  program: '/bin/sh',
  args: [],
  cwd: '/',
  env: {},
  stdio: ['ignore', 'pipe', 'pipe'],
  symbolSearchPath: [],
};

async function outputOf(target: LaunchedTarget): Promise<string> {
  let output = '';
  target.stdout!.on('data', (data: Buffer) => (output += data.toString()));
  target.release();
  await target.ended;
  await sleep(20);
  target.dispose();
  return output;
}

describe('a launched program', () => {
  before(needsKernel);

  it('is not there before it is released, and then has the pid of its stub', async () => {
    const target = await launchProgram({ ...OPTIONS, args: ['-c', 'echo $$'] });
    assert.doesNotMatch(readFileSync(`/proc/${String(target.pid)}/cmdline`, 'utf8'), /^\/bin\/sh\0-c\0echo/);
    assert.equal(await outputOf(target), `${String(target.pid)}\n`);
  });

  it('gets its arguments, folder and environment as they are, and no descriptor of ours', async () => {
    const args = [
      '-c',
      'printf "%s|" "$@"; pwd; printf "%s\\n" "$A b" "${HOME-none}"; (: >&3) || echo closed',
      'sh',
      'a b',
      '',
      '$x"\'',
      '*',
    ];
    const target = await launchProgram({
      ...OPTIONS,
      cwd: '/usr',
      args,
      env: { A: 'x  y', HOME: null },
    });
    assert.match(await outputOf(target), /^a b\|\|\$x"'\|\*\|\/usr\nx {2}y b\nnone\nclosed\n$/);
  });

  it('gets variables with names that no shell takes', async () => {
    const target = await launchProgram({ ...OPTIONS, program: '/usr/bin/env', env: { 'a.b%%': 'x y' } });
    assert.match(await outputOf(target), /^a\.b%%=x y$/m);
  });

  it('gives its exit status and signal', async () => {
    for (const [script, end] of [
      ['exit 7', { exitCode: 7, signal: undefined }],
      ['kill -9 $$', { exitCode: undefined, signal: 'SIGKILL' }],
    ] as const) {
      const target = await launchProgram({ ...OPTIONS, args: ['-c', script] });
      target.release();
      assert.deepEqual(await target.ended, end);
      target.dispose();
    }
  });

  it('never runs when we go before it is released', async () => {
    const target = await launchProgram({ ...OPTIONS, args: ['-c', 'echo ran'] });
    let output = '';
    target.stdout!.on('data', (data: Buffer) => (output += data.toString()));
    target.dispose();
    assert.deepEqual(await target.ended, { exitCode: 125, signal: undefined });
    assert.equal(output, '');
  });

  it('is killed when it does not end by itself', async function () {
    this.timeout(20_000);
    const target = await launchProgram({
      ...OPTIONS,
      args: ['-c', 'trap "" TERM; while :; do sleep 0.1; done'],
    });
    target.release();
    await sleep(100);
    await target.end();
    assert.equal((await target.ended).signal, 'SIGKILL');
    target.dispose();
  });

  it('runs as the user who called us through sudo, with the groups and names of that user, without capabilities', () => {
    const { prefix, env } = callerIdentity({ SUDO_UID: '65534', SUDO_GID: '65534' }, 0);
    const script = 'id -u; id -g; id -G; grep Cap /proc/self/status';
    const output = execFileSync(prefix[0]!, [...prefix.slice(1), '/bin/sh', '-c', script], {
      encoding: 'utf8',
    });
    const groups = execFileSync('id', ['-G', 'nobody'], { encoding: 'utf8' }).trim();
    assert.match(output, new RegExp(`^65534\n65534\n${groups}\nCapInh:\t0+\nCapPrm:\t0+\nCapEff:\t0+\n`));
    assert.match(output, /CapAmb:\t0+\n/);
    assert.deepEqual(env, { USER: 'nobody', LOGNAME: 'nobody', HOME: '/nonexistent' });
    assert.deepEqual(callerIdentity({ PKEXEC_UID: '65534' }, 0).prefix, prefix);
    assert.deepEqual(callerIdentity({}, 0).prefix, [], 'as root, where nobody called us');
    assert.deepEqual(callerIdentity({ SUDO_UID: '0' }, 0).prefix, []);
  });
});
