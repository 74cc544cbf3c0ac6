import type { VirtualAddress } from '../elf/address';
import type { Cursor } from '../elf/cursor';
import { readEntry } from './fileTable';
import type { LineSection } from './lineSection';
import { programCursor, type LineHeader } from './lineUnit';
import { DISCRIMINATED, END_SEQUENCE, IS_STMT, PROLOGUE_END, type LineRows } from './lineRows';

/**
 * Runs a line number program (DWARF 5, 6.2.5) and leaves its rows in `rows`, sequence after sequence. Sequences that
 * do not start in machine code (functions that the linker dropped: clang and gcc leave address 0 or a tombstone) and
 * those whose addresses go backwards are left out.
 * @param withColumns keeps the columns too, which few questions are about.
 * @throws DecodeError `truncated`, `badEncoding`
 */
export function decodeRows(
  section: LineSection,
  header: LineHeader,
  isCode: (address: VirtualAddress) => boolean,
  rows: LineRows,
  withColumns = false,
): void {
  rows.clear(withColumns);
  new LineMachine(section.subarray(header.unit.offset, header.unit.end), header, isCode, rows).run();
  const { address } = rows;
  rows.sequences.sort((a, b) => address[a.first]! - address[b.first]! || a.first - b.first);
}

/** The registers of DWARF 5, 6.2.2, as far as a breakpoint needs them, and the loop over the opcodes. */
class LineMachine {
  private address = 0;
  private file = 1;
  private line = 1;
  private column = 0;
  private isStmt: number;
  private discriminator = 0;
  /** PROLOGUE_END or 0. */
  private prologueEnd = 0;
  /** DISCRIMINATED or 0, by the rule of gdb's dwarf2/read.c (lnp_state_machine). */
  private discriminated = 0;
  /** First row of the sequence that is being decoded. */
  private first = 0;
  private ordered = true;

  /** In the unit: of the next byte, and of the byte after the program. */
  private position: number;
  private readonly end: number;
  private readonly cursor: Cursor;
  /** What each special opcode adds to `address` and `line` (DWARF 5, 6.2.5.1). */
  private readonly addressAdvance = new Uint32Array(256);
  private readonly lineAdvance = new Int32Array(256);

  constructor(
    private readonly unit: Uint8Array,
    private readonly header: LineHeader,
    private readonly isCode: (address: VirtualAddress) => boolean,
    private readonly rows: LineRows,
  ) {
    this.position = header.program - header.unit.offset;
    this.end = unit.length;
    this.cursor = programCursor(unit, header);
    this.isStmt = header.defaultIsStmt ? IS_STMT : 0;
    for (let opcode = header.opcodeBase; opcode < 256; opcode++) {
      const adjusted = opcode - header.opcodeBase;
      this.addressAdvance[opcode] = Math.floor(adjusted / header.lineRange) * header.minimumInstructionLength;
      this.lineAdvance[opcode] = header.lineBase + (adjusted % header.lineRange);
    }
  }

  run(): void {
    const { unit, end } = this;
    const { opcodeBase } = this.header;
    while (this.position < end) {
      const opcode = unit[this.position++]!;
      if (opcode >= opcodeBase) {
        this.address += this.addressAdvance[opcode]!;
        this.advanceLine(this.lineAdvance[opcode]!);
        this.append(0);
      } else {
        this.standard(opcode);
      }
    }
    this.rows.length = this.first; // rows without an end_sequence belong to no sequence
  }

  /** DWARF 5, 6.2.5.2. A switch, not a table of functions: half of all opcodes come here, and V8 inlines it. */
  private standard(opcode: number): void {
    switch (opcode) {
      case EXTENDED:
        this.extended();
        return;
      case DW_LNS_copy:
        this.append(0);
        return;
      case DW_LNS_advance_pc:
        this.address += this.uleb() * this.header.minimumInstructionLength;
        return;
      case DW_LNS_advance_line:
        this.advanceLine(this.sleb());
        return;
      case DW_LNS_set_file:
        this.file = this.uleb();
        this.discriminated = this.discriminator !== 0 ? DISCRIMINATED : 0;
        return;
      case DW_LNS_set_column:
        this.column = this.uleb();
        return;
      case DW_LNS_negate_stmt:
        this.isStmt ^= IS_STMT;
        return;
      case DW_LNS_const_add_pc:
        this.address += this.addressAdvance[255]!;
        return;
      case DW_LNS_fixed_advance_pc:
        this.address += this.through((cursor) => cursor.u16());
        return;
      case DW_LNS_set_prologue_end:
        this.prologueEnd = PROLOGUE_END;
        return;
      default: // does nothing here, or is not known: the header has the number of its ULEB128 operands
        for (let count = this.header.operandCounts[opcode]!; count > 0; count--) this.uleb();
    }
  }

