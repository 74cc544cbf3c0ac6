import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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
});
