import assert from 'node:assert/strict';
import { fixture, probeLine, VARIANTS, type Variant } from '../fixtures/build';
import { stopAt } from '../unit/value/gdb';
import { needsKernel } from './available';
import { Target, Tracing } from './sourcetap';

const PLACE = `addresses.cc:${probeLine('addresses.cc', 'look')}`;
const NAMES = [
  'all->function',
  'all->templated',
  'all->method',
  'all->element',
  'all->member',
  'all->hidden',
  'all->number',
  'all->heap',
  'all->stack',
  'all->behind',
  'all->null',
  'all->wild',
  '&shop::items[3].price',
  'all->element + 1',
  '*all',
];
const VERSIONS: readonly Variant[] = [
  ...VARIANTS,
  { compiler: 'gcc', flags: ['-O0', '-no-pie'] },
  { compiler: 'gcc', flags: ['-O0', '-static'] },
];

describe('Addresses in a running program', function () {
  this.timeout(120_000);
  before(needsKernel);

  for (const variant of VERSIONS)
    it(`are shown with the symbols that gdb finds, ${variant.compiler} ${variant.flags.join(' ')}`, async () => {
      const program = fixture('addresses.cc', variant);
      const stop = stopAt(program, PLACE, NAMES);
      const log = NAMES.map((name) => `{${name}}`).join(' ');
      const { hits, stderr } = await new Tracing(PLACE, '--log', log, '--program', program).end();
      const [hit] = hits;
      assert.ok(hit, stderr);
      for (const name of NAMES)
        assert.deepEqual(
          symbols(hit.values[name]?.value ?? ''),
          symbols(stop.printed.get(name)!.symbolic),
          name,
        );
      assert.match(hit.values['all->function']?.value ?? '', /^0x[0-9a-f]+ <once\(int\)>$/);
      assert.match(hit.values['all->number']?.value ?? '', /^0x[0-9a-f]+ <counter\+3>$/);
      assert.match(hit.values['all->heap']?.value ?? '', /^0x[0-9a-f]+$/);
    });

  it('are shown with the symbols of libraries', async () => {
    const target = new Target(fixture('addresses.cc'), 'wait');
    await target.printed(/ready/);
    const tracing = new Tracing(PLACE, '--log', '{all->library} {all->function}', '--pid', `${target.pid}`);
    await tracing.armed();
    target.go();
    const { hits } = await tracing.end();
    assert.match(hits[0]?.message ?? '', /^0x[0-9a-f]+ <free> 0x[0-9a-f]+ <once\(int\)>$/);
  });

  it('are shown with the symbols of each of several processes', async () => {
    const program = fixture('addresses.cc', VARIANTS[1]);
    const targets = [new Target(program, 'wait'), new Target(program, 'wait')];
    for (const target of targets) await target.printed(/ready/);
    const tracing = new Tracing(PLACE, '--log', '{all->number}', '--max-hits', '2', '--all', program);
    await tracing.armed();
    for (const target of targets) target.go();
    const { hits } = await tracing.end();
    assert.equal(hits.length, 2);
    for (const { message } of hits) assert.match(message, /^0x[0-9a-f]+ <counter\+3>$/);
    assert.notEqual(hits[0]?.message, hits[1]?.message);
  });
});

/** All that stands in `<>` behind an address, but for the library's: it has many names, of which each of us takes another. */
const symbols = (text: string): string[] =>
  [...text.matchAll(/0x[0-9a-f]+ <((?:[^<>]|<[^<>]*>)+)>/g)].flatMap(([, symbol]) =>
    symbol!.includes('free') ? [] : [symbol!],
  );
