import assert from 'node:assert/strict';
import { virtualAddress } from '../../../adapter/elf/address';
import { askGdb, signature } from '../../corpus/gdbVariables';
import { lua } from '../../corpus/corpus';
import { compareScopes } from '../../corpus/scopes';
import { fixture, VARIANTS } from '../../fixtures/build';
import { openProgram } from './program';

describe('Variables in scope are those that gdb finds', () => {
  for (const source of ['scopes.c', 'names.cc'])
    for (const variant of VARIANTS)
      it(`in ${source}, ${variant.compiler} ${variant.flags.join(' ')}, at every statement`, () => {
        const found = compareScopes(fixture(source, variant), 1000, source);
        assert.ok(found.addresses > 10 && found.counts.same > 20);
        assert.deepEqual(found.different, []);
      });

  it('at file scope, in both fixtures and in lua', () => {
    const programs = [
      ...VARIANTS.flatMap((variant) => ['scopes.c', 'names.cc'].map((name) => fixture(name, variant))),
      lua(),
    ];
    for (const program of programs) {
      const { globals } = askGdb(program, { sample: 200 });
      const info = openProgram(program);
      for (const [address, theirs] of Object.entries(globals)) {
        const ours = info.contextAt(virtualAddress(Number(address)))?.globals() ?? [];
        assert.deepEqual(
          ours.map(({ name, type }) => `${name}: ${signature(type)}`).sort(),
          theirs.map(withoutUnnamed).sort(),
        );
      }
    }
  });

  for (const variant of VARIANTS)
    it(`in lua, ${variant.compiler} ${variant.flags.join(' ')}, at 100 statements of all files`, () => {
      const found = compareScopes(lua(variant), 100);
      assert.equal(found.addresses, 100);
      assert.deepEqual(found.different, []);
    });
});

/** Our names leave unnamed namespaces out, as the source does. */
const withoutUnnamed = (name: string): string => name.replace('(anonymous namespace)::', '');
