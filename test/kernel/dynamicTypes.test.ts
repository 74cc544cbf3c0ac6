import assert from 'node:assert/strict';
import { fixture, probeLine, VARIANTS } from '../fixtures/build';
import { stopAt } from '../unit/value/gdb';
import { needsKernel } from './available';
import { Tracing, type Value } from './sourcetap';

const PLACE = `dynamic.cc:${probeLine('dynamic.cc', 'look')}`;
const POINTERS = [
  'argument',
  'all.shape',
  'all.circle',
  'all.label',
  'all.second',
  'all.held',
  'all.hidden',
  'all.diamond',
  'all.none',
  'all.plain',
  '(shape::Shape *)all.opaque',
  '&*all.circle',
  '(shape::Shape *)&all.whole',
];
const OBJECTS = ['other', 'all.reference', '*all.circle', '*all.held', '*all.plain', 'all.whole'];

describe('Objects of classes that derive from others', function () {
  this.timeout(120_000);
  before(needsKernel);

  for (const variant of VARIANTS)
    it(`are named as gdb names their class, ${variant.compiler} ${variant.flags.join(' ')}`, async () => {
      const program = fixture('dynamic.cc', variant);
      const stop = stopAt(program, PLACE, [...POINTERS, ...OBJECTS]);
      for (const names of [POINTERS, OBJECTS]) {
        const log = names.map((name) => `{${name}}`).join(' ');
        const { hits, stderr } = await new Tracing(PLACE, '--log', log, '--program', program).end();
        assert.ok(hits[0], stderr);
        for (const name of names) {
          const { type, dynamic } = stop.printed.get(name)!;
          assert.equal(
            classIn(hits[0].values[name]!),
            withoutConst(dynamic) === withoutConst(type) ? '' : withoutConst(dynamic),
            name,
          );
        }
      }
    });

  it('are named in snapshots, where pointers are followed, and within others', async () => {
    const { hits } = await new Tracing(PLACE, '--program', fixture('dynamic.cc')).end();
    const { argument, other, all } = hits[0]!.values;
    assert.match(argument!.value!, /^\(shape::Circle \*\) 0x[0-9a-f]+$/);
    assert.deepEqual(
      argument!.children?.map(({ name }) => name),
      ['_vptr.Shape', 'id'],
    );
    assert.match(
      other!.value!,
      /^\(shape::Label\) \{_vptr\.Shape = 0x[0-9a-f]+ <vtable for shape::Label\+16>, id = 1\}$/,
    );
    const members = new Map(all!.children?.map((child) => [child.name, child.value ?? '']));
    assert.match(members.get('owned')!, /^0x[0-9a-f]+ \{\(shape::Circle\) \{/);
    assert.match(members.get('reference')!, /^\(shape::Circle &\) 0x/);
    // Its bases are no objects of their own.
    assert.doesNotMatch(members.get('whole')!, /\(shape/);
  });
});

/** `shape::Circle *` of `(shape::Circle *) 0x5560`. */
const classIn = ({ value = '' }: Value): string =>
  /^\(((?:\(anonymous namespace\)|[^()])+)\) /.exec(value)?.[1] ?? '';

/** gdb says of references to objects what they refer to. */
const withoutConst = (type: string): string => type.replaceAll('const ', '').replace(/ &$/, '');
