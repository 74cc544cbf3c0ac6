import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
/** Bytes: what a user downloads, and what VS Code loads before the first tracepoint. */
const MOST_IN_ALL = 6e6;
const MOST_TO_LOAD = 300e3;

/**
 * Packages the extension in a folder, as it would be published, into `out`. Gives the path of the .vsix.
 * @throws where the project's own has grown too large, or vsce warns of something in it
 */
export function packageExtension(folder: string, out: string): string {
  const isProject = resolve(ROOT, folder) === ROOT;
  const { name } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { name: string };
  const path = join(out, `${name}.vsix`);
  const vsce = join(ROOT, 'node_modules/.bin/vsce');
  const quiet = isProject ? [] : ['--allow-missing-repository', '--skip-license'];
  const args = ['package', '--no-dependencies', '--target', 'linux-x64', ...quiet, '--out', path];
  const { status, stderr } = spawnSync(vsce, args, {
    cwd: join(ROOT, folder),
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  if (isProject) assertFit(path, stderr);
  return path;
}

/** @param told by vsce, and by the Node that runs it */
function assertFit(path: string, told: string): void {
  assert.deepEqual(told.match(/^ *WARNING .*/gm) ?? [], []);
  assert.ok(statSync(path).size < MOST_IN_ALL, `${path} is larger than ${MOST_IN_ALL} bytes`);
  const code = join(ROOT, 'dist/extension.js');
  assert.ok(statSync(code).size < MOST_TO_LOAD, `${code} is larger than ${MOST_TO_LOAD} bytes`);
}
