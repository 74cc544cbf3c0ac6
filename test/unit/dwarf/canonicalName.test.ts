import assert from 'node:assert/strict';
import { canonicalName } from '../../../adapter/dwarf/canonicalName';
import { typeName } from '../../../adapter/dwarf/typeName';
import type { Type } from '../../../adapter/dwarf/type';
import { fixture } from '../../fixtures/build';
import { int, procedure } from '../expression/types';
import { openProgram } from './program';

describe('the name of a template instance', () => {
  // The right side is what gdb 13 prints for variables of such types.
  const names: [string, string][] = [
    ['F<long unsigned int>', 'F<unsigned long>'],
    ['F<short int>', 'F<short>'],
    ['F<const char*>', 'F<char const*>'],
    ['F<const volatile int>', 'F<int const volatile>'],
    ['F<S * const *>', 'F<S* const*>'],
    ['F<int (&)[3]>', 'F<int (&) [3]>'],
    ['F<int[3]>', 'F<int [3]>'],
    ['n::V<n::V<int>>', 'n::V<n::V<int> >'],
    ['PP<(& g)>', 'PP<&g>'],
    ['F<int,3>', 'F<int, 3>'],
    ['n :: F< int , G< 3 > >', 'n::F<int, G<3> >'],
    ["C<'a'>", "C<(char)'a'>"],
    ['F<int (* (*)(int))(char)>', 'F<int (*(*)(int))(char)>'],
    ['F<bool(long int)>', 'F<bool(long int)>'],
    ['F<main()::<lambda(long int)> >', 'F<main()::<lambda(long int)> >'],
    ['F<__int128 unsigned>', 'F<__int128 unsigned>'],
    ['F<', 'F<'],
  ];
  for (const [written, canonical] of names) {
    it(`${written} is ${canonical}`, () => {
      assert.equal(canonicalName(written), canonical);
    });
  }

  it('has the arguments that clang left out of it', () => {
    const full = namesOf(fixture('types.cc', { compiler: 'clang', flags: ['-std=c++20'] }));
    const simple = namesOf(
      fixture('types.cc', { compiler: 'clang', flags: ['-std=c++20', '-gsimple-template-names'] }),
    );
    assert.ok(full.has('ns::Vec<unsigned long, 2>') && full.has('ns::Pack<int, long, ns::Empty>'));
    assert.deepEqual([...simple].sort(), [...full].sort());
  });

  it('of a type that refers to itself in many ways ends', () => {
    const endless: Type = { ...procedure(int), get parameters() { return [endless, endless, endless]; } }; // prettier-ignore
    assert.ok(typeName(endless).length < 100_000);
  });
});

const namesOf = (program: string): Set<string> =>
  new Set(
    [...openProgram(program).types()].flatMap((type) => (type.kind === 'struct' ? [typeName(type)] : [])),
  );
