import { parse } from 'elfy';
import { virtualAddress, type VirtualAddress } from './address';
import type { ByteSource } from './byteSource';
import { Cursor } from './cursor';
import { DecodeError } from './decodeError';

/** A section header (gABI, "Sections"). */
export interface Section {
  readonly index: number;
  readonly name: string;
  /** `progbits`, `nobits`, `note`, `symtab`, `dynsym`, ... (SHT_ in lower case); the number where it has no name. */
  readonly type: string | number;
  readonly allocated: boolean;
  readonly executable: boolean;
  /** SHF_COMPRESSED: the body starts with a compression header. */
  readonly compressed: boolean;
  readonly address: VirtualAddress;
  /** Place and length in the file. */
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
}

/** A program header (gABI, "Program Header"). */
export interface Segment {
  /** `load`, `note`, `dynamic`, ... (PT_ in lower case); undefined where it has no name. */
  readonly type: string | undefined;
  readonly executable: boolean;
  readonly offset: number;
  readonly address: VirtualAddress;
  readonly fileSize: number;
  readonly memorySize: number;
  readonly alignment: number;
}

export type ElfType = 'executable' | 'shared' | 'relocatable' | 'core' | 'none';

export interface Headers {
  readonly type: ElfType;
  readonly entry: VirtualAddress;
  readonly sections: readonly Section[];
  readonly segments: readonly Segment[];
}

/**
 * Reads the ELF header, the program headers, the section headers and their names, and nothing else of the file.
 *
 * elfy decodes them. It wants the whole file in one buffer and reads the bodies too, so it is given an image that
 * consists of these headers alone:
 *
 *     ELF header | program headers | section headers + one of our own | section names
 *
 * with e_phoff, e_shoff and e_shstrndx changed to fit. Our own section header is that of the names, so that a file
 * without sections or without names needs no special case.
 * @throws DecodeError `notElf`, `unsupportedElf`, `truncated`, `outOfRange`, `tooLarge`, `badEncoding`
 */
export function readHeaders(source: ByteSource): Headers {
  const start = source.read(0, Math.min(ELF_HEADER_SIZE, source.size));
  checkIdentity(start);
  const header = new DataView(start.buffer, start.byteOffset, start.length);
  const numbers = readNumbers(source, header);
  const programTable = readTable(source, header, PROGRAM_TABLE, numbers.programs);
  const sectionTable = readTable(source, header, SECTION_TABLE, numbers.sections);
  const names = sectionNames(source, numbers.names, sectionTable);
  const [first, ...rest] = batches(sectionTable);
  const { type, segments, sections } = decode(
    headerImage(start, programTable, first, names),
    programTable,
    first,
  );
  for (const batch of rest)
    for (const section of decode(headerImage(start, NO_HEADERS, batch, names), NO_HEADERS, batch).sections)
      sections.push({ ...section, index: sections.length });
  return { type, entry: addressAt(header, 24), segments, sections };
}

/** Section headers, so many at a time as 16 bits can count. */
function batches(table: Uint8Array): [Uint8Array, ...Uint8Array[]] {
  const found: [Uint8Array, ...Uint8Array[]] = [table.subarray(0, BATCH_BYTES)];
  for (let from = BATCH_BYTES; from < table.length; from += BATCH_BYTES)
    found.push(table.subarray(from, from + BATCH_BYTES));
  return found;
}

interface Decoded {
  readonly type: ElfType;
  readonly segments: Segment[];
  readonly sections: Section[];
}

/** @param image of these two tables, and of the names */
function decode(image: Buffer, programTable: Uint8Array, sectionTable: Uint8Array): Decoded {
  const elf = parse(image);
  return {
    type: TYPES[elf.type ?? 'none'] ?? 'none',
    sections: elf.body.sections.slice(0, -1).map((section, index) => {
      const raw = view(sectionTable, index * SECTION_HEADER_SIZE);
      const flags = raw.getUint32(8, true);
      return {
        index,
        name: section.name,
        type: section.type,
        allocated: (flags & 0x2) !== 0,
        executable: (flags & 0x4) !== 0,
        compressed: (flags & 0x800) !== 0,
        // elfy reads these three from wrong places or inexactly above 2^53.
        address: addressAt(raw, 16),
        alignment: Number(raw.getBigUint64(48, true)),
        entrySize: Number(raw.getBigUint64(56, true)),
        offset: section.off,
        size: section.size,
        link: section.link,
        info: section.info,
      };
    }),
    segments: elf.body.programs.map((segment, index) => ({
      type: segment.type,
      executable: segment.flags.x === true,
      offset: segment.offset,
      address: addressAt(view(programTable, index * PROGRAM_HEADER_SIZE), 16),
      fileSize: segment.filesz,
      memorySize: segment.memsz,
      alignment: segment.align,
    })),
  };
}

