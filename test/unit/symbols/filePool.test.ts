import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DecodeError } from '../../../adapter/elf/decodeError';
import { FilePool } from '../../../adapter/symbols/filePool';
import { FileClosedError } from '../../../adapter/sys/file';
import { SystemError } from '../../../adapter/sys/systemError';

describe('A pool of files', () => {
  let folder: string;
  let pool: FilePool;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    for (const name of NAMES) writeFileSync(join(folder, name), `this is ${name}`);
    pool = new FilePool(2);
  });
  afterEach(() => {
    pool.close();
    assert.deepEqual(openFiles(), []);
    rmSync(folder, { recursive: true });
  });

  /** Names of the folder's files that this process has open. */
  const openFiles = (): string[] =>
    readdirSync('/proc/self/fd').flatMap((descriptor) => {
      try {
        const path = readlinkSync(`/proc/self/fd/${descriptor}`);
        return path.startsWith(folder) ? [path.slice(folder.length + 1)] : [];
      } catch {
        return []; // the folder's own
      }
    });
  const open = (name: string): ReturnType<FilePool['open']> => pool.open(join(folder, name));
  const text = (file: ReturnType<FilePool['open']>): string =>
    Buffer.from(file.read(0, file.size)).toString();

  it('has a few open, those read last, and reads them all', () => {
    const files = NAMES.map(open);
    assert.equal(openFiles().length, 2);
    for (const index of [0, 1, 2, 3, 0, 3]) {
      assert.equal(text(files[index]!), `this is ${NAMES[index]!}`);
      assert.ok(openFiles().includes(NAMES[index]!) && openFiles().length <= 2);
    }
    assert.deepEqual(openFiles().sort(), ['a', 'd']);
  });

  it('does not take another file for the one that was there', () => {
    const files = NAMES.map(open);
    writeFileSync(join(folder, 'new'), 'this is z');
    renameSync(join(folder, 'new'), join(folder, 'a'));
    rmSync(join(folder, 'b'));
    for (const [index, detail] of [
      [0, /replaced/],
      [1, /ENOENT/],
    ] as const)
      assert.throws(
        () => text(files[index]!),
        (error) => error instanceof DecodeError && error.code === 'missingFile' && detail.test(error.message),
      );
    assert.equal(text(files[2]!), 'this is c');
  });

  it('reads none that is closed', () => {
    const [file, other] = [open('a'), open('b')];
    file.close();
    file.close();
    assert.deepEqual(openFiles(), ['b']);
    assert.throws(() => file.read(0, 1), FileClosedError);
    pool.close();
    assert.throws(() => other.read(0, 1), FileClosedError);
  });

  it('says at once that a file is not there', () => {
    assert.throws(
      () => open('missing'),
      (error) => error instanceof SystemError && error.errno === 'ENOENT',
    );
  });
});

const NAMES = ['a', 'b', 'c', 'd'];
