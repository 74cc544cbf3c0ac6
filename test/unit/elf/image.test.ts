import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { deflateSync } from 'node:zlib';
import { virtualAddress } from '../../../adapter/elf/address';
import type { ByteSource } from '../../../adapter/elf/byteSource';
import { DecodeError } from '../../../adapter/elf/decodeError';
import { ElfImage } from '../../../adapter/elf/image';
import { functionSymbols } from '../../../adapter/elf/symbolTable';
import { openFile } from '../../../adapter/sys/file';
import { buildElf, PT, SHF, SHT, sourceOf, type ElfSpec } from '../../builders/elf';
import { fixture } from '../../fixtures/build';

const program = (): string => fixture('loop.c');
const readelf = (...args: string[]): string =>
  execFileSync('readelf', [...args, program()], { encoding: 'utf8' });
const parse = (source: ByteSource): ElfImage => ElfImage.parse(source);
const built = (spec: ElfSpec): ElfImage => parse(sourceOf(buildElf(spec)));

describe('the headers of a program', () => {
  let image: ElfImage;
  before(() => {
    image = parse(openFile(program()));
  });

  it('has the sections that readelf shows', () => {
    const shown = [
      ...readelf('-SW').matchAll(/^ +\[ *\d+\] (\S+) +\S+ +(\w+) (\w+) (\w+) (\w+) .* (\d+)$/gm),
    ];
    assert.ok(shown.length > 20);
    assert.deepEqual(
      image.sections
        .slice(1)
        .map(({ name, address, offset, size, entrySize, alignment }) =>
          [name, ...[address, offset, size, entrySize].map((value) => value.toString(16)), alignment].join(
            ' ',
          ),
        ),
      shown.map(([, name, address, offset, size, entrySize, alignment]) =>
        [
          name,
          ...[address, offset, size, entrySize].map((hex) => parseInt(hex!, 16).toString(16)),
          alignment,
        ].join(' '),
      ),
    );
  });

  it('has the segments and the entry that readelf shows', () => {
    const text = readelf('-lW');
    const loads = [...text.matchAll(/^ +LOAD +(\w+) (\w+) \w+ (\w+) (\w+) (..)(.) /gm)];
    assert.deepEqual(
      image.segments
        .filter(({ type }) => type === 'load')
        .map((load) => [load.offset, load.address, load.fileSize, load.memorySize, load.executable]),
      loads.map(([, ...values]) => [...values.slice(0, 4).map(Number), values[5] === 'E']),
    );
    assert.equal(image.entry, Number(/Entry point (\w+)/.exec(text)![1]));
    assert.equal(image.type, 'shared');
  });

  it('has the build-id that readelf shows', () => {
    assert.equal(image.buildId, /Build ID: (\w+)/.exec(readelf('-n'))![1]);
  });

  it('has the functions that readelf shows', () => {
    const shown = [...readelf('-sW').matchAll(/^ +\d+: (\w+) +(\d+) I?FUNC +\w+ +\w+ +\d+ (\S+)$/gm)].map(
      ([, address, size, name]) => `${parseInt(address!, 16)} ${size!} ${name!}`,
    );
    const found = functionSymbols(image).map(({ name, address, size }) => `${address} ${size} ${name}`);
    assert.ok(found.some((symbol) => symbol.endsWith(' main')));
    for (const symbol of found) assert.ok(shown.includes(symbol), symbol);
    assert.ok(found.length >= new Set(shown).size / 2);
  });

  it('reads machine code by its link-time address', () => {
    const main = functionSymbols(image).find(({ name }) => name === 'main')!;
    const dump = execFileSync('objdump', ['-d', '--disassemble=main', program()], { encoding: 'utf8' });
    const first = /:\t((?:[0-9a-f]{2} )+)/.exec(dump)![1]!.trim().replaceAll(' ', '');
    const bytes = image.read(main.address, first.length / 2)!;
    assert.equal(Buffer.from(bytes).toString('hex'), first);
    const text = image.section('.text')!;
    assert.equal(image.fileOffset(text.address), text.offset);
    assert.equal(image.read(virtualAddress(0x7000_0000_0000), 1), undefined);
  });

  it('reads nothing of the bodies', () => {
    const file = openFile(program());
    const source = {
      size: file.size,
      total: 0,
      read: (at: number, n: number) => ((source.total += n), file.read(at, n)),
    };
    parse(source);
    assert.ok(source.total < 8192, `${source.total} bytes`);
  });
});

