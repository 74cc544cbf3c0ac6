import type { LineStrings, StringSection } from './lineStrings';
import { readTable, type PathReference } from './fileTable';
import { cursorAt, type LineHeader, type LineSections } from './lineUnit';

/**
 * Finds the line tables that name a file with a given basename by comparing bytes, so that the file tables of all
 * other units need not become strings. It may say yes too often (two directories' files of one name, `lex.c` for `x.c`):
 * whoever asks compares whole paths next.
 */
export class BaseName {
  private readonly needle: Buffer;
  private readonly places = new Map<StringSection, readonly Place[]>();

  constructor(
    name: string,
    private readonly sections: LineSections,
  ) {
    this.needle = Buffer.from(`${name}\0`);
  }

  /** @throws DecodeError */
  isIn(header: LineHeader): boolean {
    const { line, strings } = this.sections;
    if (header.unit.version < 5)
      return asBuffer(line.subarray(header.tables, header.program)).includes(this.needle);
    const cursor = cursorAt(line, header.unit, header.tables, header.program);
    const { offsetSize } = header.unit;
    let found = false;
    readTable(cursor, offsetSize, () => undefined);
    readTable(cursor, offsetSize, (path) => (found ||= this.matches(path, strings)));
    return found;
  }

  private matches(path: PathReference, strings: LineStrings): boolean {
    if (path.section === 'inline') return this.ends(path.bytes);
    for (const place of this.placesIn(path.section, strings))
      if (path.offset >= place.start && path.offset <= place.name)
        return path.offset === place.name || place.afterSlash;
    return false;
  }

  private ends(path: Uint8Array): boolean {
    const bytes = asBuffer(path);
    const at = bytes.length - (this.needle.length - 1);
    if (at < 0 || (at > 0 && bytes[at - 1] !== SLASH)) return false;
    return bytes.subarray(at).equals(this.needle.subarray(0, -1));
  }

  /** Every place where a string of the section ends in the name; strings may share their tails. */
  private placesIn(section: StringSection, strings: LineStrings): readonly Place[] {
    const known = this.places.get(section);
    if (known) return known;
    const bytes = asBuffer(strings.bytes(section));
    const places: Place[] = [];
    for (let at = bytes.indexOf(this.needle); at >= 0; at = bytes.indexOf(this.needle, at + 1)) {
      const start = at === 0 ? 0 : bytes.lastIndexOf(0, at - 1) + 1;
      places.push({ start, name: at, afterSlash: at > 0 && bytes[at - 1] === SLASH });
    }
    this.places.set(section, places);
    return places;
  }
}

interface Place {
  /** Where the string that ends in the name starts. */
  readonly start: number;
  /** Where the name starts. */
  readonly name: number;
  readonly afterSlash: boolean;
}

const SLASH = 0x2f;

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
