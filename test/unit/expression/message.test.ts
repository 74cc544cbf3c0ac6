import assert from 'node:assert/strict';
import { ExpressionError } from '../../../adapter/expression/expressionError';
import type { Expression, Literal, TypeExpression } from '../../../adapter/expression/expression';
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
      return `${expression.isGlobal ? `${expression.file ?? ''}::` : ''}${expression.name}`;
    case 'literal':
      return showLiteral(expression.literal);
    case 'special':
      return `$${expression.name}`;
    case 'member':
      return `(${show(expression.object)}${expression.arrow ? '->' : '.'}${expression.name})`;
    case 'method':
      return `(${show(expression.object)}${expression.arrow ? '->' : '.'}${expression.name}())`;
    case 'dereference':
      return `(*${show(expression.operand)})`;
    case 'addressOf':
      return `(&${show(expression.operand)})`;
    case 'index':
      return `(${show(expression.object)}[${show(expression.index)}])`;
    case 'slice':
      return `(${show(expression.object)}[${show(expression.first)}..${show(expression.limit)}])`;
    case 'unary':
      return `(${expression.operator}${show(expression.operand)})`;
    case 'cast':
      return `(${showType(expression.type)} <- ${show(expression.operand)})`;
    case 'sizeof':
      return `sizeof(${expression.of.kind === 'type' ? showType(expression.of) : show(expression.of)})`;
    case 'binary':
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case 'conditional':
      return `(${show(expression.condition)} ? ${show(expression.then)} : ${show(expression.otherwise)})`;
    case 'startsWith':
      return `startswith(${show(expression.string)}, ${show(expression.prefix)})`;
  }
}

function showLiteral(literal: Literal): string {
  switch (literal.kind) {
    case 'integer':
    case 'float':
      return `${String(literal.value)}${literal.suffix}`;
    case 'character':
      return `${literal.prefix}'${String(literal.value)}'`;
    case 'string':
      return JSON.stringify(Buffer.from(literal.bytes).toString('latin1'));
    case 'boolean':
      return String(literal.value);
    case 'null':
      return 'null';
  }
}

const showType = ({ keyword, name, pointers }: TypeExpression): string =>
  `${keyword === undefined ? '' : `${keyword} `}${name}${'*'.repeat(pointers)}`;

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

