import { fileOffset, type FileOffset, type VirtualAddress } from './address';
import type { ByteSource } from './byteSource';
import { Cursor } from './cursor';
import { DecodeError } from './decodeError';
import { readChecked, readHeaders, type ElfType, type Headers, type Section, type Segment } from './headers';
import { buildIdOf } from './note';
import { inflateBody, inflateGnuBody } from './sectionBody';

export type { ElfType, Section, Segment } from './headers';

/** An ELF file: headers decoded at once, bodies read when asked for. */
export class ElfImage {
  private readonly byName = new Map<string, Section>();
  /** By section; the error where that is what came of it. */
  private readonly inflated = new Map<number, Uint8Array | DecodeError>();
  private readonly loads: readonly Segment[];

  private constructor(
    private readonly source: ByteSource,
    private readonly headers: Headers,
  ) {
    for (const section of headers.sections)
      if (!this.byName.has(section.name)) this.byName.set(section.name, section);
    this.loads = headers.segments.filter((segment) => segment.type === 'load');
  }

  /** @throws DecodeError as `readHeaders` */
  static parse(source: ByteSource): ElfImage {
    return new ElfImage(source, readHeaders(source));
  }

  get type(): ElfType {
    return this.headers.type;
  }

  get entry(): VirtualAddress {
    return this.headers.entry;
  }

  get sections(): readonly Section[] {
    return this.headers.sections;
  }

  get segments(): readonly Segment[] {
    return this.headers.segments;
  }

  /** The first section of that name; `.debug_x` finds `.zdebug_x` as well. */
  section(name: string): Section | undefined {
    return (
      this.byName.get(name) ??
      (name.startsWith('.debug_') ? this.byName.get(`.z${name.slice(1)}`) : undefined)
    );
  }

  /**
   * The section's contents, inflated; empty for SHT_NOBITS. What comes of inflating is remembered.
   * @throws DecodeError `truncated`, `tooLarge`, `badCompression`
   */
  body(section: Section): Uint8Array {
    if (!isCompressed(section)) return this.raw(section);
    const known = this.inflated.get(section.index) ?? this.inflate(section);
    this.inflated.set(section.index, known);
    if (known instanceof DecodeError) throw known;
    return known;
  }

  private inflate(section: Section): Uint8Array | DecodeError {
    const inflate = section.compressed ? inflateBody : inflateGnuBody;
    try {
      return inflate(this.raw(section), section.name);
    } catch (error) {
      if (error instanceof DecodeError) return error;
      throw error;
    }
  }

  /** Bytes of the uncompressed contents. @throws DecodeError as `body` where they are compressed */
  sizeOf(section: Section): number {
    if (section.type === 'nobits') return 0;
    return isCompressed(section) ? this.body(section).length : section.size;
  }

  /** Bytes of the uncompressed contents; reads no more than these unless the section is compressed. */
  slice(section: Section, offset: number, length: number): Uint8Array {
    const size = this.sizeOf(section);
    if (!(offset >= 0 && length >= 0 && offset + length <= size))
      throw new DecodeError('outOfRange', section.name, offset, `${length} bytes`);
    if (isCompressed(section)) return this.body(section).subarray(offset, offset + length);
    return readChecked(this.source, section.offset + offset, length, section.name, MAX_BODY_BYTES);
  }

  /** Where the file has the byte at a link-time address, by PT_LOAD. */
  fileOffset(address: VirtualAddress): FileOffset | undefined {
    const segment = this.segmentOf(address, 1);
    return segment && fileOffset(segment.offset + (address - segment.address));
  }

  /** File-backed bytes at a link-time address; undefined unless all of them lie in one PT_LOAD. */
  read(address: VirtualAddress, length: number): Uint8Array | undefined {
    const segment = this.segmentOf(address, length);
    const offset = segment && segment.offset + (address - segment.address);
    if (offset === undefined || offset + length > this.source.size) return undefined;
    return this.source.read(offset, length);
  }

  /** NT_GNU_BUILD_ID in lower-case hex. Sections come first: in a separate debug file PT_NOTE leads nowhere. */
  get buildId(): string | undefined {
    const places = [
      ...this.sections.filter((section) => section.type === 'note'),
      ...this.segments.filter((segment) => segment.type === 'note'),
    ];
    for (const place of places) {
      const size = 'fileSize' in place ? place.fileSize : place.size;
      if (place.offset + size > this.source.size || size > MAX_NOTE_BYTES) continue;
      const id = buildIdOf(this.source.read(place.offset, size), place.alignment);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  /** .gnu_debuglink: file name | NUL, padded to 4 | CRC-32 of that file (GDB manual, "Separate Debug Files"). */
  get debugLink(): { readonly name: string; readonly crc: number } | undefined {
    const section = this.section('.gnu_debuglink');
    if (!section || section.type === 'nobits') return undefined;
    const cursor = new Cursor(this.body(section), section.name);
    const name = cursor.string();
    cursor.seek((cursor.offset + 3) & ~3);
    return { name, crc: cursor.u32() };
  }

  private raw(section: Section): Uint8Array {
    if (section.type === 'nobits') return new Uint8Array(0);
    return readChecked(this.source, section.offset, section.size, section.name, MAX_BODY_BYTES);
  }

  private segmentOf(address: VirtualAddress, length: number): Segment | undefined {
    return this.loads.find((segment) => {
      const offset = address - segment.address;
      return offset >= 0 && offset + length <= segment.fileSize;
    });
  }
}

const isCompressed = (section: Section): boolean => section.compressed || section.name.startsWith('.zdebug_');

/** What one typed array holds on every supported Node. */
const MAX_BODY_BYTES = 2 ** 31;
const MAX_NOTE_BYTES = 1 << 20;
