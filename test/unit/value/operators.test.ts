import assert from 'node:assert/strict';
import { ExpressionError } from '../../../adapter/expression/expressionError';
import { fixture, probeLine } from '../../fixtures/build';
import { stopAt } from './gdb';
import { contextAt, valuesAt } from './stopped';

const IN_C = [
  'n + 1', 'p->id * 2.5', 'p->next->id - n', '-n % 5', 'c + 1', "c == 'c'", '(int)m->kind + m->delta', 'm->far >> 4', 'm->low ^ m->high', 'm->whole / 7',
  'm->grid[1][p->id]', 'm->grid[p->id - 1][n & 1]', 'm->nodes[n < 0]->id', 'm->corners[p->id - 1].y', 'bytes[m->kind & 3]', 'p->tag[p->id]',
  '*(m->parts + 2)', '(m->nodes + 1) - m->nodes', 'p->next > p', '&m->grid[1][0] - &m->grid[0][1]', '*&p->id', '(*&m->nodes[1])->id', '(&last)->id', '&mixed == m',
  'm->colour == BLUE', 'm->access & WRITE', '(enum colour)5', '(enum colour)(p->id + 3)', '(int)m->parts[0]', '(unsigned char)n', '(char)(c + 1)', '(short)(n * 1000)',
  '((struct point *)m->corners)[1].x', '((struct node *)&last)->weight', '((node_t *)m->nodes[0])->id', '*(long *)m->opaque', '(float)p->weight', '(long)3.99', '(uint32_t)-1',
  'sizeof(int)', 'sizeof(struct node)', 'sizeof *p', 'sizeof m->grid', 'sizeof(node_t) * 2', 'sizeof p->name',
  'n > 0 && p->next->next->next->id', 'p->next->next != 0 || n', 'm->on ? n : c', 'p->next ? p->next->id : -1', '!p->next->next', '~n', 'counter / 1000', 'third * 3 == 1',
  'm->parts[0] < third', 'm->ratio == 0.1', 'm->ratio == 0.1f', '1.0 / 3', '7 / 2', '1u - 2', "'\\n' + 0", '0x7fffffff + 1u', '5 > 3 == 1', '$rip == $pc', '$sp != 0', '(long)$rsp & 7',
] as const; // prettier-ignore

const IN_CPLUS = [
  'outer::shared + 1', '::outer::shared', 'outer::inner::Base::made', 'this->shade == outer::inner::Shade::Light', '(int)this->shade + 1', 'this->sides * scale',
  'sizeof(outer::inner::Shape)', '(outer::inner::Shade)1', '((outer::inner::Base *)this)->first', 'result - outer::shared > 0', '(long)result << 3', 'this->first',
  'sides * scale', 'first + shared', 'shade == outer::inner::Shade::Light', '&sides == &this->sides', 'sizeof(sides) + sizeof shade',
  'outer::Tally<int, 3>::sum', 'outer::Tally< long unsigned int,4 >::sum + 1', '::outer::Tally<int,3>::sum', 'sides < 5 && sides > outer::shared', 'corners * 2', 'outer::inner::Shape::corners',
] as const; // prettier-ignore

/** What gdb has no words for, and what it is. */
const OURS: readonly [string, string][] = [
  ['p->name == "list"', '1'],
  ['p->name == "lis"', '0'],
  ['p->name == "lists"', '0'],
  ['p->name != "last"', '1'],
  ['p->next->tag == "12345678"', '1'],
  ['p->next->tag == "123456789"', '0'],
  ['p->tag == "tag"', '1'],
  ['startswith(p->name, "li")', '1'],
  ['startswith(p->name, "list!")', '0'],
  ['startswith(p->next->tag, "1234")', '1'],
  ['m->parts[0..2]', '{0.5, -0}'],
  ['m->nodes[0]->name[1..3]', '"is"'],
  ['p->next->next && p->next->next->id', '0'],
  ["0b1010 + 1'000", '1010'],
  ['(struct node *)0 == nullptr', '1'],
  ['p->next->next ? p->next->next->id : n', '-42'],
];

/** Without the character that goes with its number. */
const plain = (text: string): string =>
  text
    .replace(/^true$/, '1')
    .replace(/^false$/, '0')
    .replace(/^(-?\d+) '.*'$/, '$1');

describe('Operators in expressions', function () {
  this.timeout(60_000);

  for (const compiler of ['gcc', 'clang'])
    it(`mean what they mean to gdb, ${compiler}`, () => {
      const program = fixture('values.c', { compiler, flags: ['-O0'] });
      const stop = stopAt(program, `values.c:${probeLine('values.c', 'look')}`, IN_C);
      const ours = valuesAt(stop, contextAt(program, stop.address), IN_C);
      for (const text of IN_C) {
        const value = ours.get(text)!;
        assert.ok('value' in value, `${text}: ${JSON.stringify(value)}`);
        const printed = stop.printed.get(text)!.text.replace(/^\((.*)\)$/, '$1');
        const number = value.type === 'float' ? (text: string) => Math.fround(Number(text)) : Number;
        const same = number(printed) === number(value.value) || plain(printed) === plain(value.value);
        assert.ok(same, `${text}: ${value.value}, for gdb ${printed}`);
      }
    });

  for (const compiler of ['gcc', 'clang'])
    it(`reach into namespaces and classes, ${compiler}`, () => {
      const program = fixture('names.cc', { compiler, flags: ['-O0'] });
      const stop = stopAt(program, `names.cc:${probeLine('names.cc', 'area')}`, IN_CPLUS);
      const ours = valuesAt(stop, contextAt(program, stop.address), IN_CPLUS);
      for (const text of IN_CPLUS) {
        const value = ours.get(text)!;
        assert.ok('value' in value, `${text}: ${JSON.stringify(value)}`);
        assert.equal(plain(value.value), plain(stop.printed.get(text)!.text), text);
      }
    });

  it('find statics by their file and globals by their root', () => {
    const program = fixture('values.c');
    const stop = stopAt(program, `values.c:${probeLine('values.c', 'look')}`, []);
    const texts = ["'values.c'::list.id", '::counter', '::last.id + 1'];
    const context = contextAt(program, stop.address);
    const ours = valuesAt(stop, context, texts);
    assert.deepEqual(
      texts.map((text) => ours.get(text)).map((value) => (value && 'value' in value ? value.value : value)),
      ['2', '-1234567890123', '4'],
    );
    for (const text of ["'other.c'::list", '::p', "'values.c'::p"])
      assert.throws(() => valuesAt(stop, context, [text]), ExpressionError, text);
  });

  it('compare strings, cut arrays, and read only what decides', () => {
    const program = fixture('values.c');
    const stop = stopAt(program, `values.c:${probeLine('values.c', 'look')}`, []);
    const ours = valuesAt(stop, contextAt(program, stop.address), OURS.map(([text]) => text)); // prettier-ignore
    assert.deepEqual(
      OURS.map(([text]) => {
        const value = ours.get(text)!;
        return [text, 'value' in value ? value.value : value.unavailable];
      }),
      OURS,
    );
  });
});
