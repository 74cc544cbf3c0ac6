import type { VirtualAddress } from '../elf/address';
import { FileTable } from './fileTable';
import { decodeRows } from './lineProgram';
import { IS_STMT, LISTED, NO_CODE, PROLOGUE_END, type LineRows, type LineSequence } from './lineRows';
import type { LineHeader, LineSections } from './lineUnit';
import { once } from './once';
import { listStatements } from './statement';

/** The decoded line table of one unit. */
export class LineTable {
  /** What it takes in memory, in rows. */
  readonly weight: number;
  private readonly paths: readonly string[];
  /** The is_stmt rows by the index of their file. */
  private readonly byFile = once(() => this.rowsByFile());

  /** Paths of the files that have rows. */
  readonly files = once(() => this.filesWithRows());

  private constructor(
    /** In .debug_line. */
    readonly offset: number,
    readonly rows: LineRows,
    /** Of each path in `paths`. */
    private readonly indices: ReadonlyMap<string, number>,
    /** For each number of the `file` register the index in `paths`. */
    private readonly fileOf: Uint32Array,
  ) {
    this.paths = [...indices.keys()];
    this.weight = this.paths.reduce((sum, { length }) => sum + length / ROW_BYTES, rows.length);
  }

  /**
   * @param scratch rows to decode into; the table keeps a copy of what they hold then.
   * @param withColumns see `column`.
   * @throws DecodeError
   */
  static decode(
    sections: LineSections,
    header: LineHeader,
    compilationDirectory: string | undefined,
    isCode: (address: VirtualAddress) => boolean,
    scratch: LineRows,
    withColumns = false,
  ): LineTable {
    decodeRows(sections.line, header, isCode, scratch, withColumns);
    const files = FileTable.read(sections.strings, header, compilationDirectory).with(
      scratch.definedFiles,
      header,
    );
    const indexOf = new Map<string, number>();
    const fileOf = new Uint32Array(files.end).fill(NO_FILE);
    for (const [file, path] of files.paths()) {
      const index = indexOf.get(path) ?? indexOf.size;
      indexOf.set(path, index);
      fileOf[file] = index;
    }
    listStatements(scratch, fileOf);
    return new LineTable(header.unit.offset, scratch.kept(), indexOf, fileOf);
  }

  private filesWithRows(): readonly string[] {
    const seen = new Uint8Array(this.paths.length);
    const { file } = this.rows;
    for (let row = 0; row < this.rows.length; row++) seen[this.fileOf[file[row]!] ?? NO_FILE] = 1;
    return this.paths.filter((_, index) => seen[index] === 1);
  }

  /** Index of a file, for the other methods here. */
  indexOf(path: string): number {
    return this.indices.get(path) ?? -1;
  }

  path(row: number): string | undefined {
    return this.paths[this.fileOf[this.rows.file[row]!] ?? NO_FILE];
  }

  /** @param file a number of the `file` register, as DW_AT_decl_file is one. */
  isOfFile(row: number, file: number): boolean {
    const index = this.fileOf[file] ?? NO_FILE;
    return index !== NO_FILE && index === this.fileOf[this.rows.file[row]!];
  }

  line(row: number): number {
    return this.rows.line[row]!;
  }

  get hasColumns(): boolean {
    return this.rows.column !== undefined;
  }

  /** 0 where the compiler gives none; undefined where the table was decoded without columns. */
  column(row: number): number | undefined {
    return this.rows.column?.[row];
  }

  addressOf(row: number): VirtualAddress {
    return this.rows.address[row]! as VirtualAddress;
  }

  /** Are there two listed rows at the row's address? */
  startsTwice(row: number): boolean {
    const { address } = this.rows;
    let listed = 0;
    for (let at = row; at >= 0 && address[at] === address[row]; at--) if (this.isListed(at)) listed++;
    for (let at = row + 1; at < this.rows.length && address[at] === address[row]; at++)
      if (this.isListed(at)) listed++;
    return listed > 1;
  }

  isStatement(row: number): boolean {
    return (this.rows.flags[row]! & IS_STMT) !== 0;
  }

  isListed(row: number): boolean {
    return (this.rows.flags[row]! & LISTED) !== 0;
  }

  /** The is_stmt rows of one file, grouped by line, in the order of lines, each group in the order of addresses. */
  *statements(file: number): Generator<[line: number, rows: readonly number[]]> {
    const { line } = this.rows;
    const rows = [...this.statementRows(file)];
    rows.sort((a, b) => line[a]! - line[b]! || this.byAddress(a, b));
    for (let from = 0; from < rows.length;) {
      let to = from;
      while (to < rows.length && line[rows[to]!] === line[rows[from]!]) to++;
      yield [line[rows[from]!]!, rows.slice(from, to)];
      from = to;
    }
  }

  /** The nearest lines of the file with is_stmt rows, before and after a line; infinite where there is none. */
  linesAround(file: number, wanted: number): { readonly before: number; readonly next: number } {
    const around = { before: -Infinity, next: Infinity };
    for (const row of this.statementRows(file)) {
      const line = this.line(row);
      if (line < wanted) around.before = Math.max(around.before, line);
      if (line > wanted) around.next = Math.min(around.next, line);
    }
    return around;
  }

  /** Adds the columns of those of a file's lines that have is_stmt rows to what is known of each line. */
  addColumns(
    file: number,
    { first, last }: { readonly first: number; readonly last: number },
    columns: Map<number, Set<number>>,
  ): void {
    const { line } = this.rows;
    const matches = (row: number): boolean =>
      line[row]! >= first && line[row]! <= last && this.fileOf[this.rows.file[row]!] === file;
    for (const row of this.statementRows(file))
      if (line[row]! >= first && line[row]! <= last && !columns.has(line[row]!))
        columns.set(line[row]!, new Set());
    for (const row of this.codeRows(matches)) columns.get(line[row]!)?.add(this.column(row) ?? 0);
  }

