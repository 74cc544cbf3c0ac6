import assert from 'node:assert/strict';
import { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import { LineTables } from '../../../adapter/dwarf/lineTables';
import { ElfImage } from '../../../adapter/elf/image';
import { buildElf, SHF, SHT, sourceOf } from '../../builders/elf';
import { COPY, END, setAddress, unitOf, version4, version5 } from '../../builders/lineUnit';
import { little, uleb } from './builder';

/** Each bad unit stands before one that is good, which shall have its line. */
describe('Line tables made to loop or to fill the memory', () => {
  const good = version4([...setAddress(0x1000), ...COPY, 2, 1, ...END]);
  const tables = (bad: Uint8Array, strings: Uint8Array = Buffer.alloc(1)): LineTables => {
    const image = ElfImage.parse(
      sourceOf(
        buildElf({
          sections: [
            {
              name: '.text',
              type: SHT.nobits,
              flags: SHF.alloc | SHF.execinstr,
              address: 0x1000,
              size: 1 << 20,
            },
            { name: '.debug_line', body: Buffer.concat([bad, good]) },
            { name: '.debug_line_str', body: strings },
          ],
        }),
      ),
    );
    return new LineTables(image, DebugInfo.open(image), image);
  };
  const linesOf = (lines: LineTables): string[] =>
    [...lines.statements()].map(({ file, line }) => `${file}:${line}`);
  const costsItself = (bad: Uint8Array, strings?: Uint8Array): void => {
    assert.deepEqual(linesOf(tables(bad, strings)), ['/a.c:1']);
  };
  const string = (value: string): number[] => [...Buffer.from(value), 0];
  const repeated = (count: number, part: (n: number) => number[]): number[] =>
    Array.from({ length: count }, (_, n) => part(n)).flat();

  it('line_range 0 costs its unit', () => {
    const bad = version4([...setAddress(0x1000), ...COPY, ...END]);
    bad[bad.indexOf(14, 10)] = 0;
    costsItself(bad);
  });

  it('min_inst_length 0 and max_ops_per_inst 0 leave all rows at one address', () => {
    const odd = version4([...setAddress(0x1000), 2, 5, 200, 201, 202, ...END]);
    odd.fill(0, 10, 12);
    costsItself(odd);
  });

  it('a length that wraps ends the list', () => {
    for (const length of [2n ** 64n - 1n, 2n ** 64n - 12n, 2n ** 53n])
      assert.deepEqual(linesOf(tables(Buffer.from([255, 255, 255, 255, ...little(length, 8), 5, 0]))), []);
  });

  it('more directories or files than there are bytes cost their unit', () => {
    const huge = [0xff, 0xff, 0xff, 0xff, 0x0f];
    costsItself(version5([1, 1, 8, ...huge]));
    costsItself(version5([0, ...huge]));
    costsItself(version5([1, 1, 8, 1, ...string('/d'), 1, 1, 8, ...huge]));
    costsItself(version5([0, 1, 0, ...huge]));
  });

  it('100 000 names that share a string of half a megabyte cost their unit', () => {
    const long = Buffer.concat([Buffer.alloc(1 << 19, 'a'), Buffer.alloc(1)]);
    const names = repeated(100_000, () => little(0, 4));
    costsItself(bigVersion5([1, 1, 0x1f, 1, 0, 0, 0, 0, 1, 1, 0x1f, ...uleb(100_000), ...names]), long);
  });

  it('100 000 names in one directory of half a megabyte cost their unit', () => {
    const names = repeated(100_000, () => string('x'));
    const directory = string('a'.repeat(1 << 19));
    costsItself(bigVersion5([1, 1, 8, 1, ...directory, 1, 1, 8, ...uleb(100_000), ...names]));
  });

  it('a ULEB128 of a megabyte costs its unit', () => {
    const long = [...Array.from({ length: 1 << 20 }, () => 0x80), 0];
    costsItself(version4([...setAddress(0x1000), ...COPY, 2].concat(long, END)));
    costsItself(bigVersion5([1, 1, 0x0f].concat(long)));
  });

  const twoFiles = [
    1,
    1,
    8,
    1,
    ...string('/d'),
    2,
    1,
    8,
    2,
    0x0b,
    2,
    ...string('one.c'),
    0,
    ...string('two.c'),
    0,
  ];
  it('200 000 rows of two files by turns at one address are as many', () => {
    const rows = repeated(200_000, (n) => [4, n % 2, 3, 1, 1]);
    const lines = tables(bigVersion5(twoFiles, [...setAddress(0x1000)].concat(rows, [2, 1, 1], END)));
    assert.equal(linesOf(lines).length, 200_000 + 1);
  });

  it('30 000 files of three rows each are gone through once', () => {
    const files = repeated(30_000, (n) => [...string(`f${n}.c`), 0]);
    const table = [1, 1, 8, 1, ...string('/d'), 2, 1, 8, 2, 0x0b, ...uleb(30_000), ...files];
    const rows = repeated(90_000, (n) => [4, ...uleb(n % 30_000), 3, 1, 2, 1, 1]);
    const found = linesOf(tables(bigVersion5(table, [...setAddress(0x1000)].concat(rows, [2, 1], END))));
    assert.equal(new Set(found).size, 90_000 + 1);
  });
});

/** As `version5`, of any size, with a program of the standard opcodes. */
function bigVersion5(tables: number[], program: number[] = []): Buffer {
  const fields = [1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1].concat(tables);
  return unitOf([5, 0, 8, 0, ...little(fields.length, 4)].concat(fields, program));
}
