import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fixture, probeLine, VARIANTS } from '../fixtures/build';
import { needsKernel } from './available';
import { sideBySide, Tracing, type Summary } from './sourcetap';

const PLACE = `conditions.c:${probeLine('conditions.c', 'work')}`;
const RUNS = 1000;

interface Traced extends Summary {
  readonly messages: readonly string[];
}

describe('Hits that count', function () {
  this.timeout(120_000);
  before(needsKernel);

  async function traced(program: string, threads: number, ...options: string[]): Promise<Traced> {
    const target = ['--program', program, '--', `${RUNS}`, `${threads}`];
    const trace = await new Tracing(PLACE, '--log', '{n}', ...options, ...target).end();
    assert.equal(trace.status, 0, trace.stderr);
    const [counts] = trace.summaries;
    assert.ok(counts);
    const { hits, delivered, lost, filtered, throttled, conditionErrors } = counts;
    if (!options.includes('--max-hits')) assert.equal(hits, threads * RUNS);
    assert.equal(hits, delivered + lost + filtered + throttled + conditionErrors);
    assert.equal(trace.hits.length, delivered);
    assert.equal(lost, 0);
    return { ...counts, messages: trace.hits.map(({ message }) => message) };
  }

  for (const variant of [VARIANTS[1], VARIANTS[2]])
    it(`are those that the program itself says, ${variant.compiler} ${variant.flags.join(' ')}`, async () => {
      const program = fixture('conditions.c', variant);
      const printed = execFileSync(program, [`${RUNS}`], { encoding: 'utf8' });
      const conditions = [...printed.matchAll(/^held (\d+) (.*)$/gm)];
      assert.ok(conditions.length > 20);
      await sideBySide(conditions, async ([, held, text]) => {
        const { delivered, filtered } = await traced(program, 1, '--if', text!);
        assert.deepEqual(
          { text, delivered, filtered },
          { text, delivered: Number(held), filtered: RUNS - Number(held) },
        );
      });
    });

  it('are none where the condition cannot be worked out, which is counted', async () => {
    const { delivered, filtered, conditionErrors } = await traced(
      fixture('conditions.c'),
      1,
      '--if',
      'p->n > 3',
    );
    assert.deepEqual(
      { delivered, filtered, conditionErrors },
      { delivered: 250, filtered: 250, conditionErrors: 500 },
    );
  });

  it('are chosen by their number among those for which the condition holds', async () => {
    const numbers = async (...options: string[]): Promise<number[]> =>
      (await traced(fixture('conditions.c'), 1, '--if', 'p', ...options)).messages.map(Number);
    const chosen: readonly (readonly [option: string, count: string, numbers: readonly number[]])[] = [
      ['--hits', '3', [5]],
      ['--hits', '=3', [5]],
      ['--hits', '>498', [997, 999]],
      ['--hits', '>=499', [997, 999]],
      ['--hits', '<3', [1, 3]],
      ['--hits', '<=2', [1, 3]],
      ['--hits', '%100', [199, 399, 599, 799, 999]],
      ['--changed', 'n / 300', [1, 301, 601, 901]],
      ['--max-hits', '2', [1, 3]],
    ];
    await sideBySide(chosen, async ([option, count, expected]) => {
      assert.deepEqual(await numbers(option, count), expected, `${option} ${count}`);
    });
    assert.equal((await numbers('--sample', '50')).length, 10);
  });

  it('are as many as were asked for, however many threads there are', async () => {
    const program = fixture('conditions.c', VARIANTS[1]);
    const every = await traced(program, 8, '--hits', '%100');
    assert.deepEqual([every.delivered, every.filtered], [80, 7920]);
    const sample = await traced(program, 8, '--sample', '10');
    assert.deepEqual([sample.delivered, sample.throttled], [800, 7200]);
    const most = await traced(program, 8, '--max-hits', '50');
    assert.equal(most.delivered, 50);
  });

  it('are as many a second as were asked for, the first ones at once', async () => {
    const started = Date.now();
    const { delivered, throttled } = await traced(fixture('conditions.c'), 8, '--rate', '40');
    const seconds = (Date.now() - started) / 1000;
    assert.equal(delivered + throttled, 8 * RUNS);
    assert.ok(delivered >= 40 && delivered <= 40 * (1 + seconds) + 1, `${delivered} in ${seconds} s`);
  });

  it('end a trace that has all it asked for', async () => {
    const program = fixture('loop.c');
    const place = `loop.c:${probeLine('loop.c', 'work')}`;
    const trace = await new Tracing(
      place,
      '--max-hits',
      '3',
      '--program',
      program,
      '--',
      '100000000',
      '1',
    ).end();
    assert.equal(trace.hits.length, 3);
    assert.equal(trace.summaries[0]?.delivered, 3);
  });
});
