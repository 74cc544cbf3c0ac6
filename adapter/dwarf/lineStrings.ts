import { Cursor } from '../elf/cursor';
import type { ElfImage } from '../elf/image';

/** The string sections that file tables refer to; each is read when first needed. */
export class LineStrings {
  private readonly sections = new Map<string, Uint8Array>();

  constructor(private readonly image: ElfImage) {}

  bytes(section: StringSection): Uint8Array {
    let bytes = this.sections.get(section);
    if (!bytes) {
      const found = this.image.section(section);
      bytes = found ? this.image.body(found) : new Uint8Array(0);
      this.sections.set(section, bytes);
    }
    return bytes;
  }

  /** @throws DecodeError `outOfRange`, `badEncoding` */
  at(section: StringSection, offset: number): string {
    const cursor = new Cursor(this.bytes(section), section);
    cursor.seek(offset);
    return cursor.string();
  }
}

export type StringSection = '.debug_line_str' | '.debug_str';
