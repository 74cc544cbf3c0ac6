import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fixture, probeLine } from '../../fixtures/build';
import { giveHostileNames } from '../../fixtures/hostileNames';

const CLI = process.env['SOURCETAP_CLI']
  ? [process.env['SOURCETAP_CLI']]
  : ['--import', 'tsx', resolve(__dirname, '../../../adapter/cli.ts')];
const WHERE = `hostile.c:${probeLine('hostile.c', 'hostile')}`;

describe('names that would drive a terminal', () => {
  const program = `${fixture('hostile.c')}-names`;
  before(() => {
    copyFileSync(fixture('hostile.c'), program);
    giveHostileNames(program);
  });
  const printed = (...args: string[]): string => {
    const { stdout, stderr } = spawnSync(process.execPath, [...CLI, ...args, '--program', program], {
      encoding: 'utf8',
    });
    return stdout + stderr;
  };

  for (const [what, args, seen] of [
    ['lines', ['lines', WHERE], /\\u001b\[31m<command:.*\\n\$\(bug\)\\u202e/],
    ['variables', ['vars', WHERE], /\\u001b\[32m.*\\r\\n\$\(bug\)\\u202e.* +long\n/],
    ['types', ['vars', WHERE], /enum \\u001b\[33m.*\\u2066/],
  ] as const)
    it(`are escaped in the listing of ${what}`, () => {
      const text = printed(...args);
      assert.match(text, seen);
      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{C}\p{Zl}\p{Zp}]/u);
    });

  it('are exact in JSON', () => {
    const [line] = printed('lines', WHERE, '--json').split('\n');
    const { function: name } = JSON.parse(line!) as { function: string };
    assert.ok(name.startsWith('\u001b[31m<command:') && name.includes('\n$(bug)\u202e'), name);
  });
});
