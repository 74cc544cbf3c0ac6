import { Cursor } from '../elf/cursor';
import type { LineSection } from './lineSection';
import type { LineStrings } from './lineStrings';

/**
 * One contribution to .debug_line: a line number program and the header before it (DWARF 5, 6.2.4; versions 2 to 4:
 * the same section there).
 */
export interface LineUnit {
  /** Of unit_length in .debug_line: what DW_AT_stmt_list refers to. */
  readonly offset: number;
  /** Offset of the byte after the program. */
  readonly end: number;
  /** 0 where there is no room for one. */
  readonly version: number;
  /** 8 in 64-bit DWARF (DWARF 5, 7.4). */
  readonly offsetSize: 4 | 8;
  /** Offset of the first field after `version`. */
  readonly fields: number;
}

/** The fields of a header that govern the program, and where its tables and program start. */
export interface LineHeader {
  readonly unit: LineUnit;
  readonly minimumInstructionLength: number;
  readonly defaultIsStmt: boolean;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  /** Operand counts of the standard opcodes; [0] is unused. */
  readonly operandCounts: Uint8Array;
  /** Offset of the directory table. */
  readonly tables: number;
  /** Offset of the first instruction. */
  readonly program: number;
  /** From the unit's start to the first instruction. */
  readonly bytes: Uint8Array;
}

/**
 * Walks the contributions by their lengths alone. Versions that are not known are left out (DWARF 5, 1.4).
 * @throws DecodeError `truncated`, `badEncoding`
 */
export function* lineUnits(section: LineSection): Generator<LineUnit> {
  for (let offset = 0; offset < section.length;) {
    const unit = lineUnitAt(section, offset);
    if (unit.version >= 2 && unit.version <= 5) yield unit;
    offset = unit.end;
  }
}

/** @throws DecodeError `truncated`, `badEncoding` */
export function lineUnitAt(section: LineSection, offset: number): LineUnit {
  const cursor = new Cursor(section.subarray(offset, offset + UNIT_START_BYTES), SECTION, offset);
  const first = cursor.u32();
  if (first >= RESERVED_LENGTHS && first !== ESCAPE_64) throw cursor.error('badEncoding', 'unit_length');
  const offsetSize = first === ESCAPE_64 ? 8 : 4;
  const length = offsetSize === 8 ? cursor.u64AsNumber() : first;
  const end = cursor.offset + length;
  if (end > section.length) throw cursor.error('truncated', `unit of ${length} bytes`);
  const version = length >= 2 ? cursor.u16() : 0;
  return { offset, end, version, offsetSize, fields: cursor.offset };
}

/** @throws DecodeError `truncated`, `outOfRange`, `badEncoding` */
export function readLineHeader(section: LineSection, unit: LineUnit): LineHeader {
  const cursor = cursorAt(section, unit, unit.fields, Math.min(unit.end, unit.fields + FIELDS_BYTES));
  if (unit.version >= 5) cursor.skip(2); // address_size, segment_selector_size
  const headerLength = cursor.sectionOffset(unit.offsetSize);
  const program = cursor.offset + headerLength;
  if (program > unit.end) throw cursor.error('outOfRange', 'header_length');
  const minimumInstructionLength = cursor.u8();
  // maximum_operations_per_instruction: 1 on everything but VLIW machines, none of which runs x86-64.
  if (unit.version >= 4) cursor.skip(1);
  const defaultIsStmt = cursor.u8() !== 0;
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  if (lineRange === 0) throw cursor.error('badEncoding', 'line_range 0');
  const opcodeBase = cursor.u8();
  if (opcodeBase === 0) throw cursor.error('badEncoding', 'opcode_base 0');
  const operandCounts = new Uint8Array(opcodeBase);
  operandCounts.set(cursor.take(opcodeBase - 1), 1);
  return {
    unit,
    minimumInstructionLength,
    defaultIsStmt,
    lineBase,
    lineRange,
    opcodeBase,
    operandCounts,
    tables: cursor.offset,
    program,
    bytes: new Uint8Array(section.subarray(unit.offset, program)), // a copy: what it is read from may be large
  };
}

/** A cursor over the directory and file tables. */
export const tablesCursor = ({ unit, tables, bytes }: LineHeader): Cursor =>
  new Cursor(bytes, SECTION, unit.offset, tables - unit.offset);

/** A cursor over the program. @param unit all its bytes */
export const programCursor = (unit: Uint8Array, { unit: { offset }, program }: LineHeader): Cursor =>
  new Cursor(unit, SECTION, offset, program - offset);

function cursorAt(section: LineSection, unit: LineUnit, offset: number, end: number): Cursor {
  return new Cursor(section.subarray(unit.offset, end), SECTION, unit.offset, offset - unit.offset);
}

/** What a program needs of its file: .debug_line and the string sections that its tables refer to. */
export interface LineSections {
  readonly line: LineSection;
  readonly strings: LineStrings;
}

const SECTION = '.debug_line';
/** Up to and with the version: as long as it is in 64-bit DWARF. */
const UNIT_START_BYTES = 14;
/** More than the fields between the version and the tables take, with 255 operand counts. */
const FIELDS_BYTES = 512;
/** DWARF 5, 7.4: 0xfffffff0 to 0xfffffffe are reserved, 0xffffffff starts a 64-bit length. */
const RESERVED_LENGTHS = 0xfffffff0;
const ESCAPE_64 = 0xffffffff;