/** e_ident and e_machine: what uprobes can use here is ELF64, little endian, x86-64. */
function checkIdentity(start: Uint8Array): void {
  const fail = (code: 'notElf' | 'unsupportedElf' | 'truncated', at: number, detail = ''): never => {
    throw new DecodeError(code, 'ELF header', at, detail);
  };
  if (start.length < 4 || !MAGIC.every((byte, index) => start[index] === byte)) fail('notElf', 0);
  if (start.length < 20) fail('truncated', start.length);
  if (start[4] !== 2) fail('unsupportedElf', 4, start[4] === 1 ? '32-bit' : `class ${start[4]!}`);
  if (start[5] !== 1) fail('unsupportedElf', 5, start[5] === 2 ? 'big endian' : `byte order ${start[5]!}`);
  const machine = start[18]! | (start[19]! << 8);
  if (machine !== EM_X86_64) fail('unsupportedElf', 18, `machine ${machine}`);
  if (start.length < ELF_HEADER_SIZE) fail('truncated', start.length);
}

interface Table {
  readonly name: string;
  /** Offsets in the ELF header of e_*off, e_*entsize and e_*num. */
  readonly offsetAt: number;
  readonly entrySizeAt: number;
  readonly countAt: number;
  readonly entrySize: number;
  readonly limit: number;
}

/** How many program and section headers there are, and which section has the names. */
interface Numbers {
  readonly programs: number;
  readonly sections: number;
  readonly names: number;
}

/**
 * What does not fit in the 16 bits of the ELF header is in section header 0 (gABI, "ELF Header"):
 *
 *     e_shnum 0 -> sh_size    e_shstrndx SHN_XINDEX -> sh_link    e_phnum PN_XNUM -> sh_info
 */
function readNumbers(source: ByteSource, header: DataView): Numbers {
  const [programs, sections, names] = [56, 60, 62].map((at) => header.getUint16(at, true)) as [
    number,
    number,
    number,
  ];
  const offset = Number(header.getBigUint64(SECTION_TABLE.offsetAt, true));
  const isExtended = sections === 0 || programs === PN_XNUM || names === SHN_XINDEX;
  if (!isExtended || offset === 0) return { programs, sections, names };
  const bytes = readChecked(source, offset, SECTION_HEADER_SIZE, SECTION_TABLE.name);
  const zero = view(bytes, 0);
  return {
    programs: programs === PN_XNUM ? zero.getUint32(44, true) : programs,
    sections: sections === 0 ? Number(zero.getBigUint64(32, true)) : sections,
    names: names === SHN_XINDEX ? zero.getUint32(40, true) : names,
  };
}

function readTable(source: ByteSource, header: DataView, table: Table, count: number): Uint8Array {
  const offset = Number(header.getBigUint64(table.offsetAt, true));
  if (offset === 0) return NO_HEADERS;
  if (count > table.limit) throw new DecodeError('tooLarge', table.name, offset, `${count} of them`);
  const entrySize = header.getUint16(table.entrySizeAt, true);
  if (count > 0 && entrySize !== table.entrySize)
    throw new DecodeError('badEncoding', table.name, offset, `entries of ${entrySize} bytes`);
  return readChecked(source, offset, count * table.entrySize, table.name);
}

