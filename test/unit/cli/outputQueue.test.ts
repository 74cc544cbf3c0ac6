import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OutputQueue } from '../../../adapter/cli/outputQueue';

describe('the output of a command', () => {
  it('is out when the command fails', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'output-'));
    const path = join(folder, 'out');
    const file = openSync(path, 'w');
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}`);
    const failing = OutputQueue.to(file, (output) => {
      for (const line of lines) output.line(line);
      return Promise.reject(new Error('a damaged unit'));
    });
    await assert.rejects(failing, /a damaged unit/);
    closeSync(file);
    assert.equal(readFileSync(path, 'utf8'), `${lines.join('\n')}\n`);
    rmSync(folder, { recursive: true });
  });
});
