import assert from 'node:assert/strict';
import { parseExpression } from '../../../adapter/expression/message';
import { compileNumber, compileTest, isNumeric } from '../../../adapter/value/shownExpression';
import type { NamedValue } from '../../../adapter/value/value';

const VALUES: NamedValue[] = [
  { name: 'n', value: '42', type: 'int' },
  { name: 'mask,x', value: '0xff', type: 'unsigned int' },
  { name: 'mode,o', value: '0755', type: 'unsigned int' },
  { name: 'big', value: '18446744073709551615', type: 'unsigned long' },
  { name: 'ratio', value: '3', type: 'double' },
  { name: 'small', value: '-1.5e-7', type: 'double' },
  { name: 'letter', value: "97 'a'", type: 'char' },
  { name: 'done', value: 'false', type: 'bool' },
  { name: 'p->name', value: '"say \\"hi\\"\\n"', type: 'const char *' },
  { name: 'wild', value: '0x1108 <not readable>', type: 'const char *' },
  { name: 'colour', value: 'GREEN', type: 'enum colour' },
  { name: 'gone', unavailable: { code: 'optimisedOut' }, type: 'int' },
  {
    name: 'q',
    value: '0x7ffd10',
    type: 'struct item *',
    children: [
      { name: 'id', value: '7', type: 'int' },
      {
        name: 'sizes',
        value: '{1, 2}',
        type: 'int [2]',
        children: [
          { name: '[0]', value: '1', type: 'int' },
          { name: '[1]', value: '2', type: 'int' },
        ],
      },
    ],
  },
];

const holds = (text: string): boolean => compileTest(parseExpression(text))(VALUES);

describe('an expression over the values of a hit', () => {
  for (const text of [
    'n > 3',
    'n==42',
    'n > 3 && p->name == "say \\"hi\\"\\n"',
    'p -> name != "say"',
    'startswith(p->name, "say")',
    'mask == 255',
    'mode == 493',
    'big == 18446744073709551615',
    'big - 1 < big',
    'ratio / 2 == 1.5',
    'small < 0',
    "letter == 'a'",
    '!done',
    'wild == 0x1108 && wild',
    'n == 42 || wild != "abc"',
    'colour == GREEN',
    'colour != RED',
    'q->id == 7',
    'q->sizes[1] * 21 == n',
    'q != 0 ? n : 0',
    'gone == 1 || n == 42',
    '(n & 1) == 0 && n % 5 == 2',
  ])
    it(`holds: ${text}`, () => {
      assert.equal(holds(text), true);
    });

  for (const text of [
    'n > 42',
    'n == 42 && done',
    'p->name == "say"',
    'startswith(p->name, "hi")',
    'colour == RED',
    // Without a value nothing holds, nor its opposite.
    'gone == 1',
    'gone != 1',
    '!gone',
    'missing == 3',
    'missing != 3',
    'missing == "x"',
    'missing != "x"',
    'missing == missing',
    'n / 0 == 1',
    'p->name > 3',
    'q->nothing == 1',
  ])
    it(`does not hold: ${text}`, () => {
      assert.equal(holds(text), false);
    });

  it('is a number, where it is one', () => {
    const number = (text: string): number | undefined => compileNumber(parseExpression(text))(VALUES);
    assert.equal(number('n'), 42);
    assert.equal(number('ratio + small'), 3 - 1.5e-7);
    assert.equal(number('p->name'), undefined);
    assert.equal(number('gone'), undefined);
    assert.deepEqual(
      VALUES.filter(isNumeric).map(({ name }) => name),
      ['n', 'mask,x', 'mode,o', 'big', 'ratio', 'small', 'letter', 'done'],
    );
  });
});
