import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileClosedError, openFile } from '../../../adapter/sys/file';
import { SystemError } from '../../../adapter/sys/systemError';

describe('a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'file-'));
  const path = join(folder, 'bytes');
  beforeEach(() => {
    writeFileSync(path, '0123456789');
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('reads any range of it, and nothing beyond', () => {
    const file = openFile(path);
    assert.equal(file.size, 10);
    assert.equal(Buffer.from(file.read(3, 4)).toString(), '3456');
    assert.equal(file.read(10, 0).length, 0);
    for (const [offset, length] of [
      [9, 2],
      [-1, 1],
      [11, 0],
      [0, -1],
      [NaN, 1],
    ] as const)
      assert.throws(() => file.read(offset, length), RangeError);
    file.close();
  });

  it('notices that it shrank', () => {
    const file = openFile(path);
    truncateSync(path, 4);
    assert.throws(() => file.read(0, 10), /shrank/);
    file.close();
  });

  it('is closed once, and read no more', () => {
    const before = readdirSync('/proc/self/fd').length;
    const file = openFile(path);
    file.close();
    file.close();
    assert.equal(readdirSync('/proc/self/fd').length, before);
    assert.throws(() => file.read(0, 1), FileClosedError);
  });

  it('that is not there is a typed error', () => {
    assert.throws(
      () => openFile(join(folder, 'missing')),
      (error) =>
        error instanceof SystemError &&
        error.call === 'open' &&
        error.errno === 'ENOENT' &&
        error.path?.endsWith('missing'),
    );
  });
});
