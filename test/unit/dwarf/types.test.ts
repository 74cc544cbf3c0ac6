import assert from 'node:assert/strict';
import { DEFAULT_CAPTURE_LIMITS } from '../../../adapter/capture/captured';
import { lowerVariable } from '../../../adapter/capture/lower';
import type { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import { stripped, type Type } from '../../../adapter/dwarf/type';
import { askGdb, layoutOf } from '../../corpus/gdbVariables';
import { lua } from '../../corpus/corpus';
import { fixture, VARIANTS } from '../../fixtures/build';
import { openProgram } from './program';

describe('Structs and unions are laid out as gdb has them', () => {
  for (const variant of VARIANTS)
    it(`of scopes.c, ${variant.compiler} ${variant.flags.join(' ')}`, () => {
      const names = compareAll(fixture('scopes.c', variant));
      for (const name of ['struct node', 'struct flags', 'struct squeezed', 'union number', 'struct point'])
        assert.ok(names.includes(name), name);
    });

  it('of lua, all that a variable leads to', () => {
    assert.ok(compareAll(lua()).length > 60);
  });
});

describe('A _BitInt', () => {
  it('is not read: its size in bytes says nothing of its width, and the bits above that are anything', () => {
    const program = fixture('bitInts.c', { compiler: 'clang', flags: ['-O0', '-std=c2x'] });
    const info = openProgram(program);
    const main = [...info.functions()].find(({ name }) => name === 'main')!;
    const context = info.contextAt(main.entry)!;
    for (const name of ['small', 'middle', 'big']) {
      const { source } = lowerVariable(context.lookup(name)!, context, DEFAULT_CAPTURE_LIMITS).expression;
      assert.ok(source.kind === 'unavailable' && source.reason.code === 'unsupportedType', name);
    }
  });
});

/** @returns the names of the structs that were compared */
function compareAll(program: string): string[] {
  const structs = structsOf(openProgram(program));
  structs.delete('struct local'); // of a block of scopes.c: gdb cannot name it from outside
  const { types } = askGdb(program, { types: [...structs.keys()] });
  const ours = Object.fromEntries([...structs].map(([name, type]) => [name, layoutOf(type)]));
  assert.deepEqual(ours, types);
  return [...structs.keys()];
}

/** The complete structs and unions that variables lead to, by a name that gdb can find them by. */
function structsOf(info: DebugInfo): Map<string, Type> {
  const found = new Map<string, Type>();
  const seen = new Set<Type>();
  const visit = (type: Type): void => {
    if (seen.has(type)) return;
    seen.add(type);
    if (type.kind === 'struct' && type.name !== undefined && type.byteSize !== undefined)
      found.set(`${type.keyword} ${type.name}`, type);
    if (type.kind === 'typedef' && stripped(type.target).kind === 'struct' && isAnonymous(type.target))
      found.set(type.name, type);
    partsOf(type).forEach(visit);
  };
  for (const { entry } of info.functions()) {
    const context = info.contextAt(entry);
    for (const { type } of [...(context?.locals() ?? []), ...(context?.globals() ?? [])]) visit(type);
  }
  return found;
}

const isAnonymous = (type: Type): boolean => type.kind === 'struct' && type.name === undefined;

function partsOf(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'struct':
      return type.members.map((member) => member.type);
    case 'array':
      return [type.element];
    case 'function':
      return [type.result, ...type.parameters];
    case 'pointer':
    case 'typedef':
    case 'qualified':
      return [type.target];
    default:
      return [];
  }
}
