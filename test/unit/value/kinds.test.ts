import assert from 'node:assert/strict';
import { ExpressionError } from '../../../adapter/expression/expressionError';
import type { NamedValue, RenderedValue } from '../../../adapter/value/value';
import { fixture, probeLine, type Variant } from '../../fixtures/build';
import { stopAt, type Stop } from './gdb';
import { contextAt, valuesAt } from './stopped';

/** A fixture stopped at its line `look`: what gdb prints of these expressions, and what we make of any. */
function stopped(source: string, variant: Variant, expressions: readonly string[]): Stopped {
  const program = fixture(source, variant);
  const stop = stopAt(program, `${source}:${String(probeLine(source, 'look'))}`, expressions);
  const context = contextAt(program, stop.address);
  return { stop, ours: (text) => valuesAt(stop, context, [text]).get(text)! };
}
interface Stopped {
  readonly stop: Stop;
  readonly ours: (expression: string) => RenderedValue;
}

function assertLikeGdb({ stop, ours }: Stopped, expressions: readonly string[]): void {
  for (const text of expressions) {
    const printed = stop.printed.get(text)!;
    const value = ours(text);
    assert.ok('value' in value, `${text}: ${JSON.stringify(value)}`);
    assert.equal(value.type, printed.type, text);
    if (FLOATS.has(printed.type)) assert.equal(Number(value.value), Number(printed.text), text);
    else assert.equal(value.value, asOurs(printed.text), text);
  }
}

/** Strings without their address, flags without parentheses. */
const asOurs = (text: string): string => text.replace(/^0x[0-9a-f]+ (?=")/, '').replace(/^\((.*)\)$/, '$1');

/** gdb prints more digits than it takes to tell the value. */
const FLOATS: ReadonlySet<string> = new Set(['long double', '__float128', '_Float128']);

const gapOf = (value: RenderedValue): unknown => ('unavailable' in value ? value.unavailable : value);
const refusalOf = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error instanceof ExpressionError ? error.failure.code : error;
  }
};

const IN_C = [
  'k->wide', 'k->precise', 'k->quad', 'k->turn', 'k->spin', 'k->slow', 'k->lanes', 'k->pair', 'k->yes', 'k->counted', 'k->shared->count',
  'k->shared->data[2]', 'k->fixed', 'k->where', 'k->cube', 'k->cube[1][2][3]', 'k->row', 'k->bits.b', 'k->bits.c', 'k->bits.d',
  'k->bits.g', 'k->bits.h', 'k->packed.b', 'k->packed.c', 'k->packed.d', 'k->number.d', 'k->number.high', 'k->tag', 'k->first', 'k->second',
  'k->named', 'k->tail->count', 'k->self->tail->data[1]', 'k->unnamed', 'k->renamed', 'k->answer', 'k->access', 'k->ordinal', 'k->sign', 'k->far', 'k->plain',
  'k->handler', 'k->factory', 'k->anything', 'k->size', 'k->difference', 'k->s', 'k->us', 'k->ll', 'k->ull', 'buffer[0]',
]; // prettier-ignore

