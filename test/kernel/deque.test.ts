import assert from 'node:assert/strict';
import { fixture, probeLine } from '../fixtures/build';
import { LIBRARIES } from '../fixtures/standardLibraries';
import { needsKernel } from './available';
import { Tracing } from './sourcetap';

const PLACE = `deque.cc:${probeLine('deque.cc', 'look')}`;
const ELEMENTS = ['all.numbers[n]', 'all.points[n].x', 'all.pages[n].id', 'all.names[n]'];

describe('Elements of a deque', function () {
  this.timeout(120_000);
  before(needsKernel);

  for (const variant of LIBRARIES.filter(({ flags }) => !flags.includes('-stdlib=libc++')))
    it(`are those that the program prints, in all of its blocks, ${variant.name}`, async () => {
      const program = fixture('deque.cc', variant);
      const log = ELEMENTS.map((text) => `{${text}}`).join(' ');
      const { hits, stderr } = await new Tracing(PLACE, '--log', log, '--program', program).end();
      const said = [...stderr.matchAll(/^hit (.*)$/gm)].map(([, text]) => text);
      assert.ok(said.length > 40);
      const shown = hits.map(({ values }) =>
        ELEMENTS.map(
          (text) => values[text]?.value ?? (values[text]?.unavailable?.includes('not readable') ? '-' : '?'),
        ).join(' '),
      );
      assert.deepEqual(shown, said);
    });

  it('make no slice: they are in several blocks', async () => {
    const program = fixture('deque.cc', LIBRARIES[0]);
    const slice = 'all.numbers[0..3]';
    const { hits } = await new Tracing(PLACE, '--log', `{${slice}}`, '--program', program).end();
    assert.match(hits[0]?.values[slice]?.unavailable ?? '', /is neither array nor pointer$/);
  });

  it('decide in conditions, and are an error where there are none', async () => {
    const program = fixture('deque.cc', LIBRARIES[1]);
    const condition = 'all.numbers[n] < 0 && all.points[5].x == 294';
    const { summaries, stderr } = await new Tracing(
      PLACE,
      '--if',
      condition,
      '--count',
      '--program',
      program,
    ).end();
    const said = [...stderr.matchAll(/^hit (\S+) /gm)].map(([, number]) => number ?? '');
    const [counts] = summaries;
    assert.ok(counts);
    assert.equal(counts.delivered, said.filter((number) => Number(number) < 0).length);
    assert.equal(counts.conditionErrors, said.filter((number) => number === '-').length);
  });
});
