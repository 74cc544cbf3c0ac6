import assert from 'node:assert/strict';
import { AT, TAG } from '../../../adapter/dwarf/constants';
import type { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import { byteSize, type Type } from '../../../adapter/dwarf/type';
import { typeName } from '../../../adapter/dwarf/typeName';
import { virtualAddress } from '../../../adapter/elf/address';
import { readEntries } from '../../fuzz/reading';
import {
  address, data1, data8, debugInfo, elfFile, entry, expression, flag, form, labelled, little, sectionOffset, text, to,
  toAny, uleb, unit, type Entry, type File, type Unit, type Value,
} from './builder'; // prettier-ignore

/** Files made to make readers loop, overflow their stack or fill the memory. Each gives a result or an error of its own part. */
describe('Entries that refer to themselves', () => {
  it('by DW_AT_abstract_origin have no name, the others have', () => {
    const info = debugInfo({
      units: [unitOf(labelled('f', code([[AT.abstractOrigin, to('f')]])), named('g'))],
    });
    assert.deepEqual(functions(info), ['g']);
  });

  it('by DW_AT_specification in a circle have no name, the others have', () => {
    const f = labelled('f', code([[AT.specification, to('h')]]));
    const h = labelled('h', entry(TAG.subprogram, [[AT.specification, to('f')]]));
    assert.deepEqual(functions(debugInfo({ units: [unitOf(f, h, named('g'))] })), ['g']);
  });

  it('by DW_AT_sibling are read once', () => {
    const block = labelled('s', entry(TAG.lexicalBlock, [[AT.sibling, to('s')]], entry(TAG.variable, [])));
    const info = debugInfo({ units: [unitOf(named('g'), named('f', block))] });
    assert.throws(() => info.contextAt(AT_F)?.locals(), /badEncoding at \.debug_info\+0x[0-9a-f]+/);
    assert.deepEqual(functions(info), ['g', 'f']);
  });

  it('by DW_TAG_imported_unit import what there is', () => {
    const importing = (own: string, other: string): Unit =>
      unit(
        labelled(
          own,
          entry(TAG.compileUnit, CODE, named('f'), variable(own, 'int'), importOf(other), importOf(own)),
        ),
      );
    const info = debugInfo({ units: [importing('a', 'b'), importing('b', 'a')] });
    const globals = info.contextAt(AT_F)?.globals().map(({ name }) => name); // prettier-ignore
    assert.deepEqual(globals?.sort(), ['a', 'b']);
  });
  const importOf = (label: string): Entry => entry(TAG.importedUnit, [[AT.import, toAny(label)]]);
});

describe('Types that are made of themselves', () => {
  const self = to('t');
  const typesOfItself: Record<string, Entry> = {
    'a typedef': entry(TAG.typedef, [[AT.name, text('T')], [AT.type, self]]),
    'a qualifier': entry(TAG.constType, [[AT.type, self]]),
    'a pointer': entry(TAG.pointerType, [[AT.type, self]]),
    'a pointer to members': entry(TAG.pointerToMemberType, [[AT.type, self], [AT.containingType, self]]),
    'an enum': entry(TAG.enumerationType, [[AT.type, self]]),
    'an array': entry(TAG.arrayType, [[AT.type, self]], entry(TAG.subrangeType, [[AT.count, data1(3)]])),
    'a function': entry(TAG.subroutineType, [[AT.type, self]], entry(TAG.formalParameter, [[AT.type, self]])),
    'a struct that has itself by value': entry(TAG.structureType, [[AT.byteSize, data1(8)]],
      entry(TAG.member, [[AT.name, text('m')], [AT.type, self]]), entry(TAG.inheritance, [[AT.type, self]])),
    'a variant part that it selects': entry(TAG.structureType, [[AT.byteSize, data1(8)]],
      labelled('p', entry(TAG.variantPart, [[AT.discriminant, to('p')]]))),
    'a template among its own arguments': entry(TAG.structureType, [[AT.name, text('T')]],
      entry(TAG.templateTypeParameter, [[AT.type, self]])),
  }; // prettier-ignore
  for (const [what, type] of Object.entries(typesOfItself))
    it(`${what}: the type is read, its name and its size end`, () => {
      const info = debugInfo({ units: [clangUnit(named('f', variable('v', 't')), labelled('t', type))] });
      const [found] = info.contextAt(AT_F)!.locals();
      assert.ok(typeName(found!.type).length < 5000);
      assert.ok((byteSize(found!.type) ?? 0) >= 0);
      assert.ok(touched(found!.type) > 0);
    });

  it('a chain of 3 000 enums, each the integer of the one before, has no size', () => {
    const chain = chainOf(3000, (next) => entry(TAG.enumerationType, [[AT.type, to(next)]]));
    const info = debugInfo({ units: [unitOf(named('f', variable('v', 't0')), ...chain)] });
    assert.equal(byteSize(info.contextAt(AT_F)!.locals()[0]!.type), 0);
  });

  it('a chain of 3 000 templates, each an argument of the one before, costs their names', () => {
    const chain = chainOf(3000, (next) => template(entry(TAG.templateTypeParameter, [[AT.type, to(next)]])));
    const info = debugInfo({ units: [clangUnit(named('g'), named('f', variable('v', 't0')), ...chain)] });
    assert.equal(info.contextAt(AT_F)!.locals().length, 1);
    assert.ok(typeName(info.contextAt(AT_F)!.locals()[0]!.type).length < 5000);
    assert.deepEqual(functions(info), ['g', 'f']);
  });

  it('a template of 500 arguments, each with 500 of the next, costs its name', () => {
    const chain = chainOf(8, (next) =>
      template(...Array.from({ length: 500 }, () => entry(TAG.templateTypeParameter, [[AT.type, to(next)]]))),
    );
    const info = debugInfo({ units: [clangUnit(named('f', variable('v', 't0')), ...chain)] });
    assert.ok(typeName(info.contextAt(AT_F)!.locals()[0]!.type).length < 1 << 20);
  });

  it('a chain of 3 000 type units, each in the namespace of the next, costs their names', () => {
    const signature = (n: number): Value => form(0x20, ...little(n, 8));
    const units = Array.from({ length: 3000 }, (_, n) => {
      const type = labelled(`t${n}`, entry(TAG.structureType, [[AT.name, text('T')]]));
      const root = entry(TAG.typeUnit, [], entry(TAG.namespace, [[AT.signature, signature(n + 1)]], type));
      return unit(root, { type: 2, signature: BigInt(n), typeEntry: `t${n}` });
    });
    const skeleton = labelled('t', entry(TAG.structureType, [[AT.signature, signature(0)], [AT.declaration, flag]])); // prettier-ignore
    readWhole({ units: [unitOf(named('f', variable('v', 't')), skeleton), ...units] });
  });
});

describe('A type whose attribute cannot be read', () => {
  it('is left out of all types, and so is a unit whose root cannot', () => {
    const struct = (name: string, ...more: [number, Value][]): Entry =>
      entry(TAG.structureType, [[AT.name, text(name)], ...more]);
    const isDeclaration = form(0x14, ...little(2n ** 64n - 1n, 8)); // DW_FORM_ref8, of more than any file has
    const bad = unitOf(struct('Bad', [AT.declaration, isDeclaration]), struct('Good'));
    const worse = unit(entry(TAG.compileUnit, [[AT.name, form(0x77)]], struct('None')));
    const info = debugInfo({ units: [bad, worse, unitOf(struct('Last'))] });
    assert.deepEqual([...info.types()].map((type) => typeName(type)), ['struct Good', 'struct Last']); // prettier-ignore
  });
});

describe('A type whose size cannot be read', () => {
  for (const [name, tag] of [
    ['an enum', TAG.enumerationType],
    ['a pointer to a member', TAG.pointerToMemberType],
  ] as const)
    it(`is damaged where it is used, and throws nothing when it is asked: ${name}`, () => {
      const damaged = labelled('t', entry(tag, [[AT.byteSize, form(0x14, ...little(2n ** 64n - 1n, 8))]]));
      const info = debugInfo({ units: [unitOf(named('f', variable('v', 't')), damaged)] });
      const { type } = info.contextAt(AT_F)!.locals()[0]!;
      assert.deepEqual([type.kind, byteSize(type)], ['unsupported', undefined]);
    });
});

describe('Entries that are too many, too deep or too long', () => {
  it('a million that nest are an error of their unit', () => {
    const deep = Uint8Array.from({ length: 1_000_000 }, () => 1);
    const abbreviations = [1, TAG.namespace, 1, 0, 0, 2, TAG.subprogram, 0, 0, 0, 0];
    const header = [...little(deep.length + 8, 4), 5, 0, 1, 8, 0, 0, 0, 0];
    const info = debugInfo({ units: [], sections: { '.debug_info': header.concat([...deep]), '.debug_abbrev': abbreviations } }); // prettier-ignore
    const gap = info.units[0]?.gap();
    assert.ok(gap?.code === 'damaged');
    assert.match(gap.error.message, /^tooDeep at \.debug_info\+0x[0-9a-f]+/);
    assert.deepEqual(functions(info), []);
  });

  it('a ULEB128 of a megabyte is an error where it is', () => {
    const long = [...Array.from({ length: 1 << 20 }, () => 0x80), 0];
    const info = debugInfo({ units: [unit(entry(TAG.compileUnit, [[AT.name, text('a.c')], ...CODE]), {}), unitOf(entry(TAG.variable, [[AT.declarationLine, { form: 0x0f, bytes: long }]]), named('f'))] }); // prettier-ignore
    assert.deepEqual(functions(info), ['f']);
    const abbreviations = debugInfo({ units: [unitOf(named('f'))], sections: { '.debug_abbrev': long } });
    assert.match(errorOf(abbreviations), /^badEncoding at \.debug_abbrev\+0x[0-9a-f]+/);
  });

  it('a unit of a length that wraps ends the list of units', () => {
    for (const length of [2n ** 64n - 1n, 2n ** 64n - 12n, 2n ** 63n, 2n ** 53n]) {
      const wrapping = [0xff, 0xff, 0xff, 0xff, ...little(length, 8), 5, 0, 1, 8, 0, 0, 0, 0];
      const info = debugInfo({ units: [], sections: { '.debug_info': wrapping, '.debug_abbrev': [0] } });
      assert.deepEqual(info.units, []);
    }
  });

  it('1 000 functions of one name of a megabyte have no name', () => {
    const shared = Array.from({ length: 1000 }, () => code([[AT.name, form(0x0e, 0, 0, 0, 0)]]));
    readWhole({ units: [unitOf(...shared)], sections: { '.debug_str': [...Array.from({ length: 1 << 20 }, () => 0x61), 0] } }); // prettier-ignore
  });

  it('a function of a name of a megabyte is a function without a name where it is', () => {
    const long = code([[AT.name, form(0x0e, 0, 0, 0, 0)]]);
    const sections = { '.debug_str': [...Array.from({ length: 1 << 20 }, () => 0x61), 0] };
    const scope = debugInfo({ units: [unitOf(long)], sections }).innermostScope(AT_F);
    assert.equal(scope?.kind, 'subprogram');
    assert.equal(scope.name, undefined);
  });

  it('a function in 200 namespaces has its name', () => {
    const within = (depth: number): Entry =>
      depth === 0 ? named('f') : entry(TAG.namespace, [[AT.name, text('n')]], within(depth - 1));
    const info = debugInfo({ units: [unitOf(within(200))] });
    assert.deepEqual(functions(info), [`${'n::'.repeat(200)}f`]);
  });

  const list = Array.from({ length: 200_000 }, (_, n) => [4, ...uleb(2 * n), ...uleb(2 * n + 1)]).flat();
  const sections = { '.debug_rnglists': [...list, 0] };
  const shared: [number, Value] = [AT.ranges, sectionOffset(0)];
  it('100 units that share a range list of 200 000 entries cost these units', () => {
    const sharing = unit(entry(TAG.compileUnit, [[AT.lowPc, address(0x1000)], shared]));
    const info = debugInfo({
      units: [...Array.from({ length: 100 }, () => sharing), unitOf(named('f'))],
      sections,
    });
    assert.equal(info.contextAt(virtualAddress(0x100_0000))?.subprogram.name, 'f');
  });

  it('100 functions, or blocks of one, that share such a list cost themselves', () => {
    const bad = unitOf(
      ...Array.from({ length: 100 }, () => entry(TAG.subprogram, [[AT.name, text('b')], shared])),
    );
    const info = debugInfo({ units: [bad, unitOf(named('f'))], sections });
    assert.equal(functions(info).at(-1), 'f');
    const blocks = Array.from({ length: 100 }, () => entry(TAG.lexicalBlock, [shared]));
    readWhole({ units: [unitOf(named('f', ...blocks))], sections });
  });
});

describe('Expressions without end', () => {
  const locationOf = (bytes: readonly number[]): string => {
    const v = labelled('v', entry(TAG.variable, [[AT.name, text('v')], [AT.location, { form: 0x18, bytes: [...uleb(bytes.length), ...bytes] }]])); // prettier-ignore
    const { location } = debugInfo({ units: [unitOf(named('f', v))] })
      .contextAt(AT_F)!
      .locals()[0]!;
    return location.kind === 'expression' ? location.operations.map(({ op }) => op).join(' ') : location.kind;
  };

  it('DW_OP_skip and DW_OP_bra that lead back are decoded as they stand', () => {
    assert.equal(locationOf([0x30, 0x2f, 0xfd, 0xff]), 'constant branch');
    assert.equal(locationOf([0x31, 0x28, 0xfc, 0xff]), 'constant branch');
    assert.equal(locationOf([0x2f, 0xff, 0x7f]), 'unsupported');
  });

  it('of more operations than any compiler writes are refused', () => {
    const nops = Array.from({ length: 100_000 }, () => 0x96);
    assert.equal(locationOf(nops), 'unavailable');
  });

  it('DW_OP_call of itself is decoded, and what it calls when that is asked for', () => {
    const own = { ...expression(), bytes: callTo('v') };
    const v = labelled(
      'v',
      entry(TAG.variable, [
        [AT.name, text('v')],
        [AT.location, own],
      ]),
    );
    let { location } = debugInfo({ units: [unitOf(named('f', v))] })
      .contextAt(AT_F)!
      .locals()[0]!;
    for (let step = 0; step < 1000; step++) {
      assert.ok(location.kind === 'expression');
      const [call] = location.operations;
      assert.ok(call?.op === 'call');
      ({ location } = call.referent);
    }
  });
  /** DW_OP_call4 */
  const callTo =
    (label: string): Value['bytes'] =>
    ({ entries, unit: start }) => [5, 0x99, ...little((entries.get(label) ?? 0) - start, 4)];
});

const AT_F = virtualAddress(0x100_0000);
const CODE: [number, Value][] = [[AT.lowPc, address(AT_F)], [AT.highPc, data8(0x100)]]; // prettier-ignore
const unitOf = (...children: Entry[]): Unit => unit(entry(TAG.compileUnit, CODE, ...children));
/** Of a producer that may leave the arguments out of the names of templates. */
const clangUnit = (...children: Entry[]): Unit =>
  unit(entry(TAG.compileUnit, [...CODE, [AT.language, data1(4)], [AT.producer, text('clang')]], ...children));
const code = (attributes: [number, Value][], ...children: Entry[]): Entry =>
  entry(TAG.subprogram, [...attributes, ...CODE], ...children);
const named = (name: string, ...children: Entry[]): Entry => code([[AT.name, text(name)]], ...children);
const variable = (name: string, type: string): Entry =>
  entry(TAG.variable, [[AT.name, text(name)], [AT.type, to(type)], [AT.location, expression(0x91, 0)]]); // prettier-ignore
const template = (...parameters: Entry[]): Entry =>
  entry(TAG.structureType, [[AT.name, text('T')]], ...parameters);
/** `t0` refers to `t1`, and so on. */
const chainOf = (length: number, link: (next: string) => Entry): Entry[] =>
  Array.from({ length }, (_, n) => labelled(`t${n}`, link(`t${n + 1}`)));

const functions = (info: DebugInfo): string[] => [...info.functions()].map(({ name }) => name);

/** As the fuzz targets do. */
function readWhole(file: File): void {
  assert.ok(readEntries({ bytes: elfFile(file), related: new Map() }) > 0);
}

function errorOf(info: DebugInfo): string {
  const gap = info.units[0]?.gap();
  return gap?.code === 'damaged' ? gap.error.message : '';
}

/** How many types there are in one, each counted once. */
function touched(type: Type): number {
  const seen = new Set<Type>();
  const open = [type];
  for (let next = open.pop(); next !== undefined && seen.size < 1000; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (next.kind === 'struct') open.push(...next.members.map((member) => member.type));
    if ('target' in next) open.push(next.target);
    if (next.kind === 'array') open.push(next.element);
  }
  return seen.size;
}
