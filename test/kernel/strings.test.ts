import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fixture, probeLine, VARIANTS, type Variant } from '../fixtures/build';
import { needsKernel } from './available';
import { sideBySide, Tracing, type Value } from './sourcetap';

const PLACE = `strings.cc:${probeLine('strings.cc', 'look')}`;
/** A record has room for so many. */
const GROUP = 6;

describe('Strings of a running program', function () {
  this.timeout(120_000);
  before(needsKernel);

  for (const { compiler, flags } of VARIANTS) {
    const variant: Variant = { compiler, flags: [...flags, '-std=c++20'] };
    it(`are what the program prints, up to their NUL, ${compiler} ${flags.join(' ')}`, async () => {
      const program = fixture('strings.cc', variant);
      const printed = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
      const said = new Map(printed.map((line) => line.split('\t') as [string, string]));
      const names = [...said.keys()];
      const groups = Array.from({ length: Math.ceil(names.length / GROUP) }, (_, i) =>
        names.slice(i * GROUP, (i + 1) * GROUP),
      );
      await sideBySide(groups, async (group) => {
        const log = group.map((name) => `{${name}}`).join(' ');
        const { hits, stderr } = await new Tracing(PLACE, '--log', log, '--program', program).end();
        const [hit] = hits;
        assert.ok(hit, stderr);
        for (const name of group) assert.equal(shown(hit.values[name]!), said.get(name), name);
      });
    });
  }

  it('are shown in a snapshot, too', async () => {
    const variant = { compiler: 'gcc', flags: ['-O0', '-std=c++20'] };
    const { hits } = await new Tracing(PLACE, '--program', fixture('strings.cc', variant)).end();
    const all = new Map(hits[0]?.values['all']?.children?.map((child) => [child.name, child]));
    assert.equal(hits[0]?.values['argument']?.value, 'L"argument"');
    assert.equal(all.get('sixteen')?.value, 'u"€ 😀"');
  });
});

const shown = ({ value, unavailable }: Value): string =>
  value?.replace(/^0x[0-9a-f]+ <not readable>$/, 'unreadable') ?? String(unavailable);