describe('values of every kind of type are those that gdb prints', function () {
  this.timeout(60_000);

  for (const compiler of ['gcc', 'clang'])
    for (const version of ['-gdwarf-4', '-gdwarf-5'])
      it(`in C, ${compiler} ${version}`, () => {
        const program = stopped('types.c', { compiler, flags: [version] }, IN_C);
        assertLikeGdb(program, IN_C);
        const { ours } = program;
        assert.deepEqual(gapOf(ours('buffer')), { code: 'unknownLength', extent: 'computed' });
        assert.deepEqual(gapOf(ours('k->tail->data')), { code: 'unknownLength', extent: 'flexible' });
        assert.equal(
          refusalOf(() => ours('table[1]')),
          'unknownLength',
        );
        // gdb knows no complex integers.
        assert.deepEqual(ours('k->whole'), {
          name: 'k->whole',
          value: '0 + -7i',
          type: compiler === 'gcc' ? 'complex int' : 'complex',
        });
        if (compiler === 'gcc')
          assert.deepEqual(gapOf(ours('k->dec64')), { code: 'unsupportedType', tag: '_Decimal64' });
      });

  for (const compiler of ['gcc', 'clang'])
    it(`in C++, ${compiler}`, () => {
      const program = stopped('types.cc', { compiler, flags: ['-std=c++20'] }, [...IN_CXX, 'kinds.method']);
      assertLikeGdb(program, IN_CXX);
      const { stop, ours } = program;
      const text = (expression: string): unknown => {
        const value = ours(expression);
        return 'value' in value ? value.value : value.unavailable;
      };
      // gdb does not find virtual bases of what is reached by a reference.
      assert.equal(text('kinds.both.first'), stop.printed.get('whole->first')!.text);
      const method = /0x[0-9a-f]+/.exec(stop.printed.get('kinds.method')!.text)![0];
      assert.equal(text('kinds.method'), method);
      assert.match(String(text('kinds.virtual_method')), /^&virtual table offset \d+$/);
      // In memory, `first` is behind the pointer to the table of virtual functions.
      assert.deepEqual(
        ['member', 'none', 'no_method'].map((name) => text(`kinds.${name}`)),
        ['8', 'null', 'null'],
      );
      assert.deepEqual((text('kinds.nothing') as { code: string }).code, 'unsupportedType');
      const both = ours('kinds.both');
      assert.ok('children' in both && both.children);
      assert.deepEqual(both.children.at(-1), { name: 'both', value: '5', type: 'int' });
      assert.equal(
        refusalOf(() => ours('kinds.both.made')),
        'staticMember',
      );
    });

  it('in Rust: the variant that a value is', () => {
    const names = Object.keys(VARIANTS_OF).map((name) => `all.${name}`);
    const fields = ['all.tuple.0', 'all.pair.1', 'all.arr[1] + 1'];
    const { stop, ours } = stopped('types.rs', { compiler: 'rustc', flags: [] }, [...names, ...fields]);
    for (const [name, expected] of Object.entries(VARIANTS_OF)) {
      const value = ours(`all.${name}`);
      assert.ok('children' in value && value.children, `${name}: ${JSON.stringify(value)}`);
      assert.deepEqual(value.children.map(bare), expected, name);
      if (!UNKNOWN_TO_GDB.has(name))
        assert.ok(stop.printed.get(`all.${name}`)!.text.includes(`::${value.children[0]!.name}`), name);
    }
    for (const text of fields) {
      const value = ours(text);
      assert.ok('value' in value && value.value === stop.printed.get(text)!.text, text);
    }
    // `Some` cannot be; but the debug information does not say so, and gdb shows it.
    const never = ours('all.never');
    assert.ok('children' in never && 'unavailable' in never.children[0]!);
    assert.deepEqual(ours('all.unit'), { name: 'all.unit', value: '()', type: '()' });
    assert.deepEqual(ours('all.ch'), { name: 'all.ch', value: "122 'z'", type: 'char' });
    assert.equal(
      refusalOf(() => ours('all.opt.Some')),
      'variantMember',
    );
  });
});

const IN_CXX = [
  'kinds.shade', 'kinds.plain', 'left->first', 'left->left', 'whole->first', 'whole->left', 'whole->right', 'whole->both', 'base.first', 'kinds.vec', 'kinds.vec.items[1]',
  'kinds.inner.inner', 'kinds.three', 'kinds.values', 'kinds.hidden', 'kinds.outer.nested', 'kinds.u8', 'kinds.u16', 'kinds.u32', 'kinds.wide', 'kinds.yes',
  'kinds.function', 'kinds.f', 'kinds.a', 'kinds.b', 'kinds.numbers',
]; // prettier-ignore

const bare = (value: NamedValue): unknown =>
  'value' in value
    ? [value.name, value.children ? value.children.map(bare) : value.value]
    : value.unavailable;

/** Members of `All` in types.rs, and the variant's member that each has. */
const VARIANTS_OF = {
  opt: [['Some', [['__0', '5']]]],
  nz: [['None', []]],
  boxed: [['None', []]],
  oo: [['Some', [['__0', [['None', []]]]]]],
  small: [['B', [['x', '3'], ['y', '-4']]]],
  neg: [['Minus', [['__0', '3']]]],
} as const; // prettier-ignore

/** gdb 13 takes a signed discriminant for an unsigned one. */
const UNKNOWN_TO_GDB: ReadonlySet<string> = new Set(['neg']);
