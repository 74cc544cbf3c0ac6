import { posix } from 'node:path';
import type { Cursor } from '../elf/cursor';
import { tablesCursor, type LineHeader } from './lineUnit';
import type { StringSection } from './lineStrings';
import { tolerant } from './tolerance';

/** The directories and files of one unit's line table (DWARF 5, 6.2.4.1; versions 2 to 4: 6.2.4 items 11 and 12). */
export class FileTable {
  private constructor(
    /** Normalised absolute paths. */
    private readonly directories: readonly string[],
    private readonly entries: readonly FileEntry[],
    /** Index of the first file in the program's `file` register: 0 in version 5, 1 before. */
    private readonly base: 0 | 1,
  ) {}

  /** The characters of all paths together. */
  private get length(): number {
    return this.entries.reduce(
      (sum, { name, directory }) => sum + name.length + (this.directories[directory]?.length ?? 0),
      0,
    );
  }

  /**
   * @param compilationDirectory DW_AT_comp_dir; what relative directories are relative to.
   * @throws DecodeError
   */
  static read(strings: PathStrings, header: LineHeader, compilationDirectory: string | undefined): FileTable {
    const cursor = tablesCursor(header);
    const table =
      header.unit.version >= 5
        ? FileTable.readVersion5(cursor, header, strings, compilationDirectory)
        : FileTable.readVersion4(cursor, compilationDirectory ?? '');
    if (table.length > MAX_PATH_LENGTH) throw cursor.error('tooLarge', 'paths');
    return table;
  }

  /** Versions 2 to 4. */
  private static readVersion4(cursor: Cursor, base: string): FileTable {
    const directories = [posix.resolve('/', base)];
    const budget = new PathBudget(cursor);
    for (let name = cursor.string(); name !== ''; name = cursor.string())
      directories.push(budget.spent(posix.resolve('/', base, name)));
    const entries: FileEntry[] = [];
    for (let name = cursor.string(); name !== ''; name = cursor.string())
      entries.push(readEntry(cursor, name));
    return new FileTable(directories, entries, 1);
  }

  private static readVersion5(
    cursor: Cursor,
    header: LineHeader,
    strings: PathStrings,
    compilationDirectory: string | undefined,
  ): FileTable {
    const { offsetSize } = header.unit;
    const budget = new PathBudget(cursor);
    const names: string[] = [];
    readTable(cursor, offsetSize, (path) => names.push(budget.spent(textOf(path, strings))));
    const base = posix.resolve('/', compilationDirectory ?? '', names[0] ?? '');
    const entries: FileEntry[] = [];
    readTable(cursor, offsetSize, (path, directory) =>
      entries.push({ name: budget.spent(textOf(path, strings)), directory }),
    );
    return new FileTable(
      names.map((name, index) => budget.spent(index === 0 ? base : posix.resolve(base, name))),
      entries,
      0,
    );
  }

  /** The same, and after them those that the program defines by DW_LNE_define_file. @throws DecodeError `tooLarge` */
  with(defined: readonly FileEntry[], header: LineHeader): FileTable {
    if (defined.length === 0) return this;
    const table = new FileTable(this.directories, this.entries.concat(defined), this.base);
    if (table.length > MAX_PATH_LENGTH) throw tablesCursor(header).error('tooLarge', 'paths');
    return table;
  }

  /** One more than the highest value of the program's `file` register that names a file. */
  get end(): number {
    return this.base + this.entries.length;
  }

  /** Normalised absolute path of the file with this number; undefined if there is none. */
  path(file: number): string | undefined {
    const entry = this.entries[file - this.base];
    return entry && pathIn(this.directories[entry.directory] ?? '/', entry.name);
  }

  /** The paths of all files, by number. */
  *paths(): Generator<[number: number, path: string]> {
    for (let file: number = this.base; file < this.end; file++) yield [file, this.path(file)!];
  }
}

/** Units have thousands of files, whose names mostly are plain. */
const pathIn = (directory: string, name: string): string =>
  PLAIN_NAME.test(name) && directory !== '/' ? `${directory}/${name}` : posix.resolve(directory, name);

/** Few bytes may give much text: entries that share a long string, or a long directory. */
class PathBudget {
  private length = 0;

  constructor(private readonly cursor: Cursor) {}

  /** @throws DecodeError `tooLarge` */
  spent(path: string): string {
    this.length += path.length;
    if (this.length > MAX_PATH_LENGTH) throw this.cursor.error('tooLarge', 'paths');
    return path;
  }
}

/** What the forms of paths lead to. */
interface PathStrings {
  /** @throws DecodeError `outOfRange`, `badEncoding` */
  at(section: StringSection, offset: number): string;
}

export interface FileEntry {
  readonly name: string;
  readonly directory: number;
}

