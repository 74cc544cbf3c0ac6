import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linux } from '../../../adapter/sys/linux';
import { Descriptor, watchHeld } from '../../../adapter/sys/owned';
import { PAGE_SIZE } from '../../../adapter/sys/system';
import { SystemError } from '../../../adapter/sys/systemError';

const folder = mkdtempSync(join(tmpdir(), 'linux-'));
const path = join(folder, 'pages');
after(() => {
  rmSync(folder, { recursive: true });
});

describe('Linux', () => {
  it('shares memory of a file both ways', () => {
    writeFileSync(path, Buffer.alloc(2 * PAGE_SIZE, 'ab'));
    const file = openSync(path, 'r+');
    const mapping = linux().map(file, PAGE_SIZE, PAGE_SIZE, 'write');
    closeSync(file);
    const bytes = new Uint8Array(6);
    mapping.read(bytes, 1);
    assert.equal(Buffer.from(bytes).toString(), 'bababa');
    mapping.write(Buffer.from('written'), PAGE_SIZE - 7);
    assert.equal(readFileSync(path).toString('latin1', 2 * PAGE_SIZE - 8), 'awritten');
    mapping.unmap();
    mapping.unmap();
    assert.throws(() => {
      mapping.read(bytes, 0);
    }, RangeError);
  });

  it('copies into the middle of an array, and never outside the mapping', () => {
    writeFileSync(path, Buffer.alloc(PAGE_SIZE, 'x'));
    const file = openSync(path, 'r+');
    const mapping = linux().map(file, 0, PAGE_SIZE, 'read');
    const bytes = new Uint8Array(8);
    mapping.read(bytes.subarray(2, 4), 0);
    assert.deepEqual([...bytes], [0, 0, 0x78, 0x78, 0, 0, 0, 0]);
    for (const offset of [-1, PAGE_SIZE - 7, PAGE_SIZE, NaN])
      assert.throws(() => {
        mapping.read(bytes, offset);
      }, RangeError);
    mapping.unmap();
    closeSync(file);
  });

  it('names the call and the errno that failed', () => {
    const refused = (call: string, errno: string) => (error: unknown) =>
      error instanceof SystemError && error.call === call && error.errno === errno;
    assert.throws(() => linux().map(-1, 0, PAGE_SIZE, 'read'), refused('mmap', 'EBADF'));
    assert.throws(
      () => {
        linux().close(999_999);
      },
      refused('close', 'EBADF'),
    );
  });

  it('passes attributes and the memory they point to', () => {
    // BPF_MAP_CREATE of type 0 is refused, by name of the call.
    assert.throws(
      () => linux().bpf('MAP_CREATE', { bytes: new Uint8Array(72), pointers: [] }),
      (error) =>
        error instanceof SystemError &&
        error.call === 'bpf(MAP_CREATE)' &&
        ['EINVAL', 'EPERM'].includes(error.errno),
    );
  });

  it('closes descriptors at once or later, many at a time', async () => {
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const files = Array.from({ length: 40 }, () => openSync(path, 'r'));
    linux().close(files.pop()!);
    await Promise.all(files.map((file) => linux().closeLater(file)));
    assert.equal(descriptors(), before);
    await assert.rejects(linux().closeLater(999_999), { errno: 'EBADF' });
  });

  it('knows the processors that can be', () => {
    assert.ok(linux().possibleCpus() >= Number(execFileSync('nproc', { encoding: 'utf8' })));
  });
});

describe('a descriptor', () => {
  it('is closed once, and not used afterwards', async () => {
    const descriptor = new Descriptor(linux(), openSync(path, 'r'), 'file');
    assert.ok(descriptor.number > 2);
    await descriptor.closeLater();
    descriptor.close();
    await descriptor.closeLater();
    assert.throws(() => descriptor.number, /closed/);
  });

  it('that leaks is listed with the stack that made it', () => {
    const stop = watchHeld();
    const made = (): Descriptor => new Descriptor(linux(), openSync(path, 'r'), 'file');
    const leaked = made();
    made().close();
    const left = stop();
    assert.deepEqual(
      left.map(({ what }) => what),
      ['file'],
    );
    assert.match(left[0]!.stack, /linux\.test\.ts/);
    leaked.close();
  });
});
