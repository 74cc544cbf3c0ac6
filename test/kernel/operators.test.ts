import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { fixture, probeLine, VARIANTS } from '../fixtures/build';
import { needsKernel } from './available';
import { Tracing } from './sourcetap';

const PLACE = `operators.c:${probeLine('operators.c', 'step')}`;
const LOG = [
  'n * 2 + p->id', 'total - n', 'p->next && p->next->id > 1', 'p->weight * n / 3', 'p->sizes[n & 3]', '(unsigned char)(n - 5)', 'p->flags << n',
  '(unsigned)(p->id - n),x', '&p->sizes[n & 3] - p->sizes', 'n % 2 ? p->id : -p->id', 'p->next ? p->next->sizes[p->id] : GREEN',
].map((text) => `{${text}}`).join(' '); // prettier-ignore

describe('Arithmetic in a message', function () {
  this.timeout(60_000);
  before(needsKernel);

  for (const variant of VARIANTS)
    it(`shows what the program itself prints, ${variant.compiler} ${variant.flags.join(' ')}`, async () => {
      const program = fixture('operators.c', variant);
      const { hits, stderr, status } = await new Tracing(PLACE, '--log', LOG, '--program', program).end();
      assert.equal(status, 0, stderr);
      const printed = stderr.split('\n').filter((line) => /^-?\d/.test(line));
      assert.equal(printed.length, 6);
      const rounded = hits.map(({ message }) =>
        message
          .replace('0x', '')
          .replace(/\d+\.\d{5,}/, (digits) => String(Number(Number(digits).toPrecision(6)))),
      );
      assert.deepEqual(rounded, printed);
    });

  it('shows strings compared, specials, and what is not there', async () => {
    const program = fixture('operators.c');
    const log =
      '{p->name == "first"} {startswith(p->name, "sec")} {p->next->id + 1} {$pid} {1 / (n - n)} {p->sizes,[2]} {n,b}';
    const { hits, status } = await new Tracing(PLACE, '--log', log, '--program', program).end();
    assert.equal(status, 0);
    const { pid } = hits[0]!;
    assert.equal(hits[1]?.message, `1 0 3 ${pid} <division by zero> {1, -2} 0b1`);
    assert.match(hits[2]!.message, /^0 1 <not readable: .*> \d+ <division by zero> \{9, 8\} 0b10$/);
  });

  it('shows the thread, the function and the number of a hit, and compares them', async () => {
    const log =
      '{$comm} {$function} {$hits} {$comm == "operators"} {startswith($function, "st")} {$hits * 2 + 1} {$hits,x}';
    const program = fixture('operators.c');
    const { hits, status, stderr } = await new Tracing(PLACE, '--log', log, '--program', program).end();
    assert.equal(status, 0, stderr);
    const name = basename(program).slice(0, 15);
    assert.deepEqual(
      hits.map(({ message }) => message),
      [1, 2, 3, 4, 5, 6].map((n) => `"${name}" "step" ${n} 0 1 ${2 * n + 1} 0x${n}`),
    );
  });

  it('names the function that was inlined, and counts hits by the thread and the function of a condition', async () => {
    const work = `loop.c:${probeLine('loop.c', 'work')}`;
    for (const [condition, delivered] of [
      [`$comm == "${basename(fixture('loop.c')).slice(0, 15)}"`, 20],
      ['$comm == "other"', 0],
      ['$function == "work" && n < 3', 6],
      ['startswith($function, "x")', 0],
    ] as const) {
      const options = [
        '--if',
        condition,
        '--log',
        '{$function} {$hits}',
        '--program',
        fixture('loop.c'),
        '--',
        '10',
        '2',
      ];
      const { hits, summaries, stderr } = await new Tracing(work, ...options).end();
      assert.equal(summaries[0]?.delivered, delivered, stderr);
      const numbers = hits.map(({ message }) => Number(message.replace('"work" ', ''))).sort((a, b) => a - b);
      assert.deepEqual(
        numbers,
        Array.from({ length: delivered }, (_, i) => i + 1),
      );
    }
  });

  it('numbers every hit of 8 threads once', async () => {
    const work = `loop.c:${probeLine('loop.c', 'work')}`;
    const program = fixture('loop.c', VARIANTS[1]);
    const { hits } = await new Tracing(
      work,
      '--log',
      '{$hits}',
      '--program',
      program,
      '--',
      '500',
      '8',
    ).end();
    const numbers = new Set(hits.map(({ message }) => Number(message)));
    assert.equal(numbers.size, 4000);
    assert.equal(Math.max(...numbers), 4000);
  });

  it('has no number of a hit in a condition, and says what to use', async () => {
    const options = ['--if', '$hits > 3', '--program', fixture('operators.c')];
    const { stderr, status } = await new Tracing(PLACE, ...options).end();
    assert.equal(status, 1);
    assert.match(stderr, /\$hits/);
  });
});