/** The rest of a file entry of versions 2 to 4: directory, time, length. */
export function readEntry(cursor: Cursor, name: string): FileEntry {
  const directory = cursor.uleb();
  cursor.ulebBig();
  cursor.ulebBig();
  return { name, directory };
}

/** A DW_LNCT_path, not read yet: where its bytes are. */
type PathReference =
  | { readonly section: StringSection; readonly offset: number }
  | { readonly section: 'inline'; readonly bytes: Uint8Array };

const textOf = (path: PathReference, strings: PathStrings): string =>
  path.section === 'inline'
    ? Buffer.from(path.bytes).toString('utf8')
    : strings.at(path.section, path.offset);

/** Does a table of version 5 have the names of its files in that section? A damaged one does not. */
export function namesFilesIn(section: StringSection, header: LineHeader): boolean {
  const formats = tolerant(() => {
    const cursor = tablesCursor(header);
    readTable(cursor, header.unit.offsetSize, () => undefined); // directories
    return readFormats(cursor);
  });
  return formats?.some(({ type, form }) => type === DW_LNCT_path && STRING_FORMS[form] === section) === true;
}

interface EntryFormat {
  /** DW_LNCT_ */
  readonly type: number;
  /** DW_FORM_ */
  readonly form: number;
}

function readFormats(cursor: Cursor): EntryFormat[] {
  const formats: EntryFormat[] = [];
  for (let count = cursor.u8(); count > 0; count--)
    formats.push({ type: cursor.uleb(), form: cursor.uleb() });
  return formats;
}

/**
 * A directory or file table of version 5: the entry format, the count, the entries.
 * @throws DecodeError `badForm`, `badEncoding`, `truncated`
 */
function readTable(
  cursor: Cursor,
  offsetSize: 4 | 8,
  each: (path: PathReference, directory: number) => void,
): void {
  const formats = readFormats(cursor);
  const count = cursor.uleb();
  // Each field takes a byte at least, so this bounds the loop by the table's own length.
  if (count * Math.max(formats.length, 1) > cursor.remaining)
    throw cursor.error('badEncoding', `${count} entries`);
  for (let i = 0; i < count; i++) {
    let path: PathReference = NO_PATH;
    let directory = 0;
    for (const { type, form } of formats) {
      if (type === DW_LNCT_path) path = readPath(cursor, form, offsetSize);
      else if (type === DW_LNCT_directory_index) directory = readNumber(cursor, form);
      else skipForm(cursor, form, offsetSize);
    }
    each(path, directory);
  }
}

function readPath(cursor: Cursor, form: number, offsetSize: 4 | 8): PathReference {
  if (form === DW_FORM_string) return { section: 'inline', bytes: cursor.stringBytes() };
  const section = STRING_FORMS[form];
  if (!section) throw cursor.error('badForm', `DW_LNCT_path of form 0x${form.toString(16)}`);
  return { section, offset: cursor.sectionOffset(offsetSize) };
}

function readNumber(cursor: Cursor, form: number): number {
  if (form === DW_FORM_udata) return cursor.uleb();
  if (form === DW_FORM_data1) return cursor.u8();
  if (form === DW_FORM_data2) return cursor.u16();
  throw cursor.error('badForm', `DW_LNCT_directory_index of form 0x${form.toString(16)}`);
}

/** Over a field that is not needed: time, size, MD5, vendors' own. */
function skipForm(cursor: Cursor, form: number, offsetSize: 4 | 8): void {
  const size = FIXED_SIZES[form];
  if (size !== undefined) cursor.skip(size);
  else if (form === DW_FORM_udata) cursor.ulebBig();
  else if (form === DW_FORM_string) cursor.stringBytes();
  else if (form === DW_FORM_block) cursor.skip(cursor.uleb());
  else if (STRING_FORMS[form]) cursor.skip(offsetSize);
  else throw cursor.error('badForm', `0x${form.toString(16)} in a line table`);
}

const NO_PATH: PathReference = { section: 'inline', bytes: new Uint8Array(0) };

const PLAIN_NAME = /^[^/.][^/]*$/;
/** Characters of the directories of a unit, and of the paths of its files. */
const MAX_PATH_LENGTH = 1 << 25;

// DWARF 5, 7.22 and 7.5.6.
const DW_LNCT_path = 1;
const DW_LNCT_directory_index = 2;
const DW_FORM_data2 = 0x05;
const DW_FORM_string = 0x08;
const DW_FORM_block = 0x09;
const DW_FORM_data1 = 0x0b;
const DW_FORM_udata = 0x0f;
const STRING_FORMS: Readonly<Record<number, StringSection>> = { 0x0e: '.debug_str', 0x1f: '.debug_line_str' };
/** data1, data2, data4, data8, data16. */
const FIXED_SIZES: Readonly<Record<number, number>> = { 0x0b: 1, 0x05: 2, 0x06: 4, 0x07: 8, 0x1e: 16 };
