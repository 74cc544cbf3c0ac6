import assert from 'node:assert/strict';
import type { Type } from '../../../adapter/dwarf/type';
import { ExpressionError } from '../../../adapter/expression/expressionError';
import { parseExpression } from '../../../adapter/expression/message';
import { typeName } from '../../../adapter/dwarf/typeName';
import type { TypedExpression } from '../../../adapter/expression/typed';
import { typeExpression } from '../../../adapter/expression/typing';
import {
  array,
  base,
  baseClass,
  bitField,
  constant,
  context,
  enumeration,
  inFrame,
  int,
  member,
  node,
  nothing,
  optimisedOut,
  pointer,
  procedure,
  reference,
  short,
  struct,
  typedef,
  union,
  variable,
} from './types';

const point = struct('point', 8, [member('x', 0, int), member('y', 4, int)]);
const shape = struct('shape', 32, [
  member('kind', 0, int),
  member(
    undefined,
    8,
    union(undefined, 16, [
      member('radius', 0, int),
      member(undefined, 4, struct(undefined, 8, [member('w', 0, int), member('h', 4, int)])),
    ]),
  ),
  bitField('visible', 24, int, 3, 1),
  member('tags', 28, array(short, undefined)),
]);
const animal = struct('Animal', 8, [member('legs', 4, int), member('name', 0, int)]);
const dog = struct('Dog', 24, [baseClass(animal, 8), member('name', 20, int)]);
const opaque = struct('opaque', undefined, []);
const endless = { ...struct('endless', 8, []), get members() { return [member(undefined, 0, endless)]; } } as Type & { kind: 'struct' }; // prettier-ignore

const TYPES: Record<string, Type> = {
  n: int,
  node,
  p: pointer(node),
  cp: constant(pointer(typedef('node_t', constant(node)))),
  pp: pointer(pointer(node)),
  shape,
  dog,
  r: reference(point),
  grid: array(array(int, 3), 2),
  nodes: array(node, 4),
  flexible: array(int, undefined),
  v: pointer(nothing),
  f: pointer(procedure(int)),
  o: pointer(opaque),
  colour: enumeration('colour', { RED: 0 }),
  endless,
  holder: struct('holder', 8, [member('ref', 0, reference(int))]),
  strange: { kind: 'unsupported', tag: 'DW_TAG_set_type', name: undefined },
  counter: int,
  count: base('long', 8, 'signed'),
  s: short,
  c: base('char', 1, 'signedChar'),
  u: base('unsigned int', 4, 'unsigned'),
};
const here = context(Object.entries(TYPES).map(([name, type]) => variable(name, type, inFrame(0))));

const typed = (text: string): TypedExpression => typeExpression(parseExpression(text), here);

/** What is read, in the form `*(*(p)+16)+0`: a star follows a pointer, a plus adds bytes. */
function show(expression: TypedExpression): string {
  switch (expression.kind) {
    case 'variable':
      return expression.variable.name;
    case 'part': {
      const { bits } = expression;
      return `${show(expression.whole)}+${String(expression.offset)}${bits ? `:${String(bits.offset)}/${String(bits.size)}` : ''}`;
    }
    case 'computed':
      return `base(${show(expression.whole)})`;
    case 'target':
      return `*(${show(expression.pointer)})+${String(expression.offset)}`;
    case 'element':
      return `${show(expression.base)}[${show(expression.index)}]`;
    case 'literal':
      return String(expression.value);
    case 'convert':
      return `${typeName(expression.type)}(${show(expression.operand)})`;
    case 'unary':
      return `${expression.operator}${show(expression.operand)}`;
    case 'binary':
    case 'logical':
      return `(${show(expression.left)} ${expression.operator} ${show(expression.right)})`;
    case 'conditional':
      return `(${show(expression.condition)} ? ${show(expression.then)} : ${show(expression.otherwise)})`;
    case 'addressOf':
      return `&${show(expression.place)}`;
    case 'stringTest':
      return `${expression.operator}(${show(expression.string)}, "${Buffer.from(expression.text).toString()}")`;
    case 'register':
      return `%${String(expression.register)}`;
    case 'special':
      return `$${expression.name}`;
  }
}

