import assert from 'node:assert/strict';
import type { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import type { Variable } from '../../../adapter/dwarf/scope';
import { virtualAddress } from '../../../adapter/elf/address';
import { askGdb, signature, type GdbScope } from '../../corpus/gdbVariables';
import { lua } from '../../corpus/lua';
import { fixture, VARIANTS } from '../../fixtures/build';
import { openProgram } from './program';

describe('Variables in scope are those that gdb finds', () => {
  for (const variant of VARIANTS)
    it(`in scopes.c, ${variant.compiler} ${variant.flags.join(' ')}, at every statement`, () => {
      const program = fixture('scopes.c', variant);
      const { addresses } = askGdb(program, { file: 'scopes.c', sample: 1000 });
      assert.ok(Object.keys(addresses).length > 10);
      compare(openProgram(program), addresses);
    });

  for (const variant of VARIANTS)
    it(`in names.cc, ${variant.compiler} ${variant.flags.join(' ')}, at every statement`, () => {
      const program = fixture('names.cc', variant);
      const { addresses } = askGdb(program, { file: 'names.cc', sample: 1000 });
      assert.ok(Object.keys(addresses).length > 10);
      compare(openProgram(program), addresses);
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

  it('in lua -O2, at 100 statements of all files', () => {
    const { addresses } = askGdb(lua(), { sample: 100 });
    assert.equal(Object.keys(addresses).length, 100);
    compare(openProgram(lua()), addresses);
  });
});

function compare(info: DebugInfo, addresses: Readonly<Record<string, GdbScope>>): void {
  const ours: Record<string, string[]> = {};
  const theirs: Record<string, string[]> = {};
  for (const [address, scope] of Object.entries(addresses)) {
    const locals = info.contextAt(virtualAddress(Number(address)))?.locals() ?? [];
    ours[address] = locals.map(described).sort();
    theirs[address] = visible(scope).sort();
    for (const variable of locals) assertNoWorse(variable, address, scope);
  }
  assert.deepEqual(ours, theirs);
}

/** Our names leave unnamed namespaces out, as the source does. */
const withoutUnnamed = (name: string): string => name.replace('(anonymous namespace)::', '');

const described = ({ name, scope, type }: Variable): string =>
  `${name}: ${scope === 'argument' ? 'argument' : 'variable'} ${signature(type)}`;

/** The innermost of each name. */
function visible({ blocks }: GdbScope): string[] {
  const found = new Map<string, string>();
  for (const { variables } of blocks)
    for (const { name, kind, type } of variables)
      if (!found.has(name)) found.set(name, `${name}: ${kind} ${type}`);
  return [...found.values()];
}

/** What gdb can place, we place. */
function assertNoWorse({ name, location }: Variable, address: string, { places }: GdbScope): void {
  const place = places[name];
  if (place === undefined || place === 'nowhere') return;
  assert.notEqual(location.kind, 'unavailable', `${name} at ${address} is ${place} for gdb`);
}