const OPERAND = ['"("', 'constant', 'name', 'operator'];

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
    ['a[-3]', '(a[(-3)])'],
    ['a[0x1F]', '(a[31])'],
    ['a[-0x10]', '(a[(-16)])'],
    ['m[1][2]', '((m[1])[2])'],
    [' p -> next [ 1 ] ', '((p->next)[1])'],
    ['a[i + 1]', '(a[(i + 1)])'],
    ['a[0..n]', '(a[0..n])'],
    ['a + b * c', '(a + (b * c))'],
    ['a - b - c', '((a - b) - c)'],
    ['a << b + c', '(a << (b + c))'],
    ['a < b == c > d', '((a < b) == (c > d))'],
    ['a & b == c', '(a & (b == c))'],
    ['a | b ^ c & d', '(a | (b ^ (c & d)))'],
    ['a || b && c | d', '(a || (b && (c | d)))'],
    ['a ? b : c ? d : e', '(a ? b : (c ? d : e))'],
    ['a ? b ? c : d : e', '(a ? (b ? c : d) : e)'],
    ['a && &b', '(a && (&b))'],
    ['-*p', '(-(*p))'],
    ['!a == b', '((!a) == b)'],
    ['~a.b', '(~(a.b))'],
    ['a - -1', '(a - (-1))'],
    ['a-b->c', '(a - (b->c))'],
    ['ns::Class::member', 'ns::Class::member'],
    ['::x', '::x'],
    ['T<3>::x + 1', '(T<3>::x + 1)'],
    ['ns::T<int, ns::T<3>>::x', 'ns::T<int, ns::T<3>>::x'],
    ['a < b', '(a < b)'],
    ['a < b && c > ::d', '((a < b) && (c > ::d))'],
    ["'file.c'::x + 1", '(file.c::x + 1)'],
    ['$rip', '$rip'],
    ['x.0.1', '((x.0).1)'],
    ['(int)x + 1', '((int <- x) + 1)'],
    ['(unsigned  long int)x', '(unsigned long int <- x)'],
    ['(struct node *)p', '(struct node* <- p)'],
    ['(const struct node * const *)p', '(struct node** <- p)'],
    ['(node *)p->next', '(node* <- (p->next))'],
    ['(uint8_t)-1', '(uint8_t <- (-1))'],
    ['(ns::Colour)x', '(ns::Colour <- x)'],
    ['(a) - 1', '(a - 1)'],
    ['(a) & b', '(a & b)'],
    ['(a)', 'a'],
    ['sizeof(int) * 2', '(sizeof(int) * 2)'],
    ['sizeof *p', 'sizeof((*p))'],
    ['sizeof(*p)', 'sizeof((*p))'],
    ['p->name == "x\\n\\101"', '((p->name) == "x\\nA")'],
    ['"a" "b" == s', '("ab" == s)'],
    ['startswith(p, "a")', 'startswith(p, "a")'],
    ["c == '\\n'", "(c == '10')"],
    ["L'a'", "L'97'"],
    ['0x1FuL', '31ul'],
    ['0b101', '5'],
    ['0755', '493'],
    ["1'000'000", '1000000'],
    ['1.5f', '1.5f'],
    ['.5', '0.5'],
    ['1e-3', '0.001'],
    ['0x1.8p3', '12'],
    ['nullptr', 'null'],
    ['trueish', 'trueish'],
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
    ['', { column: 0, length: 0, expected: OPERAND, found: undefined }],
    ['a b', { column: 2, length: 1, expected: ['operator', 'the end'], found: 'b' }],
    ['a..b', { column: 1, length: 1, expected: ['operator', 'the end'], found: '.' }],
    ['p->', { column: 3, length: 0, expected: ['name'], found: undefined }],
    ['a[1', { column: 3, length: 0, expected: ['".."', '"]"', 'operator'], found: undefined }],
    ['f(x)', { column: 1, length: 1, expected: ['operator', 'the end'], found: '(' }],
    ['a +', { column: 3, length: 0, expected: OPERAND, found: undefined }],
    ['a = b', { column: 2, length: 1, expected: ['operator', 'the end'], found: '=' }],
    ['a ? b', { column: 5, length: 0, expected: ['":"', 'operator'], found: undefined }],
    ['08', { column: 0, length: 1, expected: OPERAND, found: '0' }],
    ["'ab'", { column: 0, length: 1, expected: OPERAND, found: "'" }],
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
    assert.equal(failure(`n={${'* ('.repeat(1000)}a`, parseMessage).failure.code, 'tooDeep');
    assert.ok(parseExpression('*'.repeat(MAX_NESTING) + 'p'));
    assert.ok(parseMessage('*'.repeat(1000)), 'a banner is text');
    for (const deep of ['a[', '-', '(int)', 'a?', 'a?b:', 'sizeof ', 'startswith('])
      assert.equal(failure(deep.repeat(4096 / deep.length)).failure.code, 'tooDeep', deep);
    assert.ok(parseExpression('a' + '+a'.repeat(MAX_MESSAGE_LENGTH / 2 - 1)));
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

  it('may say how a value is to be shown', () => {
    const formats = parseMessage('{n,x} {p, s} {buffer,[16]} {a,b} {startswith(p, "x")}').parts.flatMap(
      (part) => (part.kind === 'expression' ? [[part.text, show(part.expression), part.format]] : []),
    );
    assert.deepEqual(formats, [
      ['n,x', 'n', { kind: 'letter', letter: 'x' }],
      ['p, s', 'p', { kind: 'letter', letter: 's' }],
      ['buffer,[16]', 'buffer', { kind: 'count', count: 16 }],
      ['a,b', 'a', { kind: 'letter', letter: 'b' }],
      ['startswith(p, "x")', 'startswith(p, "x")', undefined],
    ]);
    assert.equal(failure('{n,z}', parseMessage).column, 3);
  });

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
      expected: ['","', '"}"', 'operator'],
      found: undefined,
    });
    assert.equal(unclosed.column, 4);
    assert.equal(failure('ok {}', parseMessage).column, 4);
    const [, second] = parseMessage('n={n}').parts;
    assert.ok(second?.kind === 'expression');
    assert.equal(second.expression.column, 3);
  });
});
