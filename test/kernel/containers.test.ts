import assert from 'node:assert/strict';
import { fixture, probeLine } from '../fixtures/build';
import { libraryGap, LIBRARIES } from '../fixtures/standardLibraries';
import { needsKernel } from './available';
import { Tracing, type Value } from './sourcetap';

const PLACE = `containers.cc:${probeLine('containers.cc', 'look')}`;
/** Each group is a record of its own. */
const GROUPS = [
  ['all.text', 'all.wide', 'all.names'],
  ['all.owned', 'all.shared', 'all.maybeText', 'all.variant', 'all.tuple', 'all.sixteen'],
  ['all.ordered', 'all.forward'],
  ['all.list', 'all.sorted', 'all.person', 'all.hashed'],
];
const KERNEL_VARIANTS = LIBRARIES.filter(({ name }) => ['g++ -O2', 'clang++ -O0, libc++'].includes(name));

describe('Containers in a running program', function () {
  this.timeout(120_000);
  before(needsKernel);

  for (const variant of KERNEL_VARIANTS)
    for (const group of GROUPS)
      it(`have the values that the program prints, ${variant.name}: ${group.join(' ')}`, async function () {
        const gap = libraryGap(variant);
        if (gap) {
          console.log(`skipped: ${gap}`);
          this.skip();
        }
        const program = fixture('containers.cc', variant);
        const log = group.map((text) => `{${text}}`).join(' ');
        const { hits, stderr } = await new Tracing(PLACE, '--log', log, '--program', program).end();
        assert.equal(hits.length, 3, stderr);
        const printed = stderr.split('\n').map((line) => line.split('\t'));
        for (const text of group) {
          const said = printed.filter(([name]) => name === text).map(([, value]) => value);
          const values = hits.map(({ values: of }) => plain(of[text]!));
          assert.deepEqual(values, said, text);
        }
      });

  it('are read in a snapshot, arguments of all kinds together', async () => {
    const program = fixture('containers.cc', KERNEL_VARIANTS[0]);
    const { hits } = await new Tracing(PLACE, '--program', program).end();
    const { text, n } = hits[0]!.values;
    assert.deepEqual([text?.value, n?.value], ['"short"', '0']);
    const all = new Map(hits[0]!.values['all']?.children?.map((child) => [child.name, child]));
    assert.equal(all.get('text')?.value, '"short"');
  });
});

const plain = (value: Value): string =>
  (value.value ?? `<${value.unavailable!}>`).replace(/0x[0-9a-f]{2,}/g, '0xADDRESS');
