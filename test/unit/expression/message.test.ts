import assert from 'node:assert/strict';
import { ExpressionError } from '../../../adapter/expression/expressionError';
import type { Expression } from '../../../adapter/expression/expression';
import {
  MAX_MESSAGE_LENGTH,
  MAX_NESTING,
  parseExpression,
  parseMessage,
} from '../../../adapter/expression/message';

/** The tree with every operand in parentheses. */
function show(expression: Expression): string {
  switch (expression.kind) {
    case 'name':
      return expression.name;
    case 'member':
      return `(${show(expression.object)}${expression.arrow ? '->' : '.'}${expression.name})`;
    case 'dereference':
      return `(*${show(expression.operand)})`;
    case 'index':
      return `(${show(expression.object)}[${String(expression.index)}])`;
  }
}

/** A message with its texts as they are and its expressions' trees between angle brackets. */
const parts = (message: string): string =>
  parseMessage(message)
    .parts.map((part) => (part.kind === 'text' ? part.text : `<${show(part.expression)}>`))
    .join('');

function failure(text: string, parse: (text: string) => unknown = parseExpression): ExpressionError {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof ExpressionError);
    return error;
  }
  assert.fail(`${text} parses`);
}

describe('expressions', () => {
  const trees: [string, string][] = [
    ['n', 'n'],
    ['_x1', '_x1'],
    ['größe', 'größe'],
    ['p->name', '(p->name)'],
    ['a.b.c', '((a.b).c)'],
    ['a.b->c[2].d', '((((a.b)->c)[2]).d)'],
    ['*p', '(*p)'],
    ['**p', '(*(*p))'],
    ['*p->next', '(*(p->next))'],
    ['*a[1]', '(*(a[1]))'],
    ['(*p).x', '((*p).x)'],
    ['(*a)[1]', '((*a)[1])'],
    ['((p))->x', '(p->x)'],
    ['a[0]', '(a[0])'],
    ['a[-3]', '(a[-3])'],
    ['a[0x1F]', '(a[31])'],
    ['a[-0x10]', '(a[-16])'],
    ['m[1][2]', '((m[1])[2])'],
    [' p -> next [ 1 ] ', '((p->next)[1])'],
  ];
  for (const [text, tree] of trees) {
    it(`${text} is ${tree}`, () => {
      assert.equal(show(parseExpression(text)), tree);
    });
  }

  it('know their column and text', () => {
    const whole = parseExpression('  *p->next');
    assert.deepEqual({ column: whole.column, text: whole.text }, { column: 2, text: '*p->next' });
    assert.ok(whole.kind === 'dereference' && whole.operand.kind === 'member');
    const { operand } = whole;
    assert.deepEqual([operand.column, operand.text, operand.nameColumn], [3, 'p->next', 6]);
    assert.deepEqual([operand.object.column, operand.object.text], [3, 'p']);
  });

  const errors: [
    string,
    { column: number; length: number; expected: string[]; found: string | undefined },
  ][] = [
    ['', { column: 0, length: 0, expected: ['"("', '"*"', 'name'], found: undefined }],
    ['a b', { column: 2, length: 1, expected: ['"->"', '"."', '"["', 'the end'], found: 'b' }],
    ['a..b', { column: 2, length: 1, expected: ['name'], found: '.' }],
    ['p->', { column: 3, length: 0, expected: ['name'], found: undefined }],
    ['a[i]', { column: 2, length: 1, expected: ['integer constant'], found: 'i' }],
    ['a[010]', { column: 2, length: 1, expected: ['integer constant'], found: '0' }],
    ['a[1', { column: 3, length: 0, expected: ['"]"'], found: undefined }],
    ['f(x)', { column: 1, length: 1, expected: ['"->"', '"."', '"["', 'the end'], found: '(' }],
    ['a + b', { column: 2, length: 1, expected: ['"->"', '"."', '"["', 'the end'], found: '+' }],
    ['1', { column: 0, length: 1, expected: ['"("', '"*"', 'name'], found: '1' }],
  ];
  for (const [text, { column, length, expected, found }] of errors) {
    it(`${JSON.stringify(text)} is a syntax error at column ${String(column)}`, () => {
      const error = failure(text);
      assert.deepEqual(error.failure, { code: 'syntax', expected, found });
      assert.deepEqual([error.column, error.length], [column, length]);
    });
  }

  it('are bounded in length and depth', () => {
    assert.equal(failure('a'.repeat(MAX_MESSAGE_LENGTH + 1)).failure.code, 'tooLong');
    assert.equal(failure(`${'('.repeat(1000)}a`).failure.code, 'tooDeep');
    assert.equal(failure(`n={${'* ('.repeat(1000)}a`, parseMessage).column, 2);
    assert.ok(parseExpression('*'.repeat(MAX_NESTING) + 'p'));
    assert.ok(parseMessage('*'.repeat(1000)), 'a banner is text');
    assert.ok(parseExpression('a' + '.a'.repeat(MAX_MESSAGE_LENGTH / 2 - 1)));
  });
});

describe('log messages', () => {
  const messages: [string, string][] = [
    ['', ''],
    ['reached', 'reached'],
    ['n={n} name={p->name}', 'n=<n> name=<(p->name)>'],
    ['{ *p }', '<(*p)>'],
    ['{a}{b}', '<a><b>'],
    ['{{n}} = {n}', '{n} = <n>'],
    ['\\{n\\} = {n}', '{n} = <n>'],
    ['a } b', 'a } b'],
    ['{a}}}', '<a>}'],
    ['C:\\temp\\n', 'C:\\temp\\n'],
    ['100% $HOME\n', '100% $HOME\n'],
  ];
  for (const [text, shown] of messages) {
    it(`${JSON.stringify(text)} is ${JSON.stringify(shown)}`, () => {
      assert.equal(parts(text), shown);
    });
  }

  it('keep the text of an expression as written, without the white space around it', () => {
    const texts = parseMessage('a={ (p) -> x } b={n}').parts.flatMap((part) =>
      part.kind === 'expression' ? [part.text] : [],
    );
    assert.deepEqual(texts, ['(p) -> x', 'n']);
  });

  it('place errors and expressions by the column in the message', () => {
    const unclosed = failure('n={n', parseMessage);
    assert.deepEqual(unclosed.failure, {
      code: 'syntax',
      expected: ['"->"', '"."', '"["', '"}"'],
      found: undefined,
    });
    assert.equal(unclosed.column, 4);
    assert.equal(failure('ok {}', parseMessage).column, 4);
    const [, second] = parseMessage('n={n}').parts;
    assert.ok(second?.kind === 'expression');
    assert.equal(second.expression.column, 3);
  });
});
