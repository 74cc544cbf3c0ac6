import { posix } from 'node:path';
import { virtualAddress, type VirtualAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import { AddressSpans } from './addressSpans';
import { BaseName } from './baseName';
import { BreakpointRule } from './breakpoint';
import type { DebugInfo, FunctionMatch } from './debugInfo';
import { FileTable } from './fileTable';
import { nextLineSites, type FileInTable } from './lineGap';
import { decodeRows } from './lineProgram';
import { LineRows } from './lineRows';
import type { ColumnQuestion, LineGap, LineResolution, LineSite, Position } from './lineSite';
import { LineSectionReader } from './lineSection';
import { LineStrings } from './lineStrings';
import { LineTable } from './lineTable';
import { lineUnits, readLineHeader, type LineHeader, type LineSections } from './lineUnit';
import { once } from './once';
import { StatementRows } from './statementRows';
import { tolerant } from './tolerance';
import { UndescribedCode } from './undescribedCode';

/**
 * Source lines and machine addresses of one program: .debug_line and what it needs of .debug_info. Units are found by
 * comparing bytes and decoded when they have to do with what is asked, so that cost grows with the question. Damaged
 * units are left out.
 */
export class LineTables {
  private readonly sections: LineSections;
  private readonly rule: BreakpointRule;
  private readonly code: AddressSpans<true>;
  private readonly scratch = new LineRows();
  /** The last decoded tables by their offsets, the latest last. */
  private readonly tables = new Map<number, LineTable>();
  private headers: readonly LineHeader[] | undefined;
  /** By basename, the headers that name such a file. */
  private readonly naming = new Map<string, readonly LineHeader[]>();

  /** @param program the image that has the machine code, where `image` is a separate debug file. */
  constructor(
    image: ElfImage,
    private readonly info: DebugInfo | undefined,
    program: ElfImage = image,
    undescribed = new UndescribedCode([image, program], program),
  ) {
    const line = image.section('.debug_line');
    this.sections = {
      line: line ? new LineSectionReader(image, line) : new Uint8Array(0),
      strings: new LineStrings(image),
    };
    this.rule = new BreakpointRule(info, undescribed, program);
    this.code = new AddressSpans(
      program.sections
        .filter((section) => section.executable)
        .map(({ address, size }) => ({ low: address, high: virtualAddress(address + size), holder: true })),
    );
  }

  /**
   * The sites of a source line.
   * @param file absolute path, relative path or basename: the last components of the path in the line table.
   */
  resolve(file: string, line: number, { column, withColumns = false }: ColumnQuestion = {}): LineResolution {
    if (column !== undefined) {
      const resolution = this.resolveAt(file, line, column);
      if (resolution) return resolution;
    }
    const found = new Map<string, LineSite[]>();
    for (const { table, path } of this.tablesNaming(file, withColumns)) {
      const sites = this.rule.sites(table, table.statementsOf(table.indexOf(path), line), line);
      found.set(path, (found.get(path) ?? []).concat(sites));
    }
    const paths = [...found.keys()].sort();
    const [path] = paths;
    if (path === undefined) return { ok: false, gap: this.gapOf(file) };
    if (paths.length > 1) return { ok: false, gap: { code: 'ambiguousFile', files: paths } };
    const sites = distinct(found.get(path)!);
    if (sites.length > 0) return { ok: true, sites };
    return nextLineSites(() => this.tablesNaming(path, withColumns), line, this.rule);
  }

  /**
   * The places of one file's lines, from the first of `lines` to the last, in their order: the columns of a line that has
   * several statements, otherwise its one column. The rows alone are asked, not the rule: cheap for whole files.
   */
  positions(file: string, lines: { readonly first: number; readonly last: number }): readonly Position[] {
    const found = new Map<number, Set<number>>();
    for (const { table, path } of this.tablesNaming(file, true))
      table.addColumns(table.indexOf(path), lines, found);
    return [...found]
      .sort(([a], [b]) => a - b)
      .flatMap(([line, columns]) => [...columns].sort((a, b) => a - b).map((column) => ({ line, column })));
  }

  /**
   * Every line with code, of one file (as in `resolve`; all files that fit) or of the program, by the same rule.
   * Comes unit by unit, so a line of a header file comes once for each unit that has it.
   */
  *statements(file?: string, withColumns = false): Generator<LineSite> {
    for (const { table, path } of this.tablesNaming(file, withColumns))
      for (const [line, rows] of table.statements(table.indexOf(path)))
        yield* distinct(this.rule.sites(table, rows, line));
  }

  /** Absolute paths of the files with code whose path ends in the components of `file`. */
  filesNaming(file: string): readonly string[] {
    return [...new Set([...this.tablesNaming(file)].map(({ path }) => path))];
  }

  /** Is there code of a file, named as in `resolve`? */
  has(file: string): boolean {
    return this.tablesNaming(file).next().done !== true;
  }

  /** Every is_stmt row of the program, unit by unit. They are gone when anything else is asked. */
  *rows(withColumns = false): Generator<StatementRows> {
    for (const header of this.allHeaders()) {
      const decoded = tolerant(() => this.decodeInto(this.scratch, header, withColumns));
      if (!decoded) continue;
      const { definedFiles } = decoded;
      yield new StatementRows(
        decoded,
        once(() => tolerant(() => this.filesOf(header)?.with(definedFiles, header))),
      );
    }
  }

  /** Absolute paths of all files that the line tables name, also of those without code. */
  files(): readonly string[] {
    const paths = new Set<string>();
    for (const header of this.allHeaders())
      for (const [, path] of this.filesOf(header)?.paths() ?? []) paths.add(path);
    return [...paths];
  }

  /**
   * The line that an address belongs to.
   * @param of the function that is meant, where there may be several of the same code
   */
  locate(
    address: VirtualAddress,
    of?: Pick<FunctionMatch, 'scope' | 'unit'>,
  ): { readonly file: string; readonly line: number } | undefined {
    return (of && this.locateIn(address, of)) ?? this.covering(address)?.place;
  }

  private locateIn(
    address: VirtualAddress,
    { scope, unit }: Pick<FunctionMatch, 'scope' | 'unit'>,
  ): { readonly file: string; readonly line: number } | undefined {
    const header = this.allHeaders().find((candidate) => candidate.unit.offset === unit.lineOffset);
    const table = header && this.decode(header);
    const row = table
      ?.rowsAt(address)
      .find((candidate) => this.rule.declaredAbove(table, candidate)?.scope === scope);
    const file = row === undefined ? undefined : table?.path(row);
    return file === undefined ? undefined : { file, line: table!.line(row!) };
  }

  /** Does an instruction start there, by the compiler's word: is it the address of a row? */
  isRow(address: VirtualAddress): boolean {
    return this.covering(address)?.start === address;
  }

  private covering(
    address: VirtualAddress,
  ): { start: VirtualAddress; place: { file: string; line: number } } | undefined {
    const offset = this.info?.unitAt(address)?.lineOffset;
    for (const header of this.allHeaders()) {
      if (offset !== undefined && header.unit.offset !== offset) continue;
      const table = this.decode(header);
      const covering = table?.covering(address);
      const file = covering && table?.path(covering.row);
      if (table && covering && file !== undefined)
        return { start: covering.start, place: { file, line: table.line(covering.row) } };
    }
    return undefined;
  }

  /** Undefined where the file, or one of the files so called, has nothing at the column of the line. */
  private resolveAt(file: string, line: number, column: number): LineResolution | undefined {
    const files = new Set<string>();
    const sites: LineSite[] = [];
    for (const { table, path } of this.tablesNaming(file, true)) {
      files.add(path);
      const rows = table.columnRows(table.indexOf(path), line, column);
      sites.push(...this.rule.sites(table, rows, line));
    }
    return sites.length > 0 && files.size === 1 ? { ok: true, sites: distinct(sites) } : undefined;
  }

  /** Unit by unit the files with code, all or those whose path ends in the components of `file`. */
  private *tablesNaming(file: string | undefined, withColumns = false): Generator<FileInTable> {
    for (const header of file === undefined ? this.allHeaders() : this.headersNaming(posix.basename(file))) {
      const table = this.decode(header, withColumns);
      if (!table) continue;
      for (const path of table.files()) if (file === undefined || fits(path, file)) yield { table, path };
    }
  }

  private headersNaming(name: string): readonly LineHeader[] {
    let headers = this.naming.get(name);
    if (headers === undefined) {
      const base = new BaseName(name, this.sections);
      headers = this.allHeaders().filter((header) => base.isIn(header));
      this.naming.set(name, headers);
    }
    return headers;
  }

  /**
   * Of a file without code: a header of declarations, code that the linker dropped, or no file of the program at all. What
   * is similar takes all file tables, and is looked for when it is asked for.
   */
  private gapOf(file: string): LineGap {
    for (const header of this.headersNaming(posix.basename(file)))
      for (const [, path] of this.filesOf(header)?.paths() ?? [])
        if (fits(path, file)) return { code: 'noCode', nearest: [] };
    const similar = once(() => this.similar(file));
    return {
      code: 'noSuchFile',
      get similar() {
        return similar();
      },
    };
  }

  private similar(file: string): readonly string[] {
    const wanted = posix.basename(file).toLowerCase();
    const stem = wanted.replace(/\..*/, '');
    const distance = (path: string): number => {
      const name = posix.basename(path).toLowerCase();
      if (name === wanted) return 0;
      if (name.replace(/\..*/, '') === stem) return 1;
      return stem !== '' && name.startsWith(stem) ? 2 : 3;
    };
    return this.files()
      .filter((path) => distance(path) < 3)
      .sort((a, b) => distance(a) - distance(b) || (a < b ? -1 : 1))
      .slice(0, MAX_SIMILAR);
  }

  private decode(header: LineHeader, withColumns = false): LineTable | undefined {
    const { offset } = header.unit;
    const kept = this.tables.get(offset);
    const table =
      (kept && (kept.hasColumns || !withColumns) ? kept : undefined) ??
      tolerant(() =>
        LineTable.decode(
          this.sections,
          header,
          this.directoryOf(header),
          (at) => this.isCode(at),
          this.scratch,
          withColumns,
        ),
      );
    if (!table) return undefined;
    this.tables.delete(offset);
    this.tables.set(offset, table);
    this.forgetOldest();
    return table;
  }

  private decodeInto(rows: LineRows, header: LineHeader, withColumns: boolean): LineRows {
    decodeRows(this.sections.line, header, (at) => this.isCode(at), rows, withColumns);
    return rows;
  }

  private filesOf(header: LineHeader): FileTable | undefined {
    return tolerant(() => FileTable.read(this.sections.strings, header, this.directoryOf(header)));
  }

  private forgetOldest(): void {
    let rows = 0;
    for (const table of this.tables.values()) rows += table.weight;
    for (const [offset, table] of this.tables) {
      if (rows <= MAX_KEPT_ROWS) return;
      rows -= table.weight;
      this.tables.delete(offset);
    }
  }

  private allHeaders(): readonly LineHeader[] {
    const { line } = this.sections;
    if (this.headers) return this.headers;
    const headers: LineHeader[] = [];
    tolerant(() => {
      for (const unit of lineUnits(line)) {
        const header = tolerant(() => readLineHeader(line, unit));
        if (header) headers.push(header);
      }
    });
    this.headers = headers;
    return headers;
  }

  private directoryOf({ unit }: LineHeader): string | undefined {
    // Version 5 has the compilation directory as its directory 0.
    return unit.version >= 5 ? undefined : this.info?.unitOfLineTable(unit.offset)?.compilationDirectory;
  }

  private isCode(address: VirtualAddress): boolean {
    return address !== 0 && this.code.at(address) === true;
  }
}

/** Is `file` the path, or its last components? */
function fits(path: string, file: string): boolean {
  const wanted = posix.normalize(file);
  return path === wanted || (!wanted.startsWith('/') && path.endsWith(`/${wanted}`));
}

/** Without sites whose address came before: one prologue may be the end of several blocks' first rows. */
function distinct(sites: readonly LineSite[]): LineSite[] {
  const addresses = new Set<VirtualAddress>();
  return sites.filter(({ address }) => !addresses.has(address) && addresses.add(address));
}

const MAX_SIMILAR = 5;
/** 17 bytes each, 21 with columns, and 8 for is_stmt rows once a file is asked for. */
const MAX_KEPT_ROWS = 1 << 21;
