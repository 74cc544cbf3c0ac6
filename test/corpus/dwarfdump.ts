/** llvm-dwarfdump as the oracle: the rows and files of line tables. */
import { execFileSync } from 'node:child_process';

export interface DumpedRow {
  readonly address: number;
  readonly line: number;
  readonly column: number;
  readonly file: number;
  readonly isStmt: boolean;
  readonly endSequence: boolean;
}

export interface DumpedLines {
  readonly rows: readonly DumpedRow[];
  /** Numbers and names, as the tables have them, table after table. */
  readonly files: readonly { readonly file: number; readonly name: string }[];
}

/** @param offset of the one table to dump; all by default */
export function dumpedLines(program: string, offset?: number): DumpedLines {
  const table = offset === undefined ? '--debug-line' : `--debug-line=${offset}`;
  const text = execFileSync('llvm-dwarfdump', [table, program], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const rows = [...text.matchAll(/^0x(\w+) +(\d+) +(\d+) +(\d+) +\d+ +\d+ +(.*)$/gm)].map(
    ([, address, line, column, file, flags]) => ({
      address: signed(address!),
      line: Number(line),
      column: Number(column),
      file: Number(file),
      isStmt: flags!.includes('is_stmt'),
      endSequence: flags!.includes('end_sequence'),
    }),
  );
  const files = [...text.matchAll(/^file_names\[ *(\d+)\]:\n +name: "(.*)"$/gm)].map(([, file, name]) => ({
    file: Number(file),
    name: name!,
  }));
  return { rows, files };
}

/** Of 16 hexadecimal digits. */
const signed = (digits: string): number =>
  (parseInt(digits.slice(0, -8), 16) | 0) * 2 ** 32 + parseInt(digits.slice(-8), 16);
