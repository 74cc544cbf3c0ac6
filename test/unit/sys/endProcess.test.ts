import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';

const MODULE = resolve(__dirname, '../../../adapter/sys/endProcess');

describe('the end of a process', () => {
  it('has the status, comes after all that was written, and waits for no thread', async () => {
    // More than a pipe holds; and a thread of the pool that never comes back.
    const script = `
      const { endProcess } = require(${JSON.stringify(MODULE)});
      require('node:fs').read(0, () => {});
      process.stdout.write('x'.repeat(300_000));
      process.stderr.write('y'.repeat(300_000));
      void endProcess(3);`;
    const child = spawn(process.execPath, ['--import', 'tsx', '-e', script]);
    await setTimeout(300);
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit', { signal: AbortSignal.timeout(20_000) }),
    ]);
    child.stdin.destroy();
    assert.deepEqual([stdout.length, stderr.length, child.exitCode], [300_000, 300_000, 3]);
  });

  it('leaves a pipe to others as it was: writes to it wait', () => {
    const script = `void require(${JSON.stringify(MODULE)}).endProcess(0);`;
    const command =
      '{ "$0" --import tsx -e "$1"; cat /proc/$$/fdinfo/1 /proc/$$/fdinfo/2 >&3; } 3>&1 1> >(cat) 2> >(cat)';
    const { stdout } = spawnSync('bash', ['-c', command, process.execPath, script], { encoding: 'utf8' });
    const flags = [...stdout.matchAll(/^flags:\s+(\d+)$/gm)].map(([, octal]) => Number.parseInt(octal!, 8));
    assert.equal(flags.length, 2);
    for (const each of flags) assert.equal(each & constants.O_NONBLOCK, 0);
  });
});
