import assert from 'node:assert/strict';
import { fixture, probeLine } from '../fixtures/build';
import { stopAt } from '../unit/value/gdb';
import { needsKernel } from './available';
import { Tracing, type Value } from './sourcetap';

/** What is asked for at each marked line. */
const EXPRESSIONS = {
  passed: ['pair', 'pair.first', 'pair.second', 'n'],
  mixed: ['mixed', 'mixed.kind', 'mixed.low', 'mixed.letter', 'n'],
  wide: ['big', 'n'],
  pointer: ['*total', '*step', 'total[0]'],
  object: ['span->length', 'pair->first', 'pair->second', '*pair', 'span->start[1]'],
  bits: ['bits', 'bits.a', 'bits.b', 'bits.c'],
  loop: ['pair', 'pair.first', 'pair.second', 'i'],
} as const;

/** What gdb can read by asking the caller's frame, or because it sees vector registers. */
const BEYOND_A_PROBE = /only the caller knew it|in a vector register/;

/** Members stand for a struct some of whose bytes are missing. */
const textOf = ({ value, unavailable, children = [] }: Value): string =>
  value?.includes('<unavailable>') === true
    ? `{${children.map((child) => `${child.name} = ${textOf(child)}`).join(', ')}}`
    : (value ?? `<${unavailable ?? ''}>`);

describe('what optimisers take apart', function () {
  this.timeout(60_000);
  before(needsKernel);

  for (const [compiler, ...flags] of [
    ['gcc', '-O1'],
    ['gcc', '-O2'],
    ['clang', '-O2', '-gdwarf-4'],
  ] as const)
    it(`is put together as gdb does, ${compiler} ${flags.join(' ')}`, async () => {
      const program = fixture('pieces.c', { compiler, flags });
      let available = 0;
      for (const [mark, texts] of Object.entries(EXPRESSIONS)) {
        const place = `pieces.c:${probeLine('pieces.c', mark)}`;
        const { printed } = stopAt(program, place, texts);
        const log = texts.map((text) => `{${text}}`).join(' ');
        const { hits, stderr } = await new Tracing(place, '--log', log, '--program', program).end();
        const hit = hits[0];
        assert.ok(hit, stderr);
        for (const text of texts) {
          const ours = textOf(hit.values[text]!);
          const theirs = printed.get(text)!.text;
          const what = `${place} ${text}: ${ours}, gdb ${theirs}`;
          if (theirs.includes('optimized out'))
            assert.match(ours, /optimised out|no pointer|neither array nor pointer/, what);
          else if (BEYOND_A_PROBE.test(ours)) continue;
          else assert.equal(ours, theirs, what);
          available++;
        }
      }
      assert.ok(available > 12, `${available}`);
    });
});
