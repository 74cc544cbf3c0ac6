import assert from 'node:assert/strict';
import { typeName } from '../../../adapter/dwarf/typeName';
import { completionsAt, type Completions } from '../../../adapter/expression/completion';
import {
  atAddress,
  char,
  context,
  inFrame,
  int,
  member,
  node,
  pointer,
  struct,
  variable,
  array,
  constant,
} from './types';

const point = struct('point', 8, [member('x', 0, int), member('y', 4, int)]);
const outer = struct('outer', 24, [member('at', 0, point), member('head', 8, pointer(node))]);
const cplusObject = struct('Table', 16, [member('size', 0, int), member('first', 8, pointer(node))]);
const locals = [
  variable('n', int, inFrame(-20)),
  variable('node_count', int, inFrame(-24)),
  variable('p', pointer(node), inFrame(-32)),
  variable('o', outer, inFrame(-64)),
  variable('grid', array(point, 4), inFrame(-96)),
  variable('text', pointer(constant(char)), inFrame(-104)),
  variable('this', pointer(cplusObject), inFrame(-112)),
];
const globals = ['net::limit', 'net::detail::depth'].map((name) => variable(name, int, atAddress(0x4000)));
// DW_LANG_C_plus_plus.
const here = context(locals, { language: 0x04, globals: () => globals });

/** `|` is the cursor. */
function complete(marked: string, kind: 'message' | 'expression' = 'expression'): Completions | undefined {
  const offset = marked.indexOf('|');
  return completionsAt(marked.replace('|', ''), kind, offset, here);
}
/** The text with each item in its place. */
const results = (marked: string, kind?: 'message' | 'expression'): string[] => {
  const found = complete(marked, kind);
  const offset = marked.indexOf('|');
  return (found?.items ?? []).map(
    ({ text }) => marked.slice(0, found!.start) + text + marked.slice(offset + 1),
  );
};

describe('completion', () => {
  it('names what can be seen, by what has been written', () => {
    assert.deepEqual(results('n|'), ['n', 'node_count', 'net::limit', 'net::detail::depth']);
    assert.deepEqual(results('n + NODE|'), ['n + node_count']);
    assert.deepEqual(results('start|'), ['startswith']);
    assert.ok(results('|').includes('p'));
    assert.deepEqual(results('3|'), []);
  });

  it('names the members of a class within it', () => {
    assert.deepEqual(results('si|'), ['size', 'sizeof']);
  });

  it('names members of structs, through pointers, indices and parentheses', () => {
    assert.deepEqual(results('o.|'), ['o.at', 'o.head']);
    assert.deepEqual(results('n > 3 && p->n|'), ['n > 3 && p->name', 'n > 3 && p->next']);
    assert.deepEqual(results('o.at . |'), ['o.at . x', 'o.at . y']);
    assert.deepEqual(results('grid[n + o.at.x].|'), ['grid[n + o.at.x].x', 'grid[n + o.at.x].y']);
    assert.deepEqual(results('(*p).i|'), ['(*p).id']);
    assert.deepEqual(results('-o.head->next->i|'), ['-o.head->next->id']);
    assert.deepEqual(results('p->next[n].ta|'), ['p->next[n].tag']);
  });

  it('corrects the operator', () => {
    assert.deepEqual(results('p.na|'), ['p->name']);
    assert.deepEqual(results('o->a|'), ['o.at']);
  });

  it('says nothing of what has no members or does not parse', () => {
    for (const text of ['n.|', 'nowhere.|', '1.|', ')).|', 'p->nome->|'])
      assert.deepEqual(results(text), [], text);
  });

  it('names variables within a namespace', () => {
    assert.deepEqual(results('net::|'), ['net::limit', 'net::detail::depth']);
    assert.deepEqual(results('net::detail::d|'), ['net::detail::depth']);
  });

  it('names specials, with types', () => {
    const items = complete('$t|')!.items;
    assert.deepEqual(
      items.map(({ text, type }) => [text, type && typeName(type)]),
      [
        ['$tid', 'int'],
        ['$time', 'unsigned long'],
      ],
    );
    assert.deepEqual(results('$rs|'), ['$rsi', '$rsp']);
  });

  it('completes within the braces of a message only', () => {
    assert.deepEqual(results('n={node|} p={p->id}', 'message'), ['n={node_count} p={p->id}']);
    assert.deepEqual(results('{p->na|', 'message'), ['{p->name']);
    for (const text of ['n|', 'n={n} n|', '{{n|', '\\{n|', '{startswith(text, "n|', '{"}" == n|']) {
      const inside = text === '{"}" == n|';
      assert.equal(results(text, 'message').length > 0, inside, text);
    }
  });
});
