import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { FileTable } from '../../../adapter/dwarf/fileTable';
import { decodeRows } from '../../../adapter/dwarf/lineProgram';
import { END_SEQUENCE, IS_STMT, LineRows } from '../../../adapter/dwarf/lineRows';
import { LineStrings } from '../../../adapter/dwarf/lineStrings';
import {
  lineUnits,
  readLineHeader,
  type LineHeader,
  type LineSections,
} from '../../../adapter/dwarf/lineUnit';
import { ElfImage } from '../../../adapter/elf/image';
import { openFile } from '../../../adapter/sys/file';
import { dumpedLines, type DumpedLines, type DumpedRow } from '../../corpus/dwarfdump';
import { lua } from '../../corpus/corpus';
import { COPY, END, setAddress, unitOf, version4, version5 } from '../../builders/lineUnit';
import { fixture, type Variant } from '../../fixtures/build';

function decoded(program: string): DumpedLines {
  const image = ElfImage.parse(openFile(program));
  const sections = { line: image.body(image.section('.debug_line')!), strings: new LineStrings(image) };
  const rows: DumpedRow[] = [];
  const files: { file: number; name: string }[] = [];
  const columns = new LineRows();
  for (const unit of lineUnits(sections.line)) {
    const header = readLineHeader(sections.line, unit);
    for (const [file, path] of FileTable.read(sections.strings, header, '/').paths())
      files.push({ file, name: basename(path) });
    decodeRows(sections.line, header, () => true, columns, true);
    for (let row = 0; row < columns.length; row++)
      rows.push({
        address: columns.address[row]!,
        line: columns.line[row]!,
        column: columns.column![row]!,
        file: columns.file[row]!,
        isStmt: (columns.flags[row]! & IS_STMT) !== 0,
        endSequence: (columns.flags[row]! & END_SEQUENCE) !== 0,
      });
  }
  return { rows, files };
}

const textOf = ({ address, line, file, flags }: LineRows, row: number): string =>
  [
    address[row],
    line[row],
    file[row],
    flags[row]! & IS_STMT ? 'is_stmt' : '',
    flags[row]! & END_SEQUENCE ? 'end' : '',
  ].join(' ');

describe('line number programs of compilers', () => {
  const variants: Variant[] = [
    ...[2, 3, 4, 5].map((version) => ({
      compiler: 'gcc',
      flags: ['-O2', `-gdwarf-${version}`, '-gstrict-dwarf'],
    })),
    ...[2, 3, 4, 5].map((version) => ({ compiler: 'clang', flags: ['-O2', `-gdwarf-${version}`] })),
    { compiler: 'gcc', flags: ['-O2', '-gdwarf-5', '-gdwarf64'] },
    { compiler: 'gcc', flags: ['-O2', '-gdwarf-4', '-gdwarf64'] },
    { compiler: 'gcc', flags: ['-O2', '-gz=zlib'] },
  ];
  for (const variant of variants)
    it(`have the rows and files that llvm-dwarfdump shows: ${variant.compiler} ${variant.flags.join(' ')}`, () => {
      const program = fixture('loop.c', variant);
      const expected = dumpedLines(program);
      assert.ok(expected.rows.length > 10);
      const found = decoded(program);
      assert.deepEqual(found.rows, expected.rows);
      assert.deepEqual(
        found.files,
        expected.files.map(({ file, name }) => ({ file, name: basename(name) })),
      );
    });

  it('have them in lua', () => {
    const expected = dumpedLines(lua());
    const found = decoded(lua());
    assert.ok(expected.rows.length > 30_000);
    assert.equal(found.rows.length, expected.rows.length);
    assert.deepEqual(found, expected);
  });
});

