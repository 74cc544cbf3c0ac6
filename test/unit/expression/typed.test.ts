import assert from 'node:assert/strict';
import type { Type } from '../../../adapter/dwarf/type';
import { ExpressionError } from '../../../adapter/expression/expressionError';
import { parseExpression } from '../../../adapter/expression/message';
import { typeExpression, type TypedExpression } from '../../../adapter/expression/typed';
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
