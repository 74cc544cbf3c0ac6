import assert from 'node:assert/strict';
import { fixture, probeLine, VARIANTS } from '../fixtures/build';
import { kernelGap } from './available';
import { Tracing } from './sourcetap';

const PLACE = `operators.c:${probeLine('operators.c', 'step')}`;
const LOG = [
  'n * 2 + p->id', 'total - n', 'p->next && p->next->id > 1', 'p->weight * n / 3', 'p->sizes[n & 3]', '(unsigned char)(n - 5)', 'p->flags << n',
  '(unsigned)(p->id - n),x', '&p->sizes[n & 3] - p->sizes', 'n % 2 ? p->id : -p->id', 'p->next ? p->next->sizes[p->id] : GREEN',
].map((text) => `{${text}}`).join(' '); // prettier-ignore

describe('Arithmetic in a message', function () {
  this.timeout(60_000);
  before(function () {
    const gap = kernelGap();
    if (gap) {
      console.log(`skipped: ${gap}`);
      this.skip();
    }
  });

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
});
