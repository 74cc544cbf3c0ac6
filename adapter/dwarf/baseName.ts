import { namesFilesIn } from './fileTable';
import type { StringSection } from './lineStrings';
import type { LineHeader, LineSections } from './lineUnit';
import { WordSearch } from './wordSearch';

/**
 * Finds the line tables that name a file with a given basename by comparing bytes, so that the file tables of all
 * other units need not be decoded. It may say yes too often (two directories' files of one name, `lex.c` for `x.c`, a
 * number that looks like a string's offset): whoever asks compares whole paths next.
 */
export class BaseName {
  private readonly needle: Buffer;
  private readonly offsets = new Map<StringSection, WordSearch>();

  constructor(
    name: string,
    private readonly sections: LineSections,
  ) {
    this.needle = Buffer.from(`${name}\0`);
  }

  isIn(header: LineHeader): boolean {
    const { unit, tables } = header;
    const bytes = asBuffer(header.bytes.subarray(tables - unit.offset));
    if (bytes.includes(this.needle)) return true;
    if (unit.version < 5) return false;
    if (this.refersTo('.debug_line_str', bytes)) return true;
    if (!bytes.includes(PATH_BY_STRP) || !namesFilesIn('.debug_str', header)) return false;
    return this.refersTo('.debug_str', bytes); // large, and few tables refer to it
  }

  private refersTo(section: StringSection, bytes: Uint8Array): boolean {
    let offsets = this.offsets.get(section);
    if (offsets === undefined) {
      offsets = new WordSearch(this.offsetsIn(section));
      this.offsets.set(section, offsets);
    }
    return offsets.isIn(bytes);
  }

  /** Offsets of all strings of a section that end in the name; strings may share their tails. */
  private *offsetsIn(section: StringSection): Generator<number> {
    const bytes = asBuffer(this.sections.strings.bytes(section));
    for (let at = bytes.indexOf(this.needle); at >= 0; at = bytes.indexOf(this.needle, at + 1)) {
      yield at;
      if (bytes[at - 1] !== SLASH) continue;
      for (let start = at - 1; start >= 0 && bytes[start] !== 0; start--) yield start;
    }
  }
}

/** DW_LNCT_path, DW_FORM_strp: as an entry format that refers to .debug_str has it (DWARF 5, 6.2.4.1). */
const PATH_BY_STRP = Buffer.of(0x01, 0x0e);
const SLASH = 0x2f;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
