import type { VirtualAddress } from '../elf/address';
import type { Cursor } from '../elf/cursor';
import { cursorAt, type LineHeader } from './lineUnit';
import { DISCRIMINATED, END_SEQUENCE, IS_STMT, type LineRows } from './lineRows';

/**
 * Runs a line number program (DWARF 5, 6.2.5) and leaves its rows in `rows`, sequence after sequence. Sequences that
 * do not start in machine code (functions that the linker dropped: clang and gcc leave address 0 or a tombstone) and
 * those whose addresses go backwards are left out.
 * @throws DecodeError `truncated`, `badEncoding`
 */
export function decodeRows(
  section: Uint8Array,
  header: LineHeader,
  isCode: (address: VirtualAddress) => boolean,
  rows: LineRows,
): void {
  rows.clear();
  new LineMachine(section, header, isCode, rows).run();
  const { address } = rows;
  rows.sequences.sort((a, b) => address[a.first]! - address[b.first]! || a.first - b.first);
}

/** The registers of DWARF 5, 6.2.2, as far as a breakpoint needs them, and the loop over the opcodes. */
class LineMachine {
  private address = 0;
  private file = 1;
  private line = 1;
  private isStmt: number;
  private discriminator = 0;
  /** DISCRIMINATED or 0, by the rule of gdb's dwarf2/read.c (lnp_state_machine). */
  private discriminated = 0;
  /** First row of the sequence that is being decoded. */
  private first = 0;
  private ordered = true;

  private readonly cursor: Cursor;
  /** What each special opcode adds to `address` and `line` (DWARF 5, 6.2.5.1). */
  private readonly addressAdvance = new Uint32Array(256);
  private readonly lineAdvance = new Int32Array(256);

  constructor(
    private readonly section: Uint8Array,
    private readonly header: LineHeader,
    private readonly isCode: (address: VirtualAddress) => boolean,
    private readonly rows: LineRows,
  ) {
    this.cursor = cursorAt(section, header.unit, header.program);
    this.isStmt = header.defaultIsStmt ? IS_STMT : 0;
    for (let opcode = header.opcodeBase; opcode < 256; opcode++) {
      const adjusted = opcode - header.opcodeBase;
      this.addressAdvance[opcode] = Math.floor(adjusted / header.lineRange) * header.minimumInstructionLength;
      this.lineAdvance[opcode] = header.lineBase + (adjusted % header.lineRange);
    }
  }

  /**
   * Special opcodes are most of a program and have no operands, so they are read straight from the section: `position`
   * is checked against the end once an opcode. All operands go through the cursor.
   */
  run(): void {
    const { section, cursor } = this;
    const { opcodeBase, unit } = this.header;
    let position = this.header.program;
    while (position < unit.end) {
      const opcode = section[position++]!;
      if (opcode >= opcodeBase) {
        this.address += this.addressAdvance[opcode]!;
        this.advanceLine(this.lineAdvance[opcode]!);
        this.append(0);
      } else if (opcode === DW_LNS_copy) {
        this.append(0);
      } else {
        cursor.seek(position);
        if (opcode === 0) this.extended(cursor);
        else this.standard(opcode, cursor);
        position = cursor.offset;
      }
    }
    this.rows.length = this.first; // rows without an end_sequence belong to no sequence
  }

  /** DWARF 5, 6.2.5.2. An opcode that is not known here has the number of ULEB128 operands that the header says. */
  private standard(opcode: number, cursor: Cursor): void {
    const instruction = STANDARD[opcode];
    if (instruction) this[instruction](cursor);
    else for (let count = this.header.operandCounts[opcode]!; count > 0; count--) cursor.ulebBig();
  }

  /** DWARF 5, 6.2.5.3: length | opcode | operands. An unknown one is skipped by its length. */
  private extended(cursor: Cursor): void {
    const length = cursor.uleb();
    if (length === 0) return;
    const end = cursor.offset + length;
    const opcode = cursor.u8();
    if (opcode === DW_LNE_end_sequence) this.endSequence();
    else if (opcode === DW_LNE_set_address) this.address = cursor.address(length - 1);
    else if (opcode === DW_LNE_set_discriminator) {
      this.discriminator = cursor.uleb();
      if (this.discriminator !== 0) this.discriminated = DISCRIMINATED;
    }
    cursor.seek(end);
  }

  private advancePc(cursor: Cursor): void {
    this.address += cursor.uleb() * this.header.minimumInstructionLength;
  }

  private advanceLineBy(cursor: Cursor): void {
    this.advanceLine(cursor.sleb());
  }

  private setFile(cursor: Cursor): void {
    this.file = cursor.uleb();
    this.discriminated = this.discriminator !== 0 ? DISCRIMINATED : 0;
  }

  private setColumn(cursor: Cursor): void {
    cursor.uleb();
  }

  private negateStmt(): void {
    this.isStmt ^= IS_STMT;
  }

  private constAddPc(): void {
    this.address += this.addressAdvance[255]!;
  }

  private fixedAdvancePc(cursor: Cursor): void {
    this.address += cursor.u16();
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
    rows.flags[row] = this.isStmt | this.discriminated | endSequence;
    rows.length = row + 1;
    this.discriminator = 0;
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
    this.isStmt = this.header.defaultIsStmt ? IS_STMT : 0;
    this.discriminated = 0;
  }
}

// DWARF 5, 7.22.
const DW_LNS_copy = 1;
const DW_LNE_end_sequence = 1;
const DW_LNE_set_address = 2;
const DW_LNE_set_discriminator = 4;

type Instruction =
  'advancePc' | 'advanceLineBy' | 'setFile' | 'setColumn' | 'negateStmt' | 'constAddPc' | 'fixedAdvancePc';

/** By opcode: what the standard opcodes do. `set_basic_block`, `set_prologue_end`, `set_epilogue_begin`, `set_isa` do nothing here. */
const STANDARD: Readonly<Record<number, Instruction>> = {
  2: 'advancePc',
  3: 'advanceLineBy',
  4: 'setFile',
  5: 'setColumn',
  6: 'negateStmt',
  8: 'constAddPc',
  9: 'fixedAdvancePc',
};
