import assert from 'node:assert/strict';
import { fixture, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { Tracing, type Value } from './sourcetap';

const PLACE = `faults.cc:${probeLine('faults.cc', 'look')}`;
const UNREADABLE = /^<not readable: /;
const X = 'x'.repeat(128);

/** What each damaged object is shown as. */
const EXPECTED: Readonly<Record<string, RegExp | string>> = {
  'faults.huge': `"${X}"... (length 1073741824, truncated)`,
  'faults.negative': `"${X}"... (length 18446744073709551615, truncated)`,
  'faults.huge.size()': '1073741824',
  'faults.atEnd': '"yyyy\\000"',
  'faults.over': UNREADABLE,
  'faults.unmapped': UNREADABLE,
  'faults.forbidden': UNREADABLE,
  'faults.pagedOut': '"wwww"',
  'faults.freed': UNREADABLE,
  'faults.lastString': '"yy"',
  'faults.openString': /^0x[0-9a-f]+ <not readable>$/,
  'faults.ring': '{1, 2, 1, 2, 1, 2, 1, 2...}',
  'faults.broken': 'size 3 {5, <unavailable>, <unavailable>}',
  'faults.reversed': /^size 4611686018427387903 \{(3, ){63}3\.\.\.\}$/,
  'faults.reversed.size()': '4611686018427387903',
  'faults.views': 'size 3 {"yyyy\\000", <unavailable>, <unavailable>}',
  'faults.views[7]': UNREADABLE,
  'faults.dangling': /^0x[0-9a-f]+ \{<unavailable>\}$/,
  '*faults.dangling': UNREADABLE,
};

describe('Damaged objects, and contents that cannot be read', function () {
  this.timeout(60_000);
  before(needsKernel);

  const texts = Object.keys(EXPECTED);
  for (let first = 0; first < texts.length; first += 4) {
    const group = texts.slice(first, first + 4);
    it(`are shown as they are, or with the reason: ${group.join(' ')}`, async () => {
      const log = group.map((text) => `{${text}}`).join(' ');
      const { hits, stderr } = await new Tracing(
        PLACE,
        '--log',
        log,
        '--program',
        fixture('faults.cc'),
      ).end();
      assert.equal(hits.length, 1, stderr);
      for (const text of group) {
        const found = shown(hits[0]!.values[text]!);
        const expected = EXPECTED[text]!;
        if (typeof expected === 'string') assert.equal(found, expected, text);
        else assert.match(found, expected, text);
      }
    });
  }
});

const shown = ({ value, unavailable }: Value): string => value ?? `<${unavailable!}>`;
