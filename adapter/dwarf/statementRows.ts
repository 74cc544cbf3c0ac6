import type { VirtualAddress } from '../elf/address';
import type { FileTable } from './fileTable';
import { IS_STMT, type LineRows } from './lineRows';

/** The is_stmt rows of one unit's line table, as the line program has them: no rule about breakpoints is applied. */
export class StatementRows {
  private readonly paths: (string | undefined)[] = [];

  constructor(
    private readonly rows: LineRows,
    private readonly files: () => FileTable | undefined,
  ) {}

  /** Calls `visit` for each row, sequence after sequence; not for the rows that end a sequence, nor for line 0. */
  each(visit: (file: number, line: number, address: VirtualAddress, row: number) => void): void {
    const { address, file, flags, line, sequences } = this.rows;
    for (const { first, end } of sequences)
      for (let row = first; row < end; row++)
        if ((flags[row]! & IS_STMT) !== 0 && line[row] !== 0)
          visit(file[row]!, line[row]!, address[row]! as VirtualAddress, row);
  }

  /** Of a row that `each` gave, where columns were asked for; 0 where the compiler gives none. */
  column(row: number): number | undefined {
    return this.rows.column?.[row];
  }

  /** Absolute path of a file that `each` gave; undefined where the table does not have it. */
  path(file: number): string | undefined {
    return (this.paths[file] ??= this.files()?.path(file));
  }
}
