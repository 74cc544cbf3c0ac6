/** Values of C++'s containers, by the captures' reference interpreter on the memory of a program that gdb has stopped. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fixture } from '../../fixtures/build';
import { libraryGap, LIBRARIES } from '../../fixtures/standardLibraries';
import type { RenderedValue } from '../../../adapter/value/value';
import { stopAt } from './gdb';
import { contextAt, valuesAt } from './stopped';

/** What the program says of its values: for each hit, lines of an expression and its text. */
function saidBy(program: string): Map<string, string>[] {
  const lines = execFileSync(program, { encoding: 'utf8' }).trim().split('\n');
  const pairs = lines.map((line) => line.split('\t') as [string, string]);
  const hits: Map<string, string>[] = [];
  for (const [text, value] of pairs) {
    if (text === FIRST) hits.push(new Map());
    hits.at(-1)!.set(text, value);
  }
  return hits;
}

const FIRST = 'all.text';
const HITS = 3;

/** Addresses are other ones in each run. */
const plain = (value: RenderedValue): string =>
  'value' in value ? value.value.replace(/0x[0-9a-f]{2,}/g, '0xADDRESS') : `<${value.unavailable.code}>`;

/** gdb's pretty printers' text in our form, for the kinds where it says the same. */
const fromGdb = (text: string): string =>
  text
    .replace(/std::(?:vector<bool>|vector|span) of length (\d+)(?:, capacity -?\d+)?(?: = )?/g, 'size $1 ')
    .replace(/std::deque with (\d+) elements?(?: = )?/g, 'size $1 ')
    .replace(/size 0 $/, 'size 0 {}');
const ALIKE = [
  'text',
  'view',
  'wide',
  'sixteen',
  'thirtyTwo',
  'numbers',
  'bits',
  'points',
  'part',
  'two',
  'pair',
  'ends',
];

describe('Values of C++ containers', function () {
  this.timeout(120_000);
  for (const variant of LIBRARIES) {
    describe(variant.name, () => {
      for (let hit = 0; hit < HITS; hit++)
        it(`are what the program says, and gdb, at hit ${hit}`, function () {
          const gap = libraryGap(variant);
          if (gap) {
            console.log(`skipped: ${gap}`);
            this.skip();
          }
          const program = fixture('containers.cc', variant);
          const said = saidBy(program)[hit]!;
          const stop = stopAt(program, `look if n == ${hit}`, [...said.keys()]);
          const values = valuesAt(stop, contextAt(program, stop.address), [...said.keys()]);
          const texts = [...values].map(([text, value]) => [text, plain(value)]);
          const expected = [...said].map(([text, value]) => [text, expectedOf(text, value, variant.flags)]);
          assert.deepEqual(Object.fromEntries(texts), Object.fromEntries(expected));
          if (variant.flags.includes('-stdlib=libc++')) return;
          for (const name of ALIKE) {
            const text = `all.${name}`;
            assert.equal(plain(values.get(text)!), fromGdb(stop.printed.get(text)!.text), text);
          }
        });
    });
  }
});

/**
 * libc++'s deques tell only how many elements there are; with optimisation clang leaves out what libc++ counts owners in, and
 * then a weak pointer is not followed.
 */
function expectedOf(text: string, value: string, flags: readonly string[]): string {
  if (!flags.includes('-stdlib=libc++')) return value;
  if (text === 'all.ends') return value.replace(/\{.+\}/, '{...}');
  if (!flags.includes('-O2')) return value;
  if (text === 'all.weak') return '{__ptr_ = 0xADDRESS, __cntrl_ = 0xADDRESS}';
  return value.replace(/ \(use count \d+\)/, '');
}
