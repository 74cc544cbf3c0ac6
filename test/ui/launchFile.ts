/** A folder's launch.json. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function writeLaunch(folder: string, ...configurations: readonly object[]): void {
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  writeFileSync(join(folder, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations }));
}