describe('section bodies', () => {
  const body = Buffer.from('line table '.repeat(50));
  /** printf 'line table ' 50 times | zstd -c */
  const frame = Buffer.from('28b52ffd0458950000586c696e65207461626c65200100185c152f84a6e719', 'hex');
  const chdr = (type: number, size: number): Buffer => {
    const bytes = Buffer.alloc(24);
    bytes.writeUInt32LE(type, 0);
    bytes.writeBigUInt64LE(BigInt(size), 8);
    return bytes;
  };
  const compressed = (type: number, data: Uint8Array, size = body.length): ElfImage =>
    built({
      sections: [
        { name: '.debug_line', flags: SHF.compressed, body: Buffer.concat([chdr(type, size), data]) },
      ],
    });
  const bodyOf = (image: ElfImage): string =>
    Buffer.from(image.body(image.section('.debug_line')!)).toString();

  it('are read as they are, or a part of them', () => {
    const source = sourceOf(buildElf({ sections: [{ name: '.debug_line', body }] }));
    const image = parse(source);
    const before = source.bytesRead;
    assert.equal(Buffer.from(image.slice(image.section('.debug_line')!, 5, 5)).toString(), 'table');
    assert.equal(source.bytesRead - before, 5);
    assert.equal(bodyOf(image), body.toString());
  });

  it('are inflated: SHF_COMPRESSED with zlib', () => {
    const image = compressed(1, deflateSync(body));
    assert.equal(bodyOf(image), body.toString());
    assert.equal(Buffer.from(image.slice(image.section('.debug_line')!, 5, 5)).toString(), 'table');
  });

  it('are inflated: SHF_COMPRESSED with zstd', () => {
    assert.equal(bodyOf(compressed(2, frame)), body.toString());
  });

  it('are inflated: .zdebug_ of older tools, found by the .debug_ name', () => {
    const size = Buffer.alloc(8);
    size.writeBigUInt64BE(BigInt(body.length));
    const old = Buffer.concat([Buffer.from('ZLIB'), size, deflateSync(body)]);
    assert.equal(bodyOf(built({ sections: [{ name: '.zdebug_line', body: old }] })), body.toString());
  });

  it('are inflated: what gcc -gz writes', () => {
    const image = parse(openFile(fixture('loop.c', { compiler: 'gcc', flags: ['-O0', '-gz=zlib'] })));
    const plain = parse(openFile(program()));
    const line = image.section('.debug_line')!;
    const other = plain.section('.debug_line')!;
    assert.ok(line.compressed);
    assert.equal(image.body(line).length, plain.body(other).length);
  });

  const bad: Record<string, () => ElfImage> = {
    'a size that the data does not have': () => compressed(1, deflateSync(body), body.length + 1),
    'more data than the size says': () => compressed(1, deflateSync(body), body.length - 1),
    'a size out of proportion to the data': () => compressed(1, deflateSync(body), 2 ** 30),
    'a size that a zstd frame does not have': () => compressed(2, frame, body.length + 1),
    'a zstd frame of more than the size says': () => compressed(2, frame, body.length - 1),
    'a zstd frame that says it is of 16 TB': () =>
      compressed(
        2,
        Buffer.concat([frame.subarray(0, 4), Buffer.from('c0ff000000000010000058', 'hex'), frame]),
      ),
    'a bomb of zeros, a thousand times as long as it says': () =>
      compressed(1, deflateSync(Buffer.alloc(1 << 26)), 1 << 16),
    'data that is no zlib stream': () => compressed(1, body),
    'data that is no zstd frame': () => compressed(2, body),
    'a zstd frame on which a decoder does not end': () => compressed(2, UNENDING, 787),
    'an unknown compression': () => compressed(77, body),
  };
  for (const [what, make] of Object.entries(bad))
    it(`refuse ${what}`, () => {
      assert.throws(() => bodyOf(make()), code('badCompression'));
    });

  it('refuse a size over the limit', () => {
    assert.throws(() => bodyOf(compressed(1, deflateSync(body), 2 ** 40)), code('tooLarge'));
  });

  it('refuse what lies beyond the end of the file', () => {
    const image = built({ sections: [{ name: '.debug_line', offset: 1 << 20, size: 100 }] });
    assert.throws(() => bodyOf(image), code('truncated'));
    assert.throws(() => image.slice(image.section('.debug_line')!, 0, 10), code('truncated'));
    assert.throws(() => image.slice(image.section('.debug_line')!, 90, 20), code('outOfRange'));
  });

  it('of SHT_NOBITS are empty', () => {
    const image = built({
      sections: [{ name: '.debug_line', type: SHT.nobits, offset: 1 << 20, size: 100 }],
    });
    assert.equal(bodyOf(image), '');
  });
});

