/** The rows of line tables as llvm-dwarfdump shows them, asked about by address. */
import { existsSync } from 'node:fs';
import { dumpedLines, type DumpedRow } from './dwarfdump';

export class RowDump {
  /** Address -> indices of its rows, in the order of the tables. */
  private readonly at = new Map<number, number[]>();
  /** Line -> addresses of its is_stmt rows. */
  private readonly statements = new Map<number, number[]>();

  private constructor(private readonly rows: readonly DumpedRow[]) {
    for (const [index, row] of rows.entries()) {
      if (row.endSequence) continue;
      push(this.at, row.address, index);
      if (row.isStmt) push(this.statements, row.line, row.address);
    }
  }

  /** Of the program, or of the debug file beside it. */
  static of(program: string): RowDump {
    const debug = `${program}.debug`;
    return new RowDump(dumpedLines(existsSync(debug) ? debug : program).rows);
  }

  /** @param offsets of the tables in .debug_line */
  static ofTables(program: string, offsets: Iterable<number>): RowDump {
    return new RowDump([...offsets].flatMap((offset) => dumpedLines(program, offset).rows));
  }

  hasStatement(address: number, line: number): boolean {
    return this.rowsAt(address).some((row) => row.isStmt && row.line === line);
  }

  isStatement(address: number): boolean {
    return this.rowsAt(address).some((row) => row.isStmt);
  }

  hasStatementBetween(low: number, high: number, line: number): boolean {
    return (this.statements.get(line) ?? []).some((address) => low <= address && address <= high);
  }

  /** At how many addresses do statements start from `low` on, before `high`? */
  statementsBetween(low: number, high: number): number {
    let count = 0;
    for (let address = low; address < high; address++) if (this.isStatement(address)) count++;
    return count;
  }

  /** Does a row of another file follow the line's at the same address? */
  isShadowed(address: number, line: number): boolean {
    return this.indicesOf(address, line).some((index) => {
      const { file } = this.rows[index]!;
      let next = index + 1;
      while (this.rows[next]?.address === address && this.rows[next]!.file === file) next++;
      return this.rows[next]?.address === address && !this.rows[next]!.endSequence;
    });
  }

  /** Has the line's row the line of the row before it? */
  isRepeated(address: number, line: number): boolean {
    return this.indicesOf(address, line).some((index) => {
      const before = this.rows[index - 1];
      return before?.line === line && before.file === this.rows[index]!.file && !before.endSequence;
    });
  }

  private rowsAt(address: number): DumpedRow[] {
    return (this.at.get(address) ?? []).map((index) => this.rows[index]!);
  }

  private indicesOf(address: number, line: number): number[] {
    return (this.at.get(address) ?? []).filter((index) => this.rows[index]!.line === line);
  }
}

function push(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
