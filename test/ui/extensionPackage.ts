import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Packages the extension in a folder, as it would be published, into `out`. Gives the path of the .vsix. */
export function packageExtension(folder: string, out: string): string {
  const { name } = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as { name: string };
  const path = join(out, `${name}.vsix`);
  const vsce = join(ROOT, 'node_modules/.bin/vsce');
  const quiet = [
    '--no-dependencies',
    '--allow-missing-repository',
    '--skip-license',
    '--target',
    'linux-x64',
  ];
  execFileSync(vsce, ['package', ...quiet, '--out', path], {
    cwd: join(ROOT, folder),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return path;
}
