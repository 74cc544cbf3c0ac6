/** Values of Rust's standard library, by the captures' reference interpreter on the memory of a program that gdb has stopped. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { RenderedValue } from '../../../adapter/value/value';
import { fixture, probeLine } from '../../fixtures/build';
import { stopAt } from './gdb';
import { contextAt, valuesAt } from './stopped';

const plain = (value: RenderedValue): string =>
  'value' in value ? value.value.replace(/0x[0-9a-f]{2,}/g, '0xADDRESS') : `<${value.unavailable.code}>`;

describe("Values of Rust's standard library", function () {
  this.timeout(60_000);
  for (const flags of [['-Copt-level=0'], ['-Copt-level=2']])
    it(`are what the program says, ${flags.join(' ')}`, () => {
      const program = fixture('containers.rs', { compiler: 'rustc', flags });
      const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
      const said = new Map(lines.map((line) => line.split('\t') as [string, string]));
      const texts = [...said.keys()];
      const stop = stopAt(program, `containers.rs:${probeLine('containers.rs', 'look')}`, []);
      const values = valuesAt(stop, contextAt(program, stop.address), texts);
      const found = new Map([...values].map(([text, value]) => [text, plain(value)]));
      assert.deepEqual(Object.fromEntries(found), Object.fromEntries(said));
    });
});
