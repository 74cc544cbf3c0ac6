import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { AT, TAG } from '../../../adapter/dwarf/constants';
import { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import { virtualAddress } from '../../../adapter/elf/address';
import { lua } from '../../corpus/corpus';
import { fixture, VARIANTS } from '../../fixtures/build';
import {
  address,
  data1,
  data8,
  debugInfo,
  elfFile,
  entry,
  flag,
  form,
  labelled,
  little,
  sectionOffset,
  text,
  to,
  udata,
  unit,
  type Entry,
  type Value,
} from './builder';
import { imageOf, openProgram } from './program';

const at = virtualAddress;

const program = (name: string, low: number, ...children: Entry[]): Entry =>
  entry(
    TAG.compileUnit,
    { [AT.name]: text(name), [AT.lowPc]: address(low), [AT.highPc]: data8(0x100) },
    ...children,
  );
const subprogram = (name: string, low: number, ...children: Entry[]): Entry =>
  entry(
    TAG.subprogram,
    { [AT.name]: text(name), [AT.lowPc]: address(low), [AT.highPc]: data8(0x10) },
    ...children,
  );

const code = (low: number): Record<number, Value> => ({
  [AT.lowPc]: address(low),
  [AT.highPc]: data8(0x100),
});

describe('A unit', () => {
  for (const version of [2, 3, 4, 5])
    for (const offsetSize of [4, 8] as const)
      it(`of version ${version} in ${8 * offsetSize}-bit DWARF is read`, () => {
        // In DWARF 2 and 3 DW_AT_high_pc is an address.
        const high = version < 4 ? address(0x1010) : data8(0x10);
        const f = entry(TAG.subprogram, {
          [AT.name]: text('f'),
          [AT.lowPc]: address(0x1000),
          [AT.highPc]: high,
        });
        const root = entry(
          TAG.compileUnit,
          {
            [AT.name]: text('x.c'),
            [AT.language]: data1(12),
            [AT.lowPc]: address(0x1000),
            [AT.highPc]: high,
          },
          f,
        );
        const info = debugInfo({ units: [unit(root, { version, offsetSize })] });
        assert.equal(info.units.length, 1);
        assert.equal(info.units[0]?.version, version);
        assert.equal(info.units[0].language, 12);
        assert.equal(info.unitAt(at(0x100f))?.name, 'x.c');
        assert.equal(info.unitAt(at(0x1010)), undefined);
        assert.equal(info.subprogramAt(at(0x1008))?.name, 'f');
      });

  it('is found by its line table', () => {
    const root = (name: string, lines: number): Entry =>
      entry(TAG.compileUnit, { [AT.name]: text(name), [AT.statementList]: sectionOffset(lines) });
    const info = debugInfo({ units: [unit(root('a.c', 0)), unit(root('b.c', 0x40))] });
    assert.equal(info.unitOfLineTable(0x40)?.name, 'b.c');
    assert.equal(info.unitOfLineTable(0x41), undefined);
  });

  it('that is damaged costs itself only', () => {
    const bad = entry(TAG.compileUnit, { [AT.name]: form(0x0e, ...little(0x1000, 4)) }); // .debug_str is missing
    const info = debugInfo({ units: [unit(bad), unit(program('b.c', 0x1000, subprogram('f', 0x1000)))] });
    assert.deepEqual(
      info.units.map(({ name }) => name),
      [undefined, 'b.c'],
    );
    assert.equal(info.functionsNamed('f').length, 1);
  });

  it('that does not say where its addresses are has none by index', () => {
    const root = entry(TAG.compileUnit, {
      [AT.name]: text('x.c'),
      [AT.lowPc]: form(0x1b, 0),
      [AT.highPc]: data8(16),
    });
    const info = debugInfo({ units: [unit(root)], sections: { '.debug_addr': little(0x2000, 8) } });
    assert.deepEqual(info.units[0]?.ranges, []);
  });

  it('is the same for an address that two describe, whatever was asked before', () => {
    const units = [unit(program('a.c', 0x1000)), unit(program('b.c', 0x1080))];
    /** Of .debug_aranges. */
    const set = (offset: number, low: number): number[] => [
      ...little(44, 4),
      ...[...little(2, 2), ...little(offset, 4), 8, 0, 0, 0, 0, 0],
      ...[...little(low, 8), ...little(0x100, 8), ...little(0, 16)],
    ];
    const second = debugInfo({ units }).units[1]!.offset;
    for (const sections of [{}, { '.debug_aranges': [...set(0, 0x1000), ...set(second, 0x1080)] }]) {
      const info = debugInfo({ units, sections });
      const nameAt = (address: number): string | undefined => info.unitAt(at(address))?.name;
      for (let round = 0; round < 100; round++)
        assert.deepEqual([0x1010, 0x1090, 0x1110, 0x1090].map(nameAt), ['a.c', 'b.c', 'b.c', 'b.c']);
      assert.equal(nameAt(0x1010), 'a.c');
    }
  });

  it('has nothing of no name', () => {
    const f = entry(TAG.subprogram, { [AT.name]: form(0x0e, 0, 0, 0, 0), [AT.lowPc]: address(0x1000) });
    const sections = { '.debug_str': [0, 0x66, 0] };
    const info = debugInfo({ units: [unit(program('a.c', 0x1000, f))], sections });
    assert.deepEqual(info.functionsNamed(''), []);
  });

  it('with a reserved length ends the list', () => {
    const bytes = elfFile({ units: [unit(program('a.c', 0x1000)), unit(program('b.c', 0x2000))] });
    const second = Buffer.from(bytes).indexOf('b.c') - 13;
    bytes.set([0xf0, 0xff, 0xff, 0xff], second);
    assert.equal(DebugInfo.open(imageOf(bytes))?.units.length, 1);
  });

  it('that is split says where its entries are', () => {
    const root = entry(TAG.skeletonUnit, { ...code(0x1000), [AT.dwoName]: text('x.dwo') });
    const info = debugInfo({ units: [unit(root, { type: 4, signature: 1n })] });
    assert.deepEqual(info.unitAt(at(0x1000))?.gap(), { code: 'split', file: 'x.dwo', attempts: [] });
    assert.equal(info.contextAt(at(0x1000)), undefined);
  });

  it('that cannot be walked says so', () => {
    const damaged = entry(
      TAG.compileUnit,
      code(0x1000),
      entry(TAG.variable, { [AT.location]: form(0x18, 0xff, 0x7f) }),
    );
    const gap = debugInfo({ units: [unit(damaged)] }).units[0]?.gap();
    assert.ok(gap?.code === 'damaged' && gap.error.code === 'truncated');
  });

  it('of an unknown version is left out', () => {
    const info = debugInfo({
      units: [unit(program('a.c', 0), { version: 9 }), unit(program('b.c', 0x1000))],
    });
    assert.deepEqual(
      info.units.map(({ name }) => name),
      ['b.c'],
    );
  });

  it('says whether it has location lists', () => {
    const variable = entry(TAG.variable, { [AT.location]: sectionOffset(0) });
    const inFunction = entry(TAG.subprogram, [[AT.sibling, to('next')]], variable);
    const info = debugInfo({
      units: [
        unit(program('a.c', 0, variable)),
        unit(program('b.c', 0, entry(TAG.variable, { [AT.name]: text('v') }))),
        unit(program('c.c', 0, inFunction, labelled('next', entry(TAG.subprogram, {})))),
      ],
    });
    assert.deepEqual(
      info.units.map((each) => each.usesLocationLists()),
      [true, false, true],
    );
  });
});

describe('A form', () => {
  const FORMS: readonly [name: string, value: Value][] = [
    ['block2', form(0x03, 2, 0, 1, 2)],
    ['block4', form(0x04, 1, 0, 0, 0, 9)],
    ['data2', form(0x05, 1, 2)],
    ['data4', form(0x06, 1, 2, 3, 4)],
    ['data8', data8(1)],
    ['string', text('inline')],
    ['block', form(0x09, 1, 7)],
    ['block1', form(0x0a, 1, 7)],
    ['flag', form(0x0c, 1)],
    ['sdata', form(0x0d, 0xff, 0x7f)],
    ['udata', udata(300)],
    ['ref_addr', form(0x10, 0, 0, 0, 0)],
    ['ref_udata', form(0x15, 0x80, 1)],
    ['indirect to data2', form(0x16, 0x05, 1, 2)],
    ['exprloc', form(0x18, 1, 0x9c)],
    ['flag_present', flag],
    ['strx', form(0x1a, 0x81, 1)],
    ['addrx', form(0x1b, 1)],
    ['strp_sup', form(0x1d, 0, 0, 0, 0)],
    ['data16', form(0x1e, ...little(0, 16))],
    ['ref_sig8', form(0x20, ...little(0, 8))],
    ['implicit_const', { form: 0x21, bytes: [], implicit: -5 }],
    ['loclistx', form(0x22, 1)],
    ['rnglistx', form(0x23, 1)],
    ['ref_sup8', form(0x24, ...little(0, 8))],
    ['strx3', form(0x27, 1, 2, 3)],
    ['addrx3', form(0x2b, 1, 2, 3)],
    ['GNU_ref_alt', form(0x1f20, 0, 0, 0, 0)],
  ];
  const DW_AT_hi_user = 0x3fff;
  for (const [name, value] of FORMS)
    it(`DW_FORM_${name} is passed over`, () => {
      const f = entry(TAG.subprogram, [
        [DW_AT_hi_user, value],
        [AT.name, text('f')],
        [AT.lowPc, address(0x1000)],
        [AT.highPc, data8(1)],
      ]);
      assert.equal(debugInfo({ units: [unit(program('x.c', 0x1000, f))] }).functionsNamed('f').length, 1);
    });

  it('that is unknown is an error of the unit whose entries have it', () => {
    const f = entry(TAG.subprogram, { [AT.name]: form(0x77) });
    const [of] = debugInfo({ units: [unit(program('x.c', 0x1000, f))] }).units;
    assert.equal(of?.name, 'x.c');
    const gap = of.gap();
    assert.equal(gap?.code === 'damaged' && gap.error.code, 'badForm');
  });

  it('DW_FORM_strx and addrx go by the bases of the unit', () => {
    const root = entry(
      TAG.compileUnit,
      {
        0x72: sectionOffset(8),
        0x73: sectionOffset(8),
        [AT.name]: form(0x25, 1),
        [AT.lowPc]: form(0x29, 1),
        [AT.highPc]: data8(16),
      },
      entry(TAG.subprogram, { [AT.name]: form(0x25, 0), [AT.lowPc]: form(0x29, 1), [AT.highPc]: data8(16) }),
    );
    const info = debugInfo({
      units: [unit(root)],
      sections: {
        '.debug_str': [...Buffer.from('main\0x.c\0')],
        '.debug_str_offsets': [...little(12, 4), 5, 0, 0, 0, ...little(0, 4), ...little(5, 4)],
        '.debug_addr': [...little(20, 4), 5, 0, 8, 0, ...little(0x2000, 8), ...little(0x3000, 8)],
      },
    });
    assert.equal(info.units[0]?.name, 'x.c');
    assert.equal(info.subprogramAt(at(0x300f))?.name, 'main');
  });
});

describe('Functions start where llvm-dwarfdump has them', () => {
  const programs = [...VARIANTS.map((variant) => fixture('names.cc', variant)), lua()];
  for (const path of programs)
    it(`in ${basename(path)}`, () => {
      const ours = [...openProgram(path).functions()].map(({ entry: start }) => start);
      assert.deepEqual(ours.sort(), subprogramStarts(path).sort());
    });
});

/** The low end of each subprogram that has machine code. */
function subprogramStarts(path: string): number[] {
  const dump = execFileSync('llvm-dwarfdump', ['--debug-info', path], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return dump
    .split(/^(?=0x[0-9a-f]+: )/m)
    .filter((die) => die.includes('DW_TAG_subprogram\n'))
    .map((die) => /DW_AT_low_pc\s+\((0x[0-9a-f]+)|DW_AT_ranges[^[]*\[(0x[0-9a-f]+)/.exec(die))
    .flatMap((match) => (match === null ? [] : [Number(match[1] ?? match[2])]));
}
