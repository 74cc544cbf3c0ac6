import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fixture, probeLine, VARIANTS } from '../fixtures/build';
import { needsKernel } from './available';
import { sideBySide, Target, Tracing, type Summary } from './sourcetap';

const WORK = `loop.c:${String(probeLine('loop.c', 'work'))}`;

/** What the target says of itself: `runs N checksum M`. */
const runs = (output: string): number => Number(/runs (\d+)/.exec(output)?.[1]);

function assertExact(summary: Summary | undefined, hits: number): void {
  assert.ok(summary);
  const { delivered, lost, filtered, throttled, conditionErrors } = summary;
  assert.equal(summary.hits, hits, 'hits are what the target counted');
  assert.equal(delivered + lost + filtered + throttled + conditionErrors, hits, 'every hit is accounted for');
}

describe('a loop that counts its own runs', function () {
  before(needsKernel);

  for (const variant of VARIANTS) {
    describe(`${variant.compiler} ${variant.flags.join(' ')}`, () => {
      const program = fixture('loop.c', variant);

      for (const threads of [1, 8]) {
        it(`counts exactly with ${String(threads)} threads`, async () => {
          const tracing = new Tracing(WORK, '--count', '--program', program, '--', '20000', String(threads));
          const { status, summaries, stderr } = await tracing.end();
          assert.equal(status, 0, stderr);
          assert.equal(runs(stderr), 20000 * threads);
          assertExact(summaries[0], 20000 * threads);
        });
      }

      it('captures the values that the target prints, for 1 000 hits', async () => {
        const log =
          'n={n} id={p->id} name={p->name} weight={p->weight} colour={p->colour} tag={p->tag} next={p->next}';
        const tracing = new Tracing(WORK, '--log', log, '--program', program, '--', '1000', '1', 'print');
        const { status, hits, summaries, stderr } = await tracing.end();
        assert.equal(status, 0, stderr);
        assertExact(summaries[0], 1000);
        assert.equal(hits.length, 1000);
        const printed = stderr.split('\n').filter((line) => /^\d+ -?\d+ /.test(line));
        assert.equal(printed.length, 1000);
        const names = ['"alpha"', '"beta"', '"gamma \\"quoted\\"\\n"', '""'];
        for (const [i, hit] of hits.entries()) {
          const [n, id, next, weight, colour, tag] = printed[i]!.split(' ');
          const values = Object.fromEntries(
            Object.entries(hit.values).map(([name, value]) => [name, value.value]),
          );
          assert.deepEqual(
            { ...values, 'p->next': values['p->next'] === '0x0' ? '-1' : '7' },
            {
              n,
              'p->id': id,
              'p->name': names[i % 4],
              'p->weight': String(Number(weight)),
              'p->colour': colour === '6' ? 'BLUE' : 'RED',
              'p->tag': `"${tag!}"`,
              'p->next': next,
            },
            `hit ${String(i)}`,
          );
          assert.equal(hit.function, 'work');
        }
      });

      it('attaches to a running process and leaves it running', async () => {
        const target = new Target(program, '3000', '2', 'wait');
        await target.printed(/ready/);
        const tracing = new Tracing(WORK, '--log', 'n={n}', '--pid', String(target.pid));
        await tracing.armed();
        target.go();
        const output = await target.end();
        const { status, hits, summaries, stderr } = await tracing.end();
        assert.equal(status, 0, stderr);
        assert.equal(runs(output), 6000);
        assertExact(summaries[0], 6000);
        assert.equal(hits.length, 6000);
      });
    });
  }

  it('misses no hit of a launched program: 5 000 of 5 000', async () => {
    const { summaries } = await new Tracing(
      WORK,
      '--log',
      '{n}',
      '--program',
      fixture('loop.c'),
      '--',
      '5000',
      '1',
    ).end();
    assertExact(summaries[0], 5000);
    assert.equal(summaries[0]!.delivered, 5000);
  });

  it('misses no first hit in 30 launches of a program that runs the line once', async () => {
    const launch = ['--count', '--program', fixture('loop.c'), '--', '1', '1'];
    await sideBySide(Array.from({ length: 30 }), async () => {
      const { summaries } = await new Tracing(WORK, ...launch).end();
      assertExact(summaries[0], 1);
    });
  });

  it('counts processes that start after the tracepoint, with --all', async () => {
    const program = fixture('loop.c');
    const tracing = new Tracing(WORK, '--log', '{n}', '--all', program);
    await tracing.armed();
    const outputs = [1000, 500, 1].map((n) => execFileSync(program, [String(n), '2'], { encoding: 'utf8' }));
    tracing.process.kill('SIGINT');
    const { status, hits, summaries } = await tracing.end();
    assert.equal(status, 0);
    assertExact(
      summaries[0],
      outputs.map(runs).reduce((a, b) => a + b),
    );
    assert.equal(new Set(hits.map((hit) => hit.pid)).size, 3);
  });
});
