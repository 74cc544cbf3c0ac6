/** How many rows and entries the debug information of a program has: ours, and those that llvm-dwarfdump prints. */
import { execFileSync } from 'node:child_process';
import { DebugSections } from '../../adapter/dwarf/debugSections';
import { decodeRows } from '../../adapter/dwarf/lineProgram';
import { LineRows } from '../../adapter/dwarf/lineRows';
import { lineUnits, readLineHeader } from '../../adapter/dwarf/lineUnit';
import { NO_RELATED_FILES } from '../../adapter/dwarf/relatedFile';
import { programUnits } from '../../adapter/dwarf/relatedUnits';
import type { Unit } from '../../adapter/dwarf/unit';
import { ElfImage } from '../../adapter/elf/image';
import { openFile } from '../../adapter/sys/file';

export interface Counts {
  /** Of .debug_line, ends of sequences among them. */
  readonly rows: number;
  /** Of .debug_info and .debug_types, without the null entries. */
  readonly entries: number;
}

export function ourCounts(program: string): Counts {
  const image = ElfImage.parse(openFile(program));
  const { units, typeUnits } = programUnits(image, new DebugSections(image), NO_RELATED_FILES);
  const entries = [...units, ...typeUnits].reduce((sum, unit) => sum + entriesOf(unit), 0);
  return { rows: rowsOf(image), entries };
}

function entriesOf(unit: Unit): number {
  const cursor = unit.dies();
  let count = 0;
  while (cursor.remaining > 0) {
    const abbreviation = unit.abbreviationAt(cursor);
    if (abbreviation === undefined) continue;
    count++;
    unit.abbreviations.skipValues(cursor, abbreviation);
  }
  return count;
}

function rowsOf(image: ElfImage): number {
  const line = image.body(image.section('.debug_line')!);
  const rows = new LineRows();
  let count = 0;
  for (const unit of lineUnits(line)) {
    decodeRows(line, readLineHeader(line, unit), () => true, rows);
    count += rows.length;
  }
  return count;
}

export const dumpedCounts = (program: string): Counts => ({
  rows: linesMatching('^0x[0-9a-f]{16} +[0-9]', 'llvm-dwarfdump', '--debug-line', program),
  entries: linesMatching(
    '^0x[0-9a-f]+: +DW_TAG_',
    'llvm-dwarfdump',
    '--debug-info',
    '--debug-types',
    program,
  ),
});

/** What a command prints may be of gigabytes: it is counted on its way. */
function linesMatching(pattern: string, ...command: string[]): number {
  const script = 'pattern=$1; shift; "$@" 2>/dev/null | grep -cE "$pattern"';
  return Number(execFileSync('sh', ['-c', script, 'sh', pattern, ...command], { encoding: 'utf8' }));
}

/** @param rows readelf counts no rows */
export const countsOfReadelf = (program: string, rows: number): Counts => ({
  rows,
  entries: linesMatching(
    '^ *<[0-9a-f]+><[0-9a-f]+>: Abbrev Number: [1-9]',
    'readelf',
    '--debug-dump=info',
    '--wide',
    program,
  ),
});