  /**
   * The rows at a column of a line, in the order of addresses: its is_stmt rows; if it has none there, the others, for
   * clang makes statements of the first row of a line alone.
   */
  columnRows(file: number, wanted: number, column: number): readonly number[] {
    const { line } = this.rows;
    const rows = this.codeRows(
      (row) =>
        line[row] === wanted && this.column(row) === column && this.fileOf[this.rows.file[row]!] === file,
    ).sort((a, b) => this.byAddress(a, b));
    const statements = rows.filter((row) => this.isStatement(row));
    return statements.length > 0 ? statements : rows;
  }

  /** The is_stmt rows of one line, in the order of addresses. */
  statementsOf(file: number, wanted: number): readonly number[] {
    const { line } = this.rows;
    return this.statementRows(file)
      .filter((row) => line[row] === wanted)
      .sort((a, b) => this.byAddress(a, b));
  }

  /**
   * The row that covers an address, with the addresses where it starts and ends (gdb's find_pc_sect_line).
   * @param counts whether a row is one; by default those that are listed
   */
  covering(
    address: VirtualAddress,
    counts = (row: number): boolean => this.isListed(row),
  ): { row: number; start: VirtualAddress; end: VirtualAddress } | undefined {
    const sequence = this.sequenceOf(address);
    if (!sequence) return undefined;
    let row = this.lastAtOrBefore(sequence, address);
    while (row >= sequence.first && !counts(row)) row--;
    if (row < sequence.first) return undefined;
    const start = this.addressOf(row);
    let next = row + 1;
    while (next < sequence.end && (!counts(next) || this.addressOf(next) === start)) next++;
    return { row: this.statementAt(row, sequence), start, end: this.addressOf(next) };
  }

  /** The listed rows at an address, in all sequences: linkers fold functions of the same code into one. */
  rowsAt(address: VirtualAddress): readonly number[] {
    return this.rows.sequences.flatMap(({ first, end }) => {
      const rows: number[] = [];
      for (let row = this.lastAtOrBefore({ first, end }, address); row >= first; row--) {
        if (this.addressOf(row) !== address) break;
        if (this.isListed(row)) rows.push(row);
      }
      return rows;
    });
  }

  /** The first prologue_end of the file that `low` is in, up to `high`. */
  prologueEnd(low: VirtualAddress, high: VirtualAddress): VirtualAddress | undefined {
    const sequence = this.sequenceOf(low);
    const entry = this.covering(low);
    if (!sequence || !entry) return undefined;
    const { address, flags } = this.rows;
    for (let row = this.firstAt(sequence, low); row < sequence.end && address[row]! < high; row++)
      if (
        (flags[row]! & (LISTED | PROLOGUE_END)) === (LISTED | PROLOGUE_END) &&
        this.path(row) === this.path(entry.row)
      )
        return this.addressOf(row);
    return undefined;
  }

  /** Of several listed rows at one address the last is_stmt one, otherwise the last. */
  private statementAt(last: number, sequence: LineSequence): number {
    for (let row = last; row >= sequence.first && this.addressOf(row) === this.addressOf(last); row--)
      if (this.isListed(row) && this.isStatement(row)) return row;
    return last;
  }

  private sequenceOf(address: VirtualAddress): LineSequence | undefined {
    const { sequences } = this.rows;
    let low = 0;
    for (let high = sequences.length; low < high;) {
      const middle = (low + high) >> 1;
      if (this.addressOf(sequences[middle]!.first) <= address) low = middle + 1;
      else high = middle;
    }
    const sequence = sequences[low - 1];
    return sequence && address < this.addressOf(sequence.end) ? sequence : undefined;
  }

  private firstAt(sequence: LineSequence, address: VirtualAddress): number {
    let row = this.lastAtOrBefore(sequence, address);
    while (row > sequence.first && this.addressOf(row - 1) >= address) row--;
    return this.addressOf(row) < address ? row + 1 : row;
  }

  private lastAtOrBefore({ first, end }: LineSequence, address: VirtualAddress): number {
    let low = first;
    for (let high = end; low < high;) {
      const middle = (low + high) >> 1;
      if (this.addressOf(middle) <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private statementRows(file: number): readonly number[] {
    return this.byFile().get(file) ?? [];
  }

  private rowsByFile(): ReadonlyMap<number, readonly number[]> {
    const found = new Map<number, number[]>();
    const { file, flags, line, sequences } = this.rows;
    for (const { first, end } of sequences)
      for (let row = first; row < end; row++) {
        if ((flags[row]! & (IS_STMT | NO_CODE)) !== IS_STMT || line[row] === 0) continue;
        const index = this.fileOf[file[row]!] ?? NO_FILE;
        const rows = found.get(index);
        if (rows === undefined) found.set(index, [row]);
        else rows.push(row);
      }
    return found;
  }

  private codeRows(matches: (row: number) => boolean): number[] {
    const found: number[] = [];
    const { flags, line, sequences } = this.rows;
    for (const { first, end } of sequences)
      for (let row = first; row < end; row++)
        if ((flags[row]! & NO_CODE) === 0 && line[row] !== 0 && matches(row)) found.push(row);
    return found;
  }

  private byAddress(a: number, b: number): number {
    return this.rows.address[a]! - this.rows.address[b]! || a - b;
  }
}

const NO_FILE = 0xffffffff;
/** Of LineRows. */
const ROW_BYTES = 17;
