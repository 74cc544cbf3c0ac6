import { AT } from './constants';
import type { DebugSections } from './debugSections';
import { FileTable } from './fileTable';
import type { LineSection } from './lineSection';
import { lineUnitAt, readLineHeader } from './lineUnit';
import { tolerant } from './tolerance';
import type { Unit } from './unit';

/** What DW_AT_decl_file numbers of units stand for: the files of the line tables that the units name (DWARF 5, 2.14). */
export class UnitFiles {
  private readonly tables = new Map<Unit, FileTable | undefined>();

  /** Normalised absolute path; undefined where the unit has no such file. */
  path(unit: Unit, file: number): string | undefined {
    if (!this.tables.has(unit))
      this.tables.set(
        unit,
        tolerant(() => readFiles(unit)),
      );
    const table = this.tables.get(unit);
    return table && tolerant(() => table.path(file));
  }
}

/** @throws DecodeError */
function readFiles(unit: Unit): FileTable | undefined {
  const offset = unit.sectionOffsetOf(unit.root(AT.statementList));
  if (offset === undefined) return undefined;
  const { sections } = unit;
  const line = lineSectionOf(sections);
  const header = readLineHeader(line, lineUnitAt(line, offset));
  // Version 5 has the compilation directory as its directory 0.
  const directory = header.unit.version >= 5 ? undefined : unit.stringOf(unit.root(AT.compilationDirectory));
  return FileTable.read({ at: (name, at) => sections.string(name, at) }, header, directory);
}

function lineSectionOf(sections: DebugSections): LineSection {
  const length = sections.size('.debug_line');
  return {
    length,
    subarray: (from, to) => {
      const size = Math.min(to, length) - from;
      return size > 0 ? sections.bytes('.debug_line', from, size) : new Uint8Array(0);
    },
  };
}
