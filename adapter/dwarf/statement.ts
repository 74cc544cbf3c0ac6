import { DISCRIMINATED, IS_STMT, LISTED, NO_CODE, type LineRows, type LineSequence } from './lineRows';

/**
 * Marks the rows that count as places of their lines, by the rules of gdb 13 (lnp_state_machine::record_line in
 * dwarf2/read.c, buildsym_compunit::record_line), so that one line has the places that gdb gives it:
 *
 * - a row that repeats its line is left out once the line has a non-zero discriminator (the blocks of one statement);
 * - a row is left out when a row of another file follows at the same address (it covers no machine code there);
 * - rows of line 0 are left out, as are non-statements of another file where a statement has the same address.
 *
 * @param fileOf what the numbers of one unit's files stand for: equal for equal paths.
 */
export function listStatements(rows: LineRows, fileOf: Uint32Array): void {
  for (const sequence of rows.sequences) listSequence(rows, sequence, fileOf);
}

function listSequence(rows: LineRows, { first, end }: LineSequence, fileOf: Uint32Array): void {
  const { address, line, file, flags } = rows;
  let lastFile = NO_FILE;
  let lastLine = 0;
  let statementHere = false;
  /** First row of `lastFile` since another file was the last. */
  let since = first;
  for (let row = first; row < end; row++) {
    const here = address[row]!;
    if (row > first && here !== address[row - 1]) statementHere = false;
    const isStmt = (flags[row]! & IS_STMT) !== 0;
    const thisFile = fileOf[file[row]!] ?? NO_FILE;
    const shadowed = thisFile !== lastFile && !isStmt && statementHere;
    if (line[row] !== 0 && !shadowed) {
      if (thisFile !== lastFile) {
        unlistAt(rows, row - 1, since, here, lastFile, fileOf);
        since = row;
      }
      if (thisFile !== lastFile || line[row] !== lastLine || !(flags[row]! & DISCRIMINATED))
        flags[row]! |= LISTED;
      lastFile = thisFile;
      lastLine = line[row]!;
    }
    statementHere ||= isStmt;
  }
  for (let row = end - 1; row >= first && address[row] === address[end]; row--)
    flags[row] = (flags[row]! & ~LISTED) | NO_CODE;
}

/** Takes back the rows of a file at an address, from `row` backwards. */
function unlistAt(
  { address, file, flags }: LineRows,
  row: number,
  first: number,
  at: number,
  of: number,
  fileOf: Uint32Array,
): void {
  for (; row >= first && address[row] === at; row--) if (fileOf[file[row]!] === of) flags[row]! &= ~LISTED;
}

const NO_FILE = 0xffffffff;
