import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lua, luaSources } from '../corpus/corpus';
import { FIXTURES } from '../fixtures/build';
import { kernelGap } from './available';
import { Tracing } from './sourcetap';

const SCRIPT = join(FIXTURES, 'tables.lua');

/** `file:line` of the only line of lua's source that holds `text`. */
function where(file: string, text: string): string {
  const lines = readFileSync(join(luaSources(), file), 'utf8').split('\n');
  const found = lines.flatMap((line, i) => (line.includes(text) ? [i + 1] : []));
  assert.equal(found.length, 1, `${file}: one line with ${text}`);
  return `${file}:${String(found[0])}`;
}

describe('lua 5.4, -O2, running a script', function () {
  this.timeout(120_000);
  before(function () {
    const gap = kernelGap();
    if (gap) {
      console.log(`skipped: ${gap}`);
      this.skip();
    }
    lua();
  });

  it('shows the array part of a table double as the script fills it (ltable.c)', async () => {
    const line = where('ltable.c', 'create new hash part with appropriate size into');
    const { hits, summaries, stderr } = await new Tracing(
      line,
      '--log',
      '{t} {newasize} {nhsize}',
      '--program',
      lua(),
      '--',
      SCRIPT,
    ).end();
    assert.match(stderr, /1001000\t14/, 'the script ran as it always does');
    assert.equal(summaries[0]!.delivered, summaries[0]!.hits);
    assert.equal(hits[0]!.function, 'luaH_resize');
    const sizes = new Map<string, string[]>();
    for (const { values } of hits) {
      const table = values['t']!.value!;
      assert.match(table, /^0x[0-9a-f]+/);
      sizes.set(table, [...(sizes.get(table) ?? []), values['newasize']!.value!]);
    }
    const doubling = Array.from({ length: 11 }, (_, i) => String(2 ** i));
    assert.ok(
      [...sizes.values()].some((list) => JSON.stringify(list) === JSON.stringify(doubling)),
      `one table grows 1, 2, 4 ... 1024: ${JSON.stringify([...sizes.values()])}`,
    );
  });

  it('shows the operands of the concatenations in the interpreter loop (lvm.c)', async () => {
    const line = where('lvm.c', 'mark the end of concat');
    const { hits, summaries, stderr } = await new Tracing(
      line,
      '--log',
      'n={n}',
      '--program',
      lua(),
      '--',
      SCRIPT,
    ).end();
    assert.match(stderr, /x50y/);
    assert.equal(summaries[0]!.hits, 50);
    assert.deepEqual(
      hits.map((hit) => hit.message),
      Array.from({ length: 50 }, () => 'n=3'),
    );
    assert.equal(hits[0]!.function, 'luaV_execute');
  });
});
