import assert from 'node:assert/strict';
import { LineTables } from '../../../adapter/dwarf/lineTables';
import { virtualAddress } from '../../../adapter/elf/address';
import { ElfImage } from '../../../adapter/elf/image';
import { buildElf, SHF, sourceOf } from '../../builders/elf';
import { COPY, END, setAddress, unitOf, version4 } from '../../builders/lineUnit';
import { told } from '../../builders/lineSites';

/** Line tables of a program that has code from 0x1000 to 0x2000 and no .debug_info, as assemblers may make it. */
const tablesOf = (...units: Buffer[]): LineTables =>
  new LineTables(
    ElfImage.parse(
      sourceOf(
        buildElf({
          sections: [
            { name: '.text', flags: SHF.alloc | SHF.execinstr, address: 0x1000, body: Buffer.alloc(0x1000) },
            { name: '.debug_line', body: Buffer.concat(units) },
          ],
        }),
      ),
    ),
    undefined,
  );
const ADVANCE_LINE = 3;
const ADVANCE_PC = 2;
const NEGATE_STMT = 6;
/** Two lines, 10 and 11, of four bytes each. */
const twoLines = (address: number): number[] => [
  ...setAddress(address),
  ...[ADVANCE_LINE, 9, ...COPY, ADVANCE_PC, 4, ADVANCE_LINE, 1, ...COPY, ADVANCE_PC, 4, ...END],
];
const addresses = (tables: LineTables, line: number): number[] => {
  const found = tables.resolve('a.c', line);
  return found.ok ? found.sites.map(({ address }) => address) : [];
};

describe('line tables without .debug_info', () => {
  it('lead to addresses and back', () => {
    const tables = tablesOf(version4(twoLines(0x1000)));
    assert.deepEqual(tables.files(), ['/a.c']);
    assert.deepEqual(addresses(tables, 10), [0x1000]);
    assert.deepEqual(addresses(tables, 11), [0x1004]);
    assert.deepEqual(tables.locate(virtualAddress(0x1005)), { file: '/a.c', line: 11 });
    assert.equal(tables.locate(virtualAddress(0x1008)), undefined);
    const [site] = [...tables.statements()];
    assert.deepEqual(told(site!), {
      file: '/a.c',
      line: 10,
      resolvedLine: 10,
      address: 0x1000,
      scope: undefined,
      displaced: undefined,
      alternatives: [],
    });
  });

  it('take every place of a line, for no block tells them apart', () => {
    assert.deepEqual(
      addresses(tablesOf(version4([...twoLines(0x1000), ...twoLines(0x1800)])), 10),
      [0x1000, 0x1800],
    );
  });

  it('name the files that a program defines on its way (DWARF 4, 6.2.5.3)', () => {
    const defined = [...Buffer.from('b.c\0'), 0, 0, 0]; // in directory 0
    const defineFile = [0, defined.length + 1, 3, ...defined];
    const SET_FILE = 4;
    const tables = tablesOf(
      version4([
        ...setAddress(0x1000),
        ...[...COPY, ADVANCE_PC, 4, ...defineFile, SET_FILE, 2, ...COPY, ADVANCE_PC, 4, ...END],
      ]),
    );
    const named = [...tables.statements()].map(({ file, address }) => [file, address]);
    assert.deepEqual(named, [
      ['/a.c', 0x1000],
      ['/b.c', 0x1004],
    ]);
    assert.deepEqual(tables.locate(virtualAddress(0x1004)), { file: '/b.c', line: 1 });
    const paths: (string | undefined)[] = [];
    for (const unit of tables.rows()) unit.each((file) => paths.push(unit.path(file)));
    assert.deepEqual(paths, ['/a.c', '/b.c']);
  });

  it('leave out what is not in the machine code: address 0, tombstones, other sections', () => {
    const program = [0, 0x2000, 0xffff].flatMap(twoLines);
    assert.deepEqual(addresses(tablesOf(version4([...program, ...twoLines(0x1000)])), 10), [0x1000]);
    const found = tablesOf(version4(program)).resolve('a.c', 10);
    assert.deepEqual(found, { ok: false, gap: { code: 'noCode', nearest: [] } });
  });

  it('leave out rows that are no statements, and rows that cover no code', () => {
    const program = [
      ...setAddress(0x1000),
      ...[ADVANCE_LINE, 9, ...COPY, ADVANCE_PC, 4],
      ...[NEGATE_STMT, ADVANCE_LINE, 1, ...COPY, NEGATE_STMT, ADVANCE_PC, 4],
      ...[ADVANCE_LINE, 1, ...COPY, ...END],
    ];
    const tables = tablesOf(version4(program));
    assert.deepEqual(
      [...tables.statements()].map(({ line }) => line),
      [10],
    );
  });

  it('leave out damaged units, not the others', () => {
    const damaged = version4(twoLines(0x1100));
    damaged[14] = 0; // line_range
    const cut = unitOf([4, 0, 0xff, 0xff, 0, 0]);
    const tables = tablesOf(damaged, version4(twoLines(0x1000)), cut, Buffer.from([1, 2, 3]));
    assert.deepEqual(addresses(tables, 10), [0x1000]);
    assert.deepEqual(tables.files(), ['/a.c']);
  });

  it('are empty where there is no .debug_line', () => {
    const tables = new LineTables(ElfImage.parse(sourceOf(buildElf({}))), undefined);
    assert.deepEqual(tables.files(), []);
    assert.deepEqual(tables.resolve('a.c', 1), { ok: false, gap: { code: 'noSuchFile', similar: [] } });
  });
});