describe('a line number program', () => {
  it('leaves out functions that the linker dropped', () => {
    const program = fixture('loop.c', { compiler: 'gcc', flags: ['-O2'] });
    const image = ElfImage.parse(openFile(program));
    const line = image.body(image.section('.debug_line')!);
    const header = readLineHeader(line, [...lineUnits(line)][0]!);
    const all = new LineRows();
    decodeRows(line, header, () => true, all);
    const first = all.address[all.sequences[0]!.first];
    const some = new LineRows();
    decodeRows(line, header, (address) => address !== first, some);
    assert.equal(some.sequences.length, all.sequences.length - 1);
    assert.ok(!some.address.subarray(0, some.length).includes(first!));
  });

  it('leaves out a sequence that goes backwards, and rows that belong to no sequence', () => {
    const back = setAddress(0x2000).concat(COPY, setAddress(0x1000), COPY, END);
    const good = setAddress(0x3000).concat(COPY, [2, 4], COPY, END);
    const rows = run([...back, ...good, ...setAddress(0x4000), ...COPY]);
    assert.deepEqual(rows, ['12288 1 1 is_stmt ', '12292 1 1 is_stmt ', '12292 1 1 is_stmt end']);
  });

  it('orders sequences by address', () => {
    const columns = columnsOf([
      ...setAddress(0x3000),
      ...COPY,
      ...END,
      ...setAddress(0x2000),
      ...COPY,
      ...END,
    ]);
    assert.deepEqual(
      columns.sequences.map(({ first }) => columns.address[first]),
      [0x2000, 0x3000],
    );
  });

  it('skips opcodes that it does not know, by the lengths that the file gives', () => {
    const unknownStandard = [13, 0x80, 0x01, 5];
    const unknownExtended = [0, 4, 0x80, 1, 2, 3];
    assert.deepEqual(
      run([...setAddress(0x1000), ...unknownStandard, ...unknownExtended, ...COPY, ...END], 14, [2]),
      ['4096 1 1 is_stmt ', '4096 1 1 is_stmt end'],
    );
  });

  it('adds const_add_pc, fixed_advance_pc and negative lines', () => {
    // line_base -5, line_range 14, opcode_base 13: opcode 255 advances the address by 17.
    const rows = run([...setAddress(0x1000), 8, 9, 0x34, 0x12, 3, 0xe4, 0x00, 3, 0x7f, 6, ...COPY, ...END]);
    assert.deepEqual(
      rows,
      [`${0x1000 + 17 + 0x1234} 100  `, `${0x1000 + 17 + 0x1234} 100  end`].map((row) =>
        row.replace('100 ', '100 1 '),
      ),
    );
  });

  const bad: Record<string, [Uint8Array, string]> = {
    'a unit longer than the section': [Buffer.from([100, 0, 0, 0, 4, 0]), 'truncated'],
    'a reserved length': [Buffer.from([0xf4, 0xff, 0xff, 0xff, 4, 0, 0, 0]), 'badEncoding'],
    'a header cut short': [unitOf([4, 0, 9]), 'truncated'],
    'a program that starts beyond the unit': [
      unitOf([4, 0, 0xff, 0, 0, 0, 1, 1, 1, 0xfb, 14, 1]),
      'outOfRange',
    ],
    'line_range 0': [unitOf([4, 0, 6, 0, 0, 0, 1, 1, 1, 0xfb, 0, 1]), 'badEncoding'],
    'opcode_base 0': [unitOf([4, 0, 6, 0, 0, 0, 1, 1, 1, 0xfb, 14, 0]), 'badEncoding'],
    'more directories than bytes': [version5([0, 0xff, 0xff, 0xff, 0xff, 0x0f]), 'badEncoding'],
    'more files than bytes': [version5([0, 0, 1, 1, 8, 0xff, 0xff, 0xff, 0x7f, 0x61, 0]), 'badEncoding'],
    'a path of an unknown form': [version5([1, 1, 0x13, 1, 0, 0, 0, 0]), 'badForm'],
    'a path outside .debug_line_str': [version5([1, 1, 0x1f, 1, 9, 9, 9, 9, 0, 0]), 'outOfRange'],
    'a directory name without an end': [
      unitOf([4, 0, 8, 0, 0, 0, 1, 1, 1, 0xfb, 14, 1, 0x61, 0x62]),
      'badEncoding',
    ],
    'an operand beyond the unit': [version4([2, 0x80]), 'truncated'],
    'an extended opcode beyond the unit': [version4([0, 9, 2, 0]), 'truncated'],
    'an address of three bytes': [version4([0, 4, 2, 0, 0, 0]), 'badEncoding'],
    'an endless LEB128': [version4([2, ...Array<number>(12).fill(0x80)]), 'badEncoding'],
  };
  for (const [what, [section, expected]] of Object.entries(bad))
    it(`refuses ${what}`, () => {
      assert.throws(
        () => decodeAll(section),
        (error: unknown) => error instanceof Error && 'code' in error && error.code === expected,
      );
    });

  it('walks over units of versions that it does not know', () => {
    const section = Buffer.concat([unitOf([6, 0, 1, 2, 3]), version4([...setAddress(16), ...COPY, ...END])]);
    assert.deepEqual(decodeAll(section), ['16 1 1 is_stmt ', '16 1 1 is_stmt end']);
  });
});

const run = (program: number[], opcodeBase = 13, more: number[] = []): string[] =>
  decodeAll(version4(program, opcodeBase, more));

function columnsOf(program: number[]): LineRows {
  const section = version4(program);
  const columns = new LineRows();
  decodeRows(section, readLineHeader(section, [...lineUnits(section)][0]!), () => true, columns);
  return columns;
}

function decodeAll(line: Uint8Array): string[] {
  const sections: LineSections = { line, strings: { at: outside } as unknown as LineStrings };
  const columns = new LineRows();
  const rows: string[] = [];
  for (const unit of lineUnits(line)) {
    const header: LineHeader = readLineHeader(line, unit);
    FileTable.read(sections.strings, header, undefined);
    decodeRows(line, header, () => true, columns);
    for (let row = 0; row < columns.length; row++) rows.push(textOf(columns, row));
  }
  return rows;
}

function outside(): never {
  throw Object.assign(new Error('outside'), { code: 'outOfRange' });
}
