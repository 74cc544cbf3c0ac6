/** What is fuzzed: which bytes of a sample are damaged, and what reads them then. */
import { decodeOperations } from '../../adapter/dwarf/operation';
import type { OperationUnit } from '../../adapter/dwarf/opcode';
import { Cursor } from '../../adapter/elf/cursor';
import { DecodeError } from '../../adapter/elf/decodeError';
import { ElfImage } from '../../adapter/elf/image';
import { sourceOf } from '../builders/elf';
import { generatedFile } from './generatedEntries';
import { mutated, type Region } from './mutation';
import { Random } from './random';
import { readElf, readEntries, readFrames, readLines, readModule, tried, type Reader } from './reading';
import { samples, type Sample } from './samples';

/** Tries the input that a seed determines. Returns how much there was to read; throws for a bug. */
export type Target = (seed: number) => number;

/** By name. */
export function targets(): ReadonlyMap<string, Target> {
  const all = samples();
  const related = all.filter((sample) => sample.related.size > 0);
  const split = related.filter(({ name }) => name !== 'linked');
  return new Map<string, Target>([
    ['elf', damaging(all, headersOf, readElf)],
    ['abbrev', damaging(all, sections('.debug_abbrev'), readEntries)],
    [
      'info',
      damaging(all, sections('.debug_info', '.debug_str', '.debug_str_offsets', '.debug_addr'), readEntries),
    ],
    ['types', damaging(all, sections('.debug_types', '.debug_info'), readEntries)],
    ['lists', damaging(all, sections(...LISTS), readEntries)],
    ['line', damaging(all, sections('.debug_line', '.debug_line_str'), readLines)],
    ['frame', damaging(all, sections('.eh_frame', '.eh_frame_hdr', '.debug_frame'), readFrames)],
    ['split', damagingRelated(split)],
    ['symbols', damagingModule(related)],
    ['entries', (seed) => readEntries({ bytes: generatedFile(new Random(seed)), related: new Map() })],
    ['expression', readExpression],
  ]);
}

const LISTS = [
  '.debug_rnglists',
  '.debug_ranges',
  '.debug_loclists',
  '.debug_loc',
  '.debug_aranges',
  '.debug_addr',
];

/** The regions of a file that may be damaged. */
type Regions = (bytes: Uint8Array) => readonly Region[];

function damaging(from: readonly Sample[], regionsOf: Regions, read: Reader): Target {
  const places = from
    .map((sample) => ({ sample, regions: regionsOf(sample.bytes).filter(({ size }) => size > 0) }))
    .filter(({ regions }) => regions.length > 0);
  return (seed) => {
    const random = new Random(seed);
    const { sample, regions } = random.pick(places);
    return read({ bytes: mutated(sample.bytes, regions, random), related: sample.related });
  };
}

/** Damages the files that belong to a program, one at a time, and links to them. */
function damagingRelated(from: readonly Sample[]): Target {
  return (seed) => {
    const random = new Random(seed);
    const { bytes, related } = random.pick(from);
    const name = random.pick([...related.keys()]);
    const file = related.get(name)!;
    const regions = debugSections(file);
    const links = sections('.gnu_debugaltlink', '.debug_info')(bytes);
    const only = new Map([[name, mutated(file, regions, random)]]);
    return readEntries({ bytes: random.oneIn(4) ? mutated(bytes, links, random) : bytes, related: only });
  };
}

/** Damages the program, the file that belongs to it, or what leads from one to the other. */
function damagingModule(from: readonly Sample[]): Target {
  return (seed) => {
    const random = new Random(seed);
    const { bytes, related } = random.pick(from);
    const damaged = new Map(
      [...related].map(
        ([name, file]) => [name, random.oneIn(2) ? mutated(file, anyOf(file), random) : file] as const,
      ),
    );
    const links = headersOf(bytes).filter(({ size }) => size > 0);
    return readModule({ bytes: random.oneIn(2) ? mutated(bytes, links, random) : bytes, related: damaged });
  };
}

/** Headers and debug sections. */
const anyOf: Regions = (bytes) =>
  [...headersOf(bytes), ...debugSections(bytes)].filter(({ size }) => size > 0);

const sections =
  (...names: string[]): Regions =>
  (bytes) =>
    ElfImage.parse(sourceOf(bytes)).sections.filter(
      ({ name, type }) => type !== 'nobits' && names.includes(name.replace(/^\.zdebug_/, '.debug_')),
    );

const debugSections: Regions = (bytes) =>
  ElfImage.parse(sourceOf(bytes)).sections.filter(({ name, size }) => size > 0 && name.startsWith('.debug_'));

/** ELF header, program headers, section headers, their names, notes, symbols, compression headers. */
const headersOf: Regions = (bytes) => {
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  const tables = [
    { offset: 0, size: 64 },
    { offset: Number(header.getBigUint64(32, true)), size: 56 * header.getUint16(56, true) },
    { offset: Number(header.getBigUint64(40, true)), size: 64 * header.getUint16(60, true) },
  ];
  const image = ElfImage.parse(sourceOf(bytes));
  const small = image.sections.filter(({ name }) => /^\.(shstrtab|note|symtab|strtab|gnu_debug)/.test(name));
  const packed = image.sections.filter(({ name, compressed }) => compressed || name.startsWith('.zdebug'));
  return [...tables, ...small, ...packed.map(({ offset, size }) => ({ offset, size: Math.min(size, 40) }))];
};

/** Random operations, with opcodes more likely than by chance. */
function readExpression(seed: number): number {
  const random = new Random(seed);
  const bytes = Uint8Array.from({ length: 1 + random.below(200) }, () =>
    random.oneIn(3) ? random.below(256) : random.pick(OPCODES),
  );
  return tried(() => decodeOperations(new Cursor(bytes, 'expression'), UNIT).length) ?? 0;
}

/** Opcodes with operands: DW_OP_addr, const*, plus_uconst, skip, bra, bregx, piece, implicit_value, entry_value ... */
const OPCODES = [
  0x03, 0x08, 0x0c, 0x10, 0x11, 0x23, 0x28, 0x2f, 0x70, 0x77, 0x90, 0x91, 0x92, 0x93, 0x94, 0x98, 0x99, 0x9d, 0x9e,
  0xa0, 0xa1, 0xa3, 0xa4, 0xa5, 0xa6, 0xa8, 0xf2, 0xf3, 0xf4, 0xf5, 0xf7, 0xfd,
]; // prettier-ignore

const UNIT: OperationUnit = {
  encoding: { version: 5, addressSize: 8, offsetSize: 4 },
  indexedAddress: outside,
  valueType: outside,
  referent: outside,
};
function outside(): never {
  throw new DecodeError('outOfRange', 'expression', 0);
}
