import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DebugFile } from '../../../adapter/dwarf/debugFile';
import { DecodeError } from '../../../adapter/elf/decodeError';
import { ElfImage } from '../../../adapter/elf/image';
import { functionSymbols } from '../../../adapter/elf/symbolTable';
import { openFile } from '../../../adapter/sys/file';
import { buildElf, PT, SHT, sourceOf, type ElfSpec } from '../../builders/elf';

/** gABI, "ELF Header": what 16 bits cannot count is counted in section header 0. */
describe('A program of 70 000 sections', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sections-'));
  const program = join(directory, 'many');
  const readelf = (...args: string[]): string =>
    execFileSync('readelf', [...args, program], { encoding: 'utf8', maxBuffer: 1 << 28 });
  let image: ElfImage;

  before(function () {
    this.timeout(60_000);
    const source = join(directory, 'many.s');
    writeFileSync(
      source,
      Array.from({ length: 70_000 }, (_, n) => functionNumber(n)).join('') + '.globl _start\n_start: ret\n',
    );
    execFileSync('as', ['-g', source, '-o', `${program}.o`]);
    execFileSync('ld', ['--unique=.text.*', '-e', '_start', `${program}.o`, '-o', program]);
    image = ElfImage.parse(openFile(program));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it('has the sections that readelf shows', () => {
    const shown = [...readelf('-SW').matchAll(/^ +\[ *(\d+)\] (\S+) +[A-Z ]+ +(\w{16}) (\w+) (\w+) /gm)];
    assert.ok(shown.length > 70_000);
    assert.deepEqual(
      image.sections.slice(1).map((each) => [each.index, each.name, each.address, each.offset, each.size]),
      shown.map(([, index, name, ...hex]) => [
        Number(index),
        name,
        ...hex.map((digits) => parseInt(digits, 16)),
      ]),
    );
  });

  it('has the symbols that readelf shows', () => {
    const shown = [...readelf('-sW').matchAll(/^ +\d+: (\w+) +(\d+) FUNC .* (\S+)$/gm)];
    assert.equal(shown.length, 70_000);
    assert.deepEqual(
      functionSymbols(image).map(({ address, size, name }) => [address, size, name]),
      shown.map(([, address, size, name]) => [parseInt(address!, 16), Number(size), name]),
    );
  });

  it('has the lines that readelf shows', () => {
    const shown = [...readelf('--debug-dump=decodedline').matchAll(/^many\.s +(\d+) +(0x\w+) +x$/gm)];
    assert.ok(shown.length > 140_000);
    const found: string[] = [];
    for (const rows of DebugFile.open(image)!.lines.rows())
      rows.each((_, line, address) => found.push(`${line} ${address}`));
    assert.deepEqual(found.sort(), shown.map(([, line, address]) => `${line!} ${Number(address)}`).sort());
  });

  it('has a place for each line, and none is slow to find', () => {
    const { lines } = DebugFile.open(image)!;
    const found = [...lines.statements()].map(({ line, scope }) => `${line} ${scope?.name ?? ''}`);
    assert.ok(found.includes('5 f0') && found.includes('489999 f69999'));
    assert.ok(found.length > 140_000);
  }).timeout(10_000);
});

const functionNumber = (n: number): string =>
  `.section .text.f${n},"ax",@progbits\n.globl f${n}\n.type f${n},@function\nf${n}:\n nop\n ret\n.size f${n},.-f${n}\n`;

describe('Numbers in section header 0', () => {
  /** A file that says its numbers there. */
  const extended = (zero: Partial<Record<'size' | 'link' | 'info', number>>, spec: ElfSpec = {}): ElfImage =>
    ElfImage.parse(
      sourceOf(
        buildElf({
          sections: [{ name: '.a', body: Buffer.from('abc') }],
          ...spec,
          patch: (elf) => {
            const at = Number(elf.readBigUInt64LE(40));
            if (zero.size !== undefined) elf.writeUInt16LE(0, 60);
            if (zero.link !== undefined) elf.writeUInt16LE(0xffff, 62);
            if (zero.info !== undefined) elf.writeUInt16LE(0xffff, 56);
            elf.writeBigUInt64LE(BigInt(zero.size ?? 0), at + 32);
            elf.writeUInt32LE(zero.link ?? 0, at + 40);
            elf.writeUInt32LE(zero.info ?? 0, at + 44);
          },
        }),
      ),
    );
  const code = (expected: string) => (error: unknown) =>
    error instanceof DecodeError && error.code === expected;
  const names = ({ sections }: ElfImage): string[] => sections.map(({ name }) => name);

  it('are read: sections, section of the names, segments', () => {
    assert.deepEqual(names(extended({ size: 3, link: 2 })), ['', '.a', '.shstrtab']);
    const segments = [{ type: PT.load, offset: 0, address: 0x1000, fileSize: 16 }];
    assert.equal(extended({ info: 1 }, { segments }).segments[0]?.address, 0x1000);
  });

  it('of no sections mean that there are none', () => {
    assert.deepEqual(extended({ size: 0 }).sections, []);
  });

  it('that lead outside the file are refused', () => {
    assert.throws(() => extended({ size: 70_000 }), code('truncated'));
    assert.throws(() => extended({ link: 70_000 }), code('outOfRange'));
    assert.throws(() => extended({ info: 1000 }, { segments: [{ type: PT.load, offset: 0, address: 0, fileSize: 0 }] }), code('truncated')); // prettier-ignore
  });

  it('over the limits are refused', () => {
    assert.throws(() => extended({ size: 2 ** 40 }), code('tooLarge'));
    assert.throws(() => extended({ info: 2 ** 31 }, { segments: [{ type: PT.load, offset: 0, address: 0, fileSize: 0 }] }), code('tooLarge')); // prettier-ignore
  });

  it('say which symbols are undefined, in SHT_SYMTAB_SHNDX', () => {
    const symbol = Buffer.concat([Buffer.from([1, 0, 0, 0, 2, 0, 0xff, 0xff]), Buffer.alloc(16)]);
    const image = ElfImage.parse(
      sourceOf(
        buildElf({
          sections: [
            { name: '.symtab', type: SHT.symtab, body: Buffer.concat([symbol, symbol]), link: 2 },
            { name: '.strtab', type: SHT.strtab, body: Buffer.from('\0f\0') },
            { name: '.symtab_shndx', type: 18, body: Buffer.from([0, 0, 0, 0, 0x70, 0x11, 1, 0]), link: 1 },
          ],
        }),
      ),
    );
    assert.deepEqual(functionSymbols(image).map(({ name }) => name), ['f']); // prettier-ignore
  });
});