/** The body of the section that e_shstrndx names, checked so that all names together stay small. */
function sectionNames(source: ByteSource, index: number, table: Uint8Array): Uint8Array {
  const count = table.length / SECTION_HEADER_SIZE;
  if (index === 0 || count === 0) return new Uint8Array(1);
  if (index >= count) throw new DecodeError('outOfRange', 'ELF header', 62, 'e_shstrndx');
  const at = view(table, index * SECTION_HEADER_SIZE);
  const offset = Number(at.getBigUint64(24, true));
  const names = readChecked(source, offset, Number(at.getBigUint64(32, true)), '.shstrtab', MAX_NAME_BYTES);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const name = view(table, i * SECTION_HEADER_SIZE).getUint32(0, true);
    const end = names.indexOf(0, name);
    if (end < 0) throw new DecodeError('outOfRange', '.shstrtab', name, `name of section ${i}`);
    total += end - name;
    if (total > MAX_NAME_BYTES) throw new DecodeError('tooLarge', '.shstrtab', name, 'section names');
  }
  return names;
}

function headerImage(
  header: Uint8Array,
  programs: Uint8Array,
  sections: Uint8Array,
  names: Uint8Array,
): Buffer {
  const own = Buffer.alloc(SECTION_HEADER_SIZE);
  const image = Buffer.concat([header, programs, sections, own, names]);
  const sectionsAt = ELF_HEADER_SIZE + programs.length;
  const ownAt = sectionsAt + sections.length;
  const count = sections.length / SECTION_HEADER_SIZE;
  image.writeBigUInt64LE(BigInt(ELF_HEADER_SIZE), PROGRAM_TABLE.offsetAt);
  image.writeUInt16LE(programs.length / PROGRAM_HEADER_SIZE, PROGRAM_TABLE.countAt);
  image.writeBigUInt64LE(BigInt(sectionsAt), SECTION_TABLE.offsetAt);
  image.writeUInt16LE(SECTION_HEADER_SIZE, SECTION_TABLE.entrySizeAt);
  image.writeUInt16LE(count + 1, SECTION_TABLE.countAt);
  image.writeUInt16LE(count, 62);
  image.writeUInt32LE(3, ownAt + 4); // SHT_STRTAB
  image.writeBigUInt64LE(BigInt(ownAt + SECTION_HEADER_SIZE), ownAt + 24);
  image.writeBigUInt64LE(BigInt(names.length), ownAt + 32);
  return image;
}

/** Bytes of the file, checked against its size and a limit. @throws DecodeError `truncated`, `tooLarge` */
export function readChecked(
  source: ByteSource,
  offset: number,
  length: number,
  name: string,
  limit = MAX_TABLE_BYTES,
): Uint8Array {
  if (offset + length > source.size) throw new DecodeError('truncated', name, offset, `${length} bytes`);
  if (length > limit) throw new DecodeError('tooLarge', name, offset, `${length} bytes`);
  return source.read(offset, length);
}

const view = (bytes: Uint8Array, offset: number): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset + offset, bytes.length - offset);

const addressAt = (at: DataView, offset: number): VirtualAddress =>
  virtualAddress(new Cursor(new Uint8Array(at.buffer, at.byteOffset + offset, 8), 'ELF header').address(8));

const MAGIC = [0x7f, 0x45, 0x4c, 0x46];
const EM_X86_64 = 62;
const ELF_HEADER_SIZE = 64;
const PROGRAM_HEADER_SIZE = 56;
const SECTION_HEADER_SIZE = 64;

const PROGRAM_TABLE: Table = {
  name: 'program headers',
  offsetAt: 32,
  entrySizeAt: 54,
  countAt: 56,
  entrySize: PROGRAM_HEADER_SIZE,
  limit: 0xffff, // what elfy counts; cores alone have more
};
const SECTION_TABLE: Table = {
  name: 'section headers',
  offsetAt: 40,
  entrySizeAt: 58,
  countAt: 60,
  entrySize: SECTION_HEADER_SIZE,
  limit: 1 << 18,
};

const TYPES: Readonly<Record<string, ElfType>> = {
  exec: 'executable',
  dyn: 'shared',
  rel: 'relocatable',
  core: 'core',
};

const NO_HEADERS = new Uint8Array(0);
/** In e_phnum and e_shstrndx: the number is in section header 0. */
const PN_XNUM = 0xffff;
const SHN_XINDEX = 0xffff;
/** Of as many section headers as an ELF header can count, SHN_LORESERVE - 1, without our own. */
const BATCH_BYTES = (0xff00 - 2) * SECTION_HEADER_SIZE;
const MAX_TABLE_BYTES = 16 << 20;
/** Of .shstrtab, and of all section names together. */
const MAX_NAME_BYTES = 16 << 20;
