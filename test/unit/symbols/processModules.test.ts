import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  openSync,
  closeSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  unlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionSymbols } from '../../../adapter/elf/symbolTable';
import type { Module } from '../../../adapter/symbols/module';
import { openProgram } from '../../../adapter/symbols/module';
import { processModules } from '../../../adapter/symbols/processModules';
import { SymbolError } from '../../../adapter/symbols/symbolError';

/** A program of the system that waits, and has libraries. */
const PROGRAM = '/bin/sleep';

describe('the modules of a process', () => {
  let directory: string;
  let child: ChildProcess | undefined;
  let modules: Module[] = [];
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'sourcetap-'))));
  afterEach(() => {
    child?.kill('SIGKILL');
    for (const module of modules) module.close();
    rmSync(directory, { recursive: true });
  });

  async function start(program: string): Promise<number> {
    child = spawn(program, ['1000'], { stdio: 'ignore' });
    const pid = child.pid!;
    // Until the loader has mapped the libraries and main runs, the program is not asleep.
    while (!/^State:\tS/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')) || !mapsOf(pid).includes('libc'))
      await new Promise((resolve) => setTimeout(resolve, 1));
    return pid;
  }
  const mapsOf = (pid: number): string => readFileSync(`/proc/${pid}/maps`, 'utf8');
  const copy = (name: string): string => {
    const path = join(directory, name);
    copyFileSync(PROGRAM, path);
    return path;
  };
  const buildIdOf = (path: string): string | undefined => {
    const program = openProgram(path);
    const id = program.buildId;
    program.close();
    return id;
  };

  it('are the executable, then each mapped library once', async () => {
    const pid = await start(PROGRAM);
    modules = processModules(pid);
    const mapped = new Set([...mapsOf(pid).matchAll(/ r-xp .* (\/\S+)$/gm)].map(([, path]) => path));
    assert.deepEqual(new Set(modules.map(({ path }) => path)), mapped);
    assert.equal(modules.length, mapped.size);
    assert.match(modules[0]!.path, /\/sleep$/);
    for (const { openPath, path } of modules) assert.equal(realpathSync(openPath), realpathSync(path));
    assert.ok(modules.every(({ replacedOnDisk }) => !replacedOnDisk));
  });

  it('are where the kernel says that the entry of the program is', async () => {
    const pid = await start(PROGRAM);
    modules = processModules(pid);
    const executable = modules[0]!;
    assert.equal(executable.image.entry + executable.loadBias!, auxiliaryEntry(pid));
  });

  it('have at their load address the code that their files have', async () => {
    const pid = await start(PROGRAM);
    modules = processModules(pid);
    const memory = openSync(`/proc/${pid}/mem`, 'r');
    for (const { image, loadBias, path } of modules) {
      const address = functionSymbols(image).find(({ size }) => size >= 16)?.address ?? image.entry;
      const bytes = Buffer.alloc(16);
      readSync(memory, bytes, 0, 16, BigInt(address + loadBias!) as unknown as number);
      assert.deepEqual(bytes, Buffer.from(image.read(address, 16)!), path);
    }
    closeSync(memory);
  });

  it('are the files that are mapped, after another program has taken the path', async () => {
    const program = copy('program');
    const pid = await start(program);
    const other = join(directory, 'other');
    copyFileSync('/bin/cat', other);
    renameSync(other, program);
    modules = processModules(pid);
    const executable = modules[0]!;
    assert.equal(executable.path, program);
    assert.equal(executable.replacedOnDisk, true);
    assert.equal(executable.buildId, buildIdOf(PROGRAM));
    assert.notEqual(executable.buildId, buildIdOf(program));
  });

  it('are the files that are mapped, after they were deleted', async () => {
    const program = copy('program');
    const pid = await start(program);
    unlinkSync(program);
    modules = processModules(pid);
    assert.equal(modules[0]!.path, program);
    assert.equal(modules[0]!.replacedOnDisk, true);
    assert.equal(modules[0]!.buildId, buildIdOf(PROGRAM));
  });

  it('are none of a process that is gone', async () => {
    const pid = await start(PROGRAM);
    const ended = new Promise((resolve) => child!.on('exit', resolve));
    child!.kill('SIGKILL');
    await ended;
    assert.throws(
      () => processModules(pid),
      (error: unknown) => error instanceof SymbolError && error.code === 'noSuchProcess',
    );
  });
});

/** AT_ENTRY of the auxiliary vector (getauxval(3)): the runtime address of the program's entry. */
function auxiliaryEntry(pid: number): number {
  const vector = readFileSync(`/proc/${pid}/auxv`);
  for (let at = 0; at + 16 <= vector.length; at += 16)
    if (vector.readBigUInt64LE(at) === 9n) return Number(vector.readBigUInt64LE(at + 8));
  throw new Error('no AT_ENTRY');
}
