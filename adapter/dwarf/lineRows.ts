import type { FileEntry } from './fileTable';

/**
 * The rows of a line table in columns: thirty million of them a second are decoded, so a row is no object. There are no
 * more of them than the program has bytes, for each takes an opcode.
 *
 *     address  Float64   link-time address
 *     line     Uint32    source line, from 1; 0 = no line
 *     file     Uint32    the `file` register: a number of the unit's FileTable
 *     flags    Uint8     IS_STMT and the others below
 *     column   Uint32    byte in the line, from 1; 0 = no column, or the whole line. Kept where it is asked for.
 */
export class LineRows {
  length = 0;
  address: Float64Array;
  line: Uint32Array;
  file: Uint32Array;
  flags: Uint8Array;
  column: Uint32Array | undefined;
  /** In the order of their addresses once the unit is decoded. */
  sequences: LineSequence[] = [];
  /** Of DW_LNE_define_file: files that come after those of the header. */
  definedFiles: FileEntry[] = [];

  constructor(capacity = FIRST_ROWS) {
    this.address = new Float64Array(capacity);
    this.line = new Uint32Array(capacity);
    this.file = new Uint32Array(capacity);
    this.flags = new Uint8Array(capacity);
  }

  clear(withColumns: boolean): void {
    this.length = 0;
    this.column = withColumns ? (this.column ?? new Uint32Array(this.line.length)) : undefined;
    this.sequences = [];
    this.definedFiles = [];
  }

  grow(): void {
    const capacity = this.length * 2;
    const wider = <T extends Float64Array | Uint32Array | Uint8Array>(column: T, fresh: T): T => {
      fresh.set(column);
      return fresh;
    };
    this.address = wider(this.address, new Float64Array(capacity));
    this.line = wider(this.line, new Uint32Array(capacity));
    this.file = wider(this.file, new Uint32Array(capacity));
    this.flags = wider(this.flags, new Uint8Array(capacity));
    if (this.column) this.column = wider(this.column, new Uint32Array(capacity));
  }

  /** The same rows in columns of just their length, which no later unit will overwrite. */
  kept(): LineRows {
    const rows = new LineRows(this.length);
    rows.length = this.length;
    rows.address.set(this.address.subarray(0, this.length));
    rows.line.set(this.line.subarray(0, this.length));
    rows.file.set(this.file.subarray(0, this.length));
    rows.flags.set(this.flags.subarray(0, this.length));
    rows.column = this.column?.slice(0, this.length);
    rows.sequences = this.sequences;
    return rows;
  }
}

/** Rows of one run of machine code, in address order, up to and including its end_sequence (DWARF 5, 6.2.5.3). */
export interface LineSequence {
  /** First row, and the row of the end_sequence. */
  readonly first: number;
  readonly end: number;
}

/** The is_stmt register. */
export const IS_STMT = 1;
/** The end_sequence register: the address is the first after the sequence, the other registers mean nothing. */
export const END_SEQUENCE = 2;
/** A non-zero discriminator was seen since the line or the file last changed. */
export const DISCRIMINATED = 4;
/** The prologue_end register: a place for a breakpoint at the entry of the function (DWARF 5, 6.2.2). */
export const PROLOGUE_END = 32;
/** Counts as a place of its line; set by `listStatements`. */
export const LISTED = 8;
/** Covers no machine code, because the sequence ends at its address; set by `listStatements`. */
export const NO_CODE = 16;

const FIRST_ROWS = 1 << 12;
