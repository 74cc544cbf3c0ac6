/** Builds small ELF files byte by byte, right or wrong in one field. */
import type { ByteSource } from '../../adapter/elf/byteSource';

export interface SectionSpec {
  readonly name: string;
  /** SHT_ number; SHT_PROGBITS if left out. */
  readonly type?: number;
  readonly flags?: number;
  readonly address?: number | bigint;
  readonly body?: Uint8Array;
  /** Instead of the body's. */
  readonly offset?: number | bigint;
  readonly size?: number | bigint;
  readonly link?: number;
  readonly alignment?: number;
}

export interface SegmentSpec {
  readonly type: number;
  readonly flags?: number;
  readonly offset: number;
  readonly address: number | bigint;
  readonly fileSize: number;
  readonly alignment?: number;
}

export interface ElfSpec {
  /** e_ident[EI_CLASS], e_ident[EI_DATA], e_type, e_machine. */
  readonly class?: number;
  readonly data?: number;
  readonly type?: number;
  readonly machine?: number;
  readonly sections?: readonly SectionSpec[];
  readonly segments?: readonly SegmentSpec[];
  /** Last changes to the bytes. */
  readonly patch?: (elf: Buffer) => void;
}

export const SHT = { progbits: 1, symtab: 2, strtab: 3, note: 7, nobits: 8 } as const;
export const SHF = { alloc: 2, execinstr: 4, compressed: 0x800 } as const;
export const PT = { load: 1, note: 4 } as const;

/** header | program headers | bodies | section headers; section 0 and .shstrtab are added. */
export function buildElf(spec: ElfSpec): Buffer {
  const names = Buffer.from(
    ['', ...(spec.sections ?? []).map(({ name }) => name), '.shstrtab', ''].join('\0'),
  );
  const sections: SectionSpec[] = [
    { name: '', type: 0 },
    ...(spec.sections ?? []),
    { name: '.shstrtab', type: SHT.strtab, body: names },
  ];
  const segments = spec.segments ?? [];
  let end = 64 + segments.length * 56;
  const offsets = sections.map(({ body }) => {
    const offset = end;
    end += body?.length ?? 0;
    return offset;
  });
  const elf = Buffer.concat([
    header(spec, segments.length, sections.length, end),
    ...segments.map(programHeader),
    ...sections.map(({ body }) => body ?? Buffer.alloc(0)),
    ...sections.map((section, index) => sectionHeader(section, names, offsets[index]!)),
  ]);
  spec.patch?.(elf);
  return elf;
}

function header(spec: ElfSpec, segments: number, sections: number, sectionTable: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, spec.class ?? 2, spec.data ?? 1, 1]);
  bytes.writeUInt16LE(spec.type ?? 3, 16);
  bytes.writeUInt16LE(spec.machine ?? 62, 18);
  bytes.writeUInt32LE(1, 20);
  bytes.writeBigUInt64LE(BigInt(segments > 0 ? 64 : 0), 32);
  bytes.writeBigUInt64LE(BigInt(sectionTable), 40);
  bytes.writeUInt16LE(64, 52);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(segments, 56);
  bytes.writeUInt16LE(64, 58);
  bytes.writeUInt16LE(sections, 60);
  bytes.writeUInt16LE(sections - 1, 62);
  return bytes;
}

function programHeader(segment: SegmentSpec): Buffer {
  const bytes = Buffer.alloc(56);
  bytes.writeUInt32LE(segment.type, 0);
  bytes.writeUInt32LE(segment.flags ?? 5, 4);
  bytes.writeBigUInt64LE(BigInt(segment.offset), 8);
  bytes.writeBigUInt64LE(BigInt(segment.address), 16);
  bytes.writeBigUInt64LE(BigInt(segment.fileSize), 32);
  bytes.writeBigUInt64LE(BigInt(segment.fileSize), 40);
  bytes.writeBigUInt64LE(BigInt(segment.alignment ?? 4096), 48);
  return bytes;
}

function sectionHeader(section: SectionSpec, names: Buffer, offset: number): Buffer {
  const bytes = Buffer.alloc(64);
  bytes.writeUInt32LE(section.name === '' ? 0 : names.indexOf(`\0${section.name}\0`) + 1, 0);
  bytes.writeUInt32LE(section.type ?? SHT.progbits, 4);
  bytes.writeUInt32LE(section.flags ?? 0, 8);
  bytes.writeBigUInt64LE(BigInt(section.address ?? 0), 16);
  bytes.writeBigUInt64LE(BigInt(section.offset ?? offset), 24);
  bytes.writeBigUInt64LE(BigInt(section.size ?? section.body?.length ?? 0), 32);
  bytes.writeUInt32LE(section.link ?? 0, 40);
  bytes.writeBigUInt64LE(BigInt(section.alignment ?? 1), 48);
  return bytes;
}

/** Bytes in memory as a file. */
export function sourceOf(bytes: Uint8Array): ByteSource & { bytesRead: number } {
  return {
    size: bytes.length,
    bytesRead: 0,
    read(offset, length) {
      if (!(offset >= 0 && offset + length <= bytes.length)) throw new RangeError('outside');
      this.bytesRead += length;
      return bytes.subarray(offset, offset + length);
    },
  };
}
