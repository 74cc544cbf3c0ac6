import type { VirtualAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import type { DebugInfo } from './debugInfo';
import type { LineSite } from './lineSite';
import type { LineTable } from './lineTable';
import { Prologues } from './prologue';
import type { Scope } from './scope';
import { blockWithVariables, declaration } from './scopeEntry';

/** The machine addresses that stand for a source line: those where gdb's `break FILE:LINE` would put its breakpoints. */
export class BreakpointRule {
  private readonly prologues: Prologues | undefined;

  /** @param code the image that has the machine code. */
  constructor(
    private readonly info: DebugInfo | undefined,
    code: ElfImage,
  ) {
    this.prologues = info && new Prologues(code, info);
  }

  /**
   * One site for each innermost block that has listed rows of the line, at the lowest of them, past the prologue.
   * Where no row is listed, which happens when all are shadowed by other files' rows at their addresses, all count.
   * @param rows is_stmt rows of one line of one file of the table, in the order of addresses.
   * @param asked the line that the user named.
   */
  sites(table: LineTable, rows: readonly number[], asked: number): LineSite[] {
    const listed = rows.filter((row) => table.isListed(row));
    const blocks = new Map<Scope | VirtualAddress, number[]>();
    for (const row of listed.length > 0 ? listed : rows) {
      const block = this.blockOf(table.addressOf(row));
      if (!blocks.has(block)) blocks.set(block, [row]);
    }
    for (const row of rows) {
      const members = blocks.get(this.blockOf(table.addressOf(row)));
      if (members && row !== members[0]) members.push(row);
    }
    return [...blocks.values()].map((members) => this.site(table, members, asked));
  }

  /** The function that an address belongs to: a subprogram or an inlined copy of one. */
  functionOf(address: VirtualAddress): Scope | undefined {
    let scope = this.info?.innermostScope(address);
    while (scope?.kind === 'block') scope = scope.parent;
    return scope;
  }

  /**
   * Of the functions around a row's address, the one that is declared nearest above the row's line in the row's file:
   * optimised code strays over the borders of inlined copies. Undefined if none is declared there.
   */
  declaredAbove(table: LineTable, row: number): { scope: Scope; line: number } | undefined {
    let nearest: { scope: Scope; line: number } | undefined;
    for (let scope = this.functionOf(table.addressOf(row)); scope; scope = scope.parent) {
      const at = declaration(scope);
      if (at === undefined || !table.isOfFile(row, at.file) || at.line > table.line(row)) continue;
      if (nearest === undefined || at.line > nearest.line) nearest = { scope, line: at.line };
    }
    return nearest;
  }

  /** @param members rows of one block, the one that gave it its site first. */
  private site(table: LineTable, members: readonly number[], asked: number): LineSite {
    const row = members[0]!;
    const start = table.addressOf(row);
    const address = this.prologues?.skip(start, table) ?? start;
    const others = new Set(
      members.map((member) => table.addressOf(member)).filter((other) => other > address),
    );
    return {
      file: table.path(row) ?? '',
      line: asked,
      resolvedLine: table.line(row),
      address,
      scope: this.functionOfLine(table, row, address),
      alternatives: [...others].sort((a, b) => a - b),
    };
  }

  /** The address may be further on than the row, behind the prologue. */
  private functionOfLine(table: LineTable, row: number, address: VirtualAddress): Scope | undefined {
    const declared = this.declaredAbove(table, row)?.scope;
    return declared?.ranges.some(({ low, high }) => low <= address && address < high)
      ? declared
      : this.functionOf(address);
  }

  private blockOf(address: VirtualAddress): Scope | VirtualAddress {
    const scope = this.info?.innermostScope(address);
    return scope ? blockWithVariables(scope) : address;
  }
}