describe('typing reads', () => {
  const reads: [string, string, Type][] = [
    ['n', 'n', int],
    ['node.id', 'node+0', int],
    ['p->next', '*(p)+0+16', pointer(node)],
    ['p->next->id', '*(*(p)+0+16)+0+0', int],
    ['(*p).id', '*(p)+0+0', int],
    ['cp->id', '*(cp)+0+0', int],
    ['**pp', '*(*(pp)+0)+0', node],
    ['(*pp)->id', '*(*(pp)+0)+0+0', int],
    ['p[2].id', '*(p)+80+0', int],
    ['p[-1]', '*(p)+-40', node],
    ['nodes[3].id', 'nodes+120+0', int],
    ['nodes->id', 'nodes+0+0', int],
    ['*nodes', 'nodes+0', node],
    ['grid[1][2]', 'grid+12+8', int],
    ['*grid[1]', 'grid+12+0', int],
    ['flexible[7]', 'flexible+28', int],
    ['node.tag[1]', 'node+32+1', base('char', 1, 'signedChar')],
    ['shape.radius', 'shape+8', int],
    ['shape.h', 'shape+16', int],
    ['shape.visible', 'shape+24:3/1', int],
    ['shape.tags[2]', 'shape+28+4', short],
    ['dog.legs', 'dog+12', int],
    ['dog.name', 'dog+20', int],
    ['dog.Animal.name', 'dog+8+0', int],
    ['r.y', '*(r)+0+4', int],
    ['r', '*(r)+0', point],
    ['holder.ref', '*(holder+0)+0', int],
  ];
  for (const [text, shown, type] of reads) {
    it(`${text} as ${shown}`, () => {
      const result = typed(text);
      assert.equal(show(result), shown);
      assert.deepEqual(result.type, type);
    });
  }

  it('a variable that has no location: that is for the capture to say', () => {
    const gone = context([variable('gone', int, optimisedOut)]);
    assert.equal(typeExpression(parseExpression('gone'), gone).type, int);
  });
});

describe('typing operations', () => {
  const operations: [string, string, string][] = [
    ['n + 1', '(n + 1)', 'int'],
    ['n + 1u', '(unsigned int(n) + 1)', 'unsigned int'],
    ['n * 2.0f', '(float(n) * 2)', 'float'],
    ['count - n', '(count - long(n))', 'long'],
    ['s + c', '(int(s) + int(c))', 'int'],
    ['s << count', '(int(s) << count)', 'int'],
    ['u > -1', '(u > 4294967295)', 'int'],
    ['~c', '~int(c)', 'int'],
    ['-5', '-5', 'int'],
    ['-5u', '4294967291', 'unsigned int'],
    ['!p', '!p', 'int'],
    ['shape.visible + 1', '(int(shape+24:3/1) + 1)', 'int'],
    ['colour == 0', '(unsigned int(colour) == 0)', 'int'],
    ['p && n > 3', '(p && (n > 3))', 'int'],
    ['p == NULL', '(unsigned long(p) == 0)', 'int'],
    ['p + 2', '(p + 80)', 'struct node *'],
    ['p - n', '(p - (long(n) * 40))', 'struct node *'],
    ['2 + p', '(p + 80)', 'struct node *'],
    ['p - p', '((long(p) - long(p)) / 40)', 'long'],
    ['v + 1', '(v + 1)', 'void *'],
    ['nodes + 1', '(&nodes + 40)', 'struct node *'],
    ['n ? n : u', '(n ? unsigned int(n) : u)', 'unsigned int'],
    ['n ? p : NULL', '(n ? p : 0)', 'struct node *'],
    ['&node.id', '&node+0', 'int *'],
    ['*(p + 1)', '*(p)+40', 'struct node'],
    ['*(p + n)', '*((p + (long(n) * 40)))+0', 'struct node'],
    ['*&n', 'n', 'int'],
    ['p[n].id', 'p[long(n)]+0', 'int'],
    ['nodes[n + 1].id', 'nodes[long((n + 1))]+0', 'int'],
    ['nodes[2 - 1]', 'nodes[long((2 - 1))]', 'struct node'],
    ['p->name == "x"', 'equals(*(p)+0+8, "x")', 'int'],
    ['"x" != p->tag', '!equals(*(p)+0+32, "x")', 'int'],
    ['startswith(p->name, "x")', 'startsWith(*(p)+0+8, "x")', 'int'],
    ['4294967295', '4294967295', 'long'],
    ['0xffffffff', '4294967295', 'unsigned int'],
    ["'a'", '97', 'int'],
    ['true', '1', 'bool'],
  ];
  for (const [text, shown, type] of operations) {
    it(`${text} as ${shown}, ${type}`, () => {
      const result = typed(text);
      assert.deepEqual([show(result), typeName(result.type)], [shown, type]);
    });
  }
});