  /** DWARF 5, 6.2.5.3: length | opcode | operands. An unknown one is skipped by its length. */
  private extended(): void {
    const length = this.uleb();
    if (length === 0) return;
    const start = this.position;
    const opcode = this.unit[start];
    if (length > this.end - start) throw this.cursor.error('truncated', 'extended opcode');
    this.position++;
    if (opcode === DW_LNE_end_sequence) this.endSequence();
    else if (opcode === DW_LNE_set_address)
      this.address = this.through((cursor) => cursor.address(length - 1));
    else if (opcode === DW_LNE_set_discriminator) {
      this.discriminator = this.uleb();
      if (this.discriminator !== 0) this.discriminated = DISCRIMINATED;
    } else if (opcode === DW_LNE_define_file && this.header.unit.version < 5) this.defineFile();
    this.position = start + length;
  }

  /** DWARF 4, 6.2.5.3; version 5 has no such opcode. */
  private defineFile(): void {
    this.cursor.seek(this.header.unit.offset + this.position);
    this.rows.definedFiles.push(readEntry(this.cursor, this.cursor.string()));
  }

  /** One byte is the rule; the cursor reads the rest, and whatever would leave the unit. */
  private uleb(): number {
    const byte = this.unit[this.position]!;
    if (byte >= 0x80 || this.position >= this.end) return this.through((cursor) => cursor.uleb());
    this.position++;
    return byte;
  }

  private sleb(): number {
    const byte = this.unit[this.position]!;
    if (byte >= 0x80 || this.position >= this.end) return this.through((cursor) => cursor.sleb());
    this.position++;
    return (byte << 25) >> 25;
  }

  private through(read: (cursor: Cursor) => number): number {
    const { offset } = this.header.unit;
    this.cursor.seek(offset + this.position);
    const value = read(this.cursor);
    this.position = this.cursor.offset - offset;
    return value;
  }

  private advanceLine(delta: number): void {
    if (delta === 0) return;
    this.line += delta;
    this.discriminated = this.discriminator !== 0 ? DISCRIMINATED : 0;
  }

  private append(endSequence: number): void {
    const { rows, address } = this;
    const row = rows.length;
    if (row === rows.line.length) rows.grow();
    if (row > this.first && address < rows.address[row - 1]!) this.ordered = false;
    rows.address[row] = address;
    rows.line[row] = this.line;
    rows.file[row] = this.file;
    if (rows.column !== undefined) rows.column[row] = this.column;
    rows.flags[row] = this.isStmt | this.discriminated | this.prologueEnd | endSequence;
    rows.length = row + 1;
    this.discriminator = 0;
    this.prologueEnd = 0;
  }

  private endSequence(): void {
    this.append(END_SEQUENCE);
    const { rows, first } = this;
    const end = rows.length - 1;
    if (this.ordered && end > first && this.isCode(rows.address[first] as VirtualAddress))
      rows.sequences.push({ first, end });
    else rows.length = first;
    this.first = rows.length;
    this.ordered = true;
    this.address = 0;
    this.file = 1;
    this.line = 1;
    this.column = 0;
    this.isStmt = this.header.defaultIsStmt ? IS_STMT : 0;
    this.discriminated = 0;
  }
}

// DWARF 5, 7.22.
const DW_LNS_copy = 1;
const DW_LNS_advance_pc = 2;
const DW_LNS_advance_line = 3;
const DW_LNS_set_file = 4;
const DW_LNS_set_column = 5;
const DW_LNS_negate_stmt = 6;
const DW_LNS_const_add_pc = 8;
const DW_LNS_fixed_advance_pc = 9;
const DW_LNS_set_prologue_end = 10;
/** The byte before an extended opcode. */
const EXTENDED = 0;
const DW_LNE_end_sequence = 1;
const DW_LNE_set_address = 2;
const DW_LNE_define_file = 3;
const DW_LNE_set_discriminator = 4;
