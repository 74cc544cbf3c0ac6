import type { VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import type { ElfImage, Section } from '../elf/image';
import { AddressSpans, type AddressSpan } from './addressSpans';
import { CfaProgram, type CfaFactors } from './cfaProgram';
import { OMITTED, readPointer, readUnbased } from './frameEncoding';
import { FrameHeader } from './frameHeader';
import type { CfaRule } from './location';
import { tolerant } from './tolerance';
import { readUnitLength } from './unitLayout';

/**
 * The frame descriptions of .eh_frame (LSB 5.0, Core, 10.6) or .debug_frame (DWARF 5, 6.4.1): what the canonical frame
 * address is at each instruction.
 *
 *     CIE:  length | id | version u8 | augmentation string | address_size u8, segment_selector_size u8 (version 4)
 *           code_alignment | data_alignment | return_address_register | augmentation data | instructions
 *     FDE:  length | CIE pointer | initial_location | address_range | augmentation data | instructions
 *
 * In .eh_frame a CIE's id is 0 and an FDE counts back to its CIE from its pointer; in .debug_frame the id is all ones and
 * the pointer counts from the start of the section.
 */
export class FrameTable {
  private readonly cies = new Map<number, Cie>();
  private spans: AddressSpans<number> | undefined;

  private constructor(
    private readonly section: Section,
    private readonly bytes: Uint8Array,
    private readonly isEh: boolean,
    private readonly header: FrameHeader | undefined,
  ) {}

  /** Undefined where the file has no contents for that section. @throws DecodeError */
  static read(image: ElfImage, name: '.eh_frame' | '.debug_frame'): FrameTable | undefined {
    const section = image.section(name);
    if (section === undefined || section.type === 'nobits') return undefined;
    const isEh = name === '.eh_frame';
    const header = isEh ? tolerant(() => FrameHeader.read(image)) : undefined;
    return new FrameTable(section, image.body(section), isEh, header);
  }

  /** The CFA's rule at an address; undefined where no description covers it. @throws DecodeError */
  cfaAt(address: VirtualAddress): CfaRule | undefined {
    const offset = this.offsetOf(address);
    const entry = offset === undefined ? undefined : this.entryAt(offset);
    if (entry?.kind !== 'fde') return undefined;
    const description = this.description(entry);
    const { low, high } = description;
    return low <= address && address < high ? this.run(description, address) : undefined;
  }

  /** The description that covers an address, as far as exceptions go; undefined where none does. @throws DecodeError */
  exceptionsAt(address: VirtualAddress): DescribedExceptions | undefined {
    const offset = this.offsetOf(address);
    const entry = offset === undefined ? undefined : this.entryAt(offset);
    if (entry?.kind !== 'fde') return undefined;
    const { low, high, table } = this.description(entry);
    return low <= address && address < high ? { low, high, table } : undefined;
  }

  private offsetOf(address: VirtualAddress): number | undefined {
    if (this.header === undefined) {
      this.spans ??= new AddressSpans(this.readSpans());
      return this.spans.at(address);
    }
    const found = this.header.descriptionBefore(address);
    return found === undefined ? undefined : found - this.section.address;
  }

  private run({ cie, low, instructions }: Description, address: VirtualAddress): CfaRule | undefined {
    const program = new CfaProgram(this.section.name, cie.factors, low, address, (cursor) =>
      readPointer(cursor, cie.pointerEncoding, this.section.address),
    );
    program.run(this.part(cie.instructions, cie.end));
    program.run(instructions);
    return program.cfa;
  }

  private readSpans(): AddressSpan<number>[] {
    const spans: AddressSpan<number>[] = [];
    for (let offset = 0; offset < this.bytes.length;) {
      const entry = this.entryAt(offset);
      if (entry === undefined) break;
      if (entry.kind === 'fde') {
        const { low, high } = this.description(entry);
        if (low < high) spans.push({ low, high, holder: offset });
      }
      offset = entry.end;
    }
    return spans;
  }

  /** The entry whose length is at this offset; undefined for the terminator. */
  private entryAt(offset: number): Entry | undefined {
    const cursor = this.part(offset, this.bytes.length);
    const { length, offsetSize } = readUnitLength(cursor);
    if (length === 0) return undefined;
    const end = cursor.offset + length;
    if (length > cursor.remaining) throw cursor.error('truncated', `entry of ${length} bytes`);
    const place = cursor.offset;
    const wide = offsetSize === 8 && !this.isEh;
    const id = wide ? cursor.i64() : BigInt(this.isEh ? cursor.u32() : cursor.i32());
    if (id === (this.isEh ? 0n : -1n)) return { kind: 'cie', fields: cursor.offset, end };
    const pointer = wide ? id : BigInt.asUintN(32, id);
    return { kind: 'fde', cie: this.isEh ? place - Number(id) : Number(pointer), fields: cursor.offset, end };
  }

  private description({ cie: cieOffset, fields, end }: Entry & { kind: 'fde' }): Description {
    const cie = this.cieAt(cieOffset);
    const cursor = this.part(fields, end);
    const low = readPointer(cursor, cie.pointerEncoding, this.section.address);
    const length = readUnbased(cursor, cie.pointerEncoding);
    const table = cie.hasAugmentation ? this.readAugmentation(cursor, cie) : undefined;
    return { cie, low: virtualAddress(low), high: virtualAddress(low + length), table, instructions: cursor };
  }

  /** An FDE's augmentation data, whose first field is the pointer to the exception table; 0 where it has none. */
  private readAugmentation(cursor: Cursor, { tableEncoding }: Cie): VirtualAddress | undefined {
    const length = cursor.uleb();
    const end = cursor.offset + length;
    let table: VirtualAddress | undefined;
    if (tableEncoding !== OMITTED && length > 0) {
      const place = cursor.offset;
      if (readUnbased(cursor, tableEncoding) !== 0) {
        cursor.seek(place);
        table = virtualAddress(readPointer(cursor, tableEncoding, this.section.address));
      }
    }
    cursor.seek(end);
    return table;
  }

  private cieAt(offset: number): Cie {
    let cie = this.cies.get(offset);
    if (cie === undefined) {
      const entry = this.entryAt(offset);
      if (entry?.kind !== 'cie') throw this.part(offset, this.bytes.length).error('badEncoding', 'no CIE');
      cie = readCie(this.part(entry.fields, entry.end), entry.end);
      this.cies.set(offset, cie);
    }
    return cie;
  }

  /** A cursor that ends where an entry ends. */
  private part(offset: number, end: number): Cursor {
    const cursor = new Cursor(this.bytes.subarray(0, end), this.section.name);
    cursor.seek(offset);
    return cursor;
  }
}

type Entry =
  | { readonly kind: 'cie'; readonly fields: number; readonly end: number }
  | { readonly kind: 'fde'; readonly cie: number; readonly fields: number; readonly end: number };

interface Cie {
  readonly factors: CfaFactors;
  /** DW_EH_PE_ of the addresses in its FDEs. */
  readonly pointerEncoding: number;
  /** The same of the pointers to exception tables (LSDA). */
  readonly tableEncoding: number;
  /** Do its FDEs have augmentation data? */
  readonly hasAugmentation: boolean;
  /** Offset of its first instruction, and past its last. */
  readonly instructions: number;
  readonly end: number;
}

interface Description {
  readonly cie: Cie;
  readonly low: VirtualAddress;
  readonly high: VirtualAddress;
  readonly table: VirtualAddress | undefined;
  readonly instructions: Cursor;
}

/** A frame description's range, and the address of its exception table (LSDA). */
export type DescribedExceptions = Pick<Description, 'low' | 'high' | 'table'>;

function readCie(cursor: Cursor, end: number): Cie {
  const version = cursor.u8();
  if (version !== 1 && version !== 3 && version !== 4)
    throw cursor.error('badVersion', `CIE of version ${version}`);
  const augmentation = cursor.string();
  if (version === 4) cursor.skip(2);
  const codeAlignment = cursor.uleb();
  const dataAlignment = cursor.sleb();
  if (version === 1) cursor.u8();
  else cursor.uleb();
  const hasAugmentation = augmentation.startsWith('z');
  if (!hasAugmentation && augmentation !== '')
    throw cursor.error('badEncoding', `augmentation "${augmentation}"`);
  const length = hasAugmentation ? cursor.uleb() : 0;
  const instructions = cursor.offset + length;
  const encodings = encodingsOf(cursor, augmentation);
  return { factors: { codeAlignment, dataAlignment }, ...encodings, hasAugmentation, instructions, end };
}

/** Walks the augmentation data by its letters (LSB 5.0, Core, 10.6.1.1.1). */
function encodingsOf(cursor: Cursor, augmentation: string): Pick<Cie, 'pointerEncoding' | 'tableEncoding'> {
  let pointerEncoding = ABSOLUTE;
  let tableEncoding = OMITTED;
  for (const letter of augmentation.slice(1)) {
    switch (letter) {
      case 'R':
        pointerEncoding = cursor.u8();
        break;
      case 'L':
        tableEncoding = cursor.u8();
        break;
      case 'P': {
        const encoding = cursor.u8();
        if (encoding !== OMITTED) readUnbased(cursor, encoding);
        break;
      }
      case 'S': // a signal frame
      case 'B': // AArch64 keys
        break;
      default:
        throw cursor.error('badEncoding', `augmentation "${augmentation}"`);
    }
  }
  return { pointerEncoding, tableEncoding };
}

/** DW_EH_PE_absptr */
const ABSOLUTE = 0;
