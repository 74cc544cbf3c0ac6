import type { AddressRange } from './address';
import type { ElfImage, Section } from './image';
import { Cursor } from './cursor';

/** The sections of a program or library that are data, and the addresses of code in them. */
export class ProgramData {
  private readonly bodies = new Map<Section, Uint8Array>();
  private readonly sections: readonly Section[];
  private pointers: Float64Array | undefined;

  constructor(private readonly image: ElfImage) {
    this.sections = image.sections.filter(
      ({ allocated, executable, type }) => allocated && !executable && type !== 'nobits',
    );
  }

  /** Bytes from an address on, at most `most`, of one section; undefined where there is none. @throws DecodeError */
  bytesAt(address: number, most: number): Uint8Array | undefined {
    const section = this.sections.find((one) => one.address <= address && address < one.address + one.size);
    if (!section) return undefined;
    const offset = address - section.address;
    return this.body(section).subarray(offset, offset + most);
  }

  /** Addresses in a range that aligned words hold, or are relocated to, ascending. @throws DecodeError */
  pointersInto({ low, high }: AddressRange): readonly number[] {
    this.pointers ??= this.readPointers();
    const { pointers } = this;
    let first = 0;
    let last = pointers.length;
    while (first < last) {
      const middle = (first + last) >>> 1;
      if (pointers[middle]! < low) first = middle + 1;
      else last = middle;
    }
    const found: number[] = [];
    for (let i = first; i < pointers.length && pointers[i]! < high; i++)
      if (pointers[i] !== found.at(-1)) found.push(pointers[i]!);
    return found;
  }

  private body(section: Section): Uint8Array {
    const body = this.bodies.get(section) ?? this.image.body(section);
    this.bodies.set(section, body);
    return body;
  }

  private readPointers(): Float64Array {
    const code = this.image.sections.filter(({ executable }) => executable);
    const low = Math.min(...code.map(({ address }) => address));
    const high = Math.max(...code.map(({ address, size }) => address + size));
    const found: number[] = [];
    for (const section of this.sections) {
      const body = this.image.body(section);
      const view = new DataView(body.buffer, body.byteOffset, body.length);
      for (let at = (8 - (section.address & 7)) & 7; at + 8 <= body.length; at += 8) {
        const word = view.getInt32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
        if (word >= low && word < high) found.push(word);
      }
      if (section.type === 'rela')
        for (const addend of relativeAddends(body, section.name))
          if (addend >= low && addend < high) found.push(addend);
    }
    return Float64Array.from(found).sort();
  }
}

/**
 *     Elf64_Rela:  r_offset u64 | type u32, symbol u32 | r_addend i64
 */
function* relativeAddends(body: Uint8Array, name: string): Generator<number> {
  const cursor = new Cursor(body, name);
  while (cursor.remaining >= RELA_SIZE) {
    cursor.skip(8);
    const type = cursor.u32();
    cursor.skip(4);
    const addend = cursor.address(8);
    if (type === R_X86_64_RELATIVE) yield addend;
  }
}

const RELA_SIZE = 24;
const R_X86_64_RELATIVE = 8;