describe('symbols', () => {
  it('that share a name of a megabyte, ten thousand of them, are refused', () => {
    const symbol = Buffer.concat([Buffer.from([0, 0, 0, 0, 2, 0, 1, 0]), Buffer.alloc(16)]);
    const names = Buffer.concat([Buffer.alloc(1 << 20, 'a'), Buffer.alloc(1)]);
    const image = built({
      sections: [
        { name: '.symtab', type: SHT.symtab, body: Buffer.concat(Array(10_000).fill(symbol)), link: 2 },
        { name: '.strtab', type: SHT.strtab, body: names },
      ],
    });
    assert.throws(() => functionSymbols(image), code('tooLarge'));
  });
});

describe('addresses and links', () => {
  it('keeps kernel addresses exact, as the signed reading of 64 bits', () => {
    const image = built({ sections: [{ name: '.text', address: 0xffff_ffff_8100_0010n }] });
    assert.equal(image.section('.text')!.address, -0x7eff_fff0);
  });

  it('reads .gnu_debuglink', () => {
    const link = Buffer.from('lua.debug\0\0\0\x78\x56\x34\x12', 'latin1');
    const image = built({ sections: [{ name: '.gnu_debuglink', body: link }] });
    assert.deepEqual(image.debugLink, { name: 'lua.debug', crc: 0x12345678 });
  });

  it('finds the build-id by PT_NOTE in a file without sections', () => {
    const note = Buffer.from('\x04\0\0\0\x04\0\0\0\x03\0\0\0GNU\0\xde\xad\xbe\xef', 'latin1');
    const image = built({
      sections: [{ name: '.note', body: note }],
      segments: [{ type: PT.note, offset: 64 + 56, address: 0, fileSize: note.length, alignment: 4 }],
      patch: (elf) => {
        elf.writeBigUInt64LE(0n, 40);
        elf.writeUInt16LE(0, 60);
        elf.writeUInt16LE(0, 62);
      },
    });
    assert.deepEqual(image.sections, []);
    assert.equal(image.buildId, 'deadbeef');
  });
});

describe('files that are not what they should be', () => {
  const bad: Record<string, [ElfSpec | Uint8Array, string, string?]> = {
    'an empty file': [Buffer.alloc(0), 'notElf'],
    'a script': [Buffer.from('#!/bin/sh\nexit 0\n'), 'notElf'],
    'a 32-bit program': [{ class: 1, machine: 3 }, 'unsupportedElf', '32-bit'],
    'a big-endian program': [{ data: 2 }, 'unsupportedElf', 'big endian'],
    'an ARM program': [{ machine: 183 }, 'unsupportedElf', 'machine 183'],
    'the first bytes of a program': [buildElf({}).subarray(0, 40), 'truncated'],
    'a program cut before its section headers': [buildElf({}).subarray(0, 70), 'truncated'],
    'section headers beyond 2^53': [{ patch: (elf) => elf.writeBigUInt64LE(2n ** 63n, 40) }, 'truncated'],
    'section headers of another size': [{ patch: (elf) => elf.writeUInt16LE(40, 58) }, 'badEncoding'],
    'names in a section that is not there': [{ patch: (elf) => elf.writeUInt16LE(9, 62) }, 'outOfRange'],
    'a name outside the names': [
      { sections: [{ name: '.a' }], patch: (elf) => elf.writeUInt32LE(999, elf.length - 2 * 64) },
      'outOfRange',
    ],
  };
  for (const [what, [spec, expected, detail]] of Object.entries(bad))
    it(`refuses ${what}`, () => {
      const bytes = spec instanceof Uint8Array ? spec : buildElf(spec);
      assert.throws(() => parse(sourceOf(bytes)), code(expected, detail));
    });

  it('refuses every cut of a program, or reads it, and throws nothing else', () => {
    const bytes = buildElf({ sections: [{ name: '.text', body: Buffer.alloc(8) }, { name: '.debug_line' }] });
    for (let length = 0; length < bytes.length; length++)
      assert.throws(() => parse(sourceOf(bytes.subarray(0, length))), DecodeError);
  });
});

const code =
  (expected: string, detail = '') =>
  (error: unknown): boolean =>
    error instanceof DecodeError && error.code === expected && error.detail.includes(detail);

/** zstd -19 of text, with one byte changed. */
const UNENDING = Buffer.from(
  '28b52ffd6013026d040062871210f0171b64b4fc570291dd9b76f2239c13c1713878f49a724c3c47a14bb937c07366aa' +
    'd49d551dda988ee8f5f266734e6c48c89a9054dba3bfc65eebe333b63c2606008783000583280247a820e8ba6f902db4' +
    '0610388189311f03e2bde76c588d64f8722e40e03017b9703e4eb63c83591cb912cd046a2d3fbaf26ac3b7ba961abdc6' +
    'f9300d72f260a7',
  'hex',
);