describe('typing refuses', () => {
  const refused: [string, string, number, number][] = [
    ['missing', 'noSuchName', 0, 7],
    ['p->missing', 'noSuchMember', 3, 7],
    ['p.id', 'useArrow', 0, 1],
    ['node->id', 'useDot', 0, 4],
    ['n.x', 'notAStruct', 0, 1],
    ['colour.x', 'notAStruct', 0, 6],
    ['pp.id', 'notAStruct', 0, 2],
    ['pp->id', 'notAStruct', 0, 2],
    ['n->x', 'notAPointer', 0, 1],
    ['*n', 'notAPointer', 1, 1],
    ['*node.id', 'notAPointer', 1, 7],
    ['n[0]', 'notAnArray', 0, 1],
    ['node[0]', 'notAnArray', 0, 4],
    ['*v', 'voidPointer', 1, 1],
    ['v[1]', 'voidPointer', 0, 1],
    ['*f', 'functionPointer', 1, 1],
    ['o->x', 'incompleteType', 0, 1],
    ['o[1]', 'incompleteType', 0, 1],
    ['p[9007199254740991]', 'indexOutOfRange', 0, 19],
    ['strange.x', 'unsupportedType', 0, 7],
    ['endless.x', 'noSuchMember', 8, 1],
    ['node + 1', 'notScalar', 0, 4],
    ['n % 2.0', 'notAnInteger', 4, 3],
    ['p * 2', 'pointerOperands', 0, 5],
    ['&1', 'notAPlace', 1, 1],
    ['&shape.visible', 'bitFieldAddress', 1, 13],
    ['n + "x"', 'lonelyString', 4, 3],
    ['n == "x"', 'notAString', 0, 1],
    ['startswith(p->name, n)', 'notAStringConstant', 20, 1],
    ['n ? p : n', 'differentTypes', 0, 9],
    ['nodes[1.5]', 'notAnInteger', 6, 3],
    ['99999999999999999999', 'constantTooLarge', 0, 20],
  ];
  for (const [text, code, column, length] of refused) {
    it(`${text}: ${code}`, () => {
      assert.throws(
        () => typed(text),
        (error) => {
          assert.ok(error instanceof ExpressionError);
          assert.deepEqual([error.failure.code, error.column, error.length], [code, column, length]);
          return true;
        },
      );
    });
  }

  const guesses: [string, string[]][] = [
    ['nod', ['node', 'nodes']],
    ['NODE', ['node', 'nodes']],
    ['cuont', ['count']],
    ['counterr', ['counter', 'count']],
    ['xyzzy', []],
    ['p->nmae', ['name']],
    ['p->nex', ['next']],
    ['shape.radios', ['radius']],
    ['dog.leg', ['legs']],
  ];
  for (const [text, similar] of guesses) {
    it(`${text}, and names ${similar.join(', ') || 'nothing'}`, () => {
      assert.throws(
        () => typed(text),
        (error) => {
          assert.ok(error instanceof ExpressionError && 'similar' in error.failure);
          assert.deepEqual(error.failure.similar, similar);
          return true;
        },
      );
    });
  }
});

describe('A member of the class of `this`', () => {
  const self = variable('this', constant(pointer(dog)), inFrame(0));
  const others = [self, variable('name', short, inFrame(8))];
  const CPLUS = 0x21;
  const typeIn = (text: string, change: Parameters<typeof context>[1]): TypedExpression =>
    typeExpression(parseExpression(text), context([self], { language: CPLUS, ...change }));

  it('goes by its name, also that of a base class', () => {
    assert.deepEqual(typeIn('name', {}), typeIn('this->name', {}));
    assert.deepEqual(typeIn('legs', {}), typeIn('this->legs', {}));
  });

  it('hides globals, and is hidden by locals', () => {
    const lookup = (): ReturnType<typeof variable> => variable('name', short, inFrame(8));
    assert.equal(typeName(typeIn('name', { lookup }).type), 'int');
    assert.equal(typeName(typeIn('name', { lookup, frameLocals: () => others }).type), 'short');
  });

  it('is none of the class whose function the code is inlined into', () => {
    assert.throws(() => typeIn('legs', { frameLocals: () => [] }), ExpressionError);
  });

  it('is none in C, where `this` is a name like any other', () => {
    assert.throws(() => typeIn('legs', { language: 0x1d }), ExpressionError);
  });
});
