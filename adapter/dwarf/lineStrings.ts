import { Cursor } from '../elf/cursor';
import type { ElfImage } from '../elf/image';

/** The string sections that file tables refer to; each is read when first needed. */
export class LineStrings {
  private readonly sections = new Map<string, StringBytes>();

  constructor(private readonly image: ElfImage) {}

  bytes(section: StringSection): Uint8Array {
    return this.read(section).bytes;
  }

  /** @throws DecodeError `outOfRange`, `badEncoding` */
  at(section: StringSection, offset: number): string {
    const { cursor } = this.read(section);
    cursor.seek(offset);
    return cursor.string();
  }

  private read(section: StringSection): StringBytes {
    let read = this.sections.get(section);
    if (!read) {
      const found = this.image.section(section);
      const bytes = found ? this.image.body(found) : new Uint8Array(0);
      read = { bytes, cursor: new Cursor(bytes, section) };
      this.sections.set(section, read);
    }
    return read;
  }
}

interface StringBytes {
  readonly bytes: Uint8Array;
  readonly cursor: Cursor;
}

export type StringSection = '.debug_line_str' | '.debug_str';
