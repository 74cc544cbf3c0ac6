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

export function dumpedLines(program: string): DumpedLines {
  const text = execFileSync('llvm-dwarfdump', ['--debug-line', program], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const rows = [...text.matchAll(/^0x(\w+) +(\d+) +(\d+) +(\d+) +\d+ +\d+ +(.*)$/gm)].map(
    ([, address, line, column, file, flags]) => ({
      address: parseInt(address!, 16),
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
