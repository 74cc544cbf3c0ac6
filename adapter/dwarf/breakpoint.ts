import type { VirtualAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import type { DebugInfo } from './debugInfo';
import { languageOf } from './language';
import type { LineSite } from './lineSite';
import type { LineTable } from './lineTable';
import { Prologues } from './prologue';
import type { Scope } from './scope';
import { blockWithVariables, declaration, isDeclaredInOwnUnit } from './scopeEntry';
import type { UndescribedCode } from './undescribedCode';
import { UnitFiles } from './unitFiles';

/** The machine addresses that stand for a source line: those where gdb's `break FILE:LINE` would put its breakpoints. */
export class BreakpointRule {
  private readonly prologues: Prologues | undefined;
  private readonly files = new UnitFiles();

  /**
   * @param undescribed what is known of code that the debug information describes no function around.
   * @param code the image that has the machine code.
   */
  constructor(
    private readonly info: DebugInfo | undefined,
    private readonly undescribed: UndescribedCode,
    code: ElfImage,
  ) {
    this.prologues = info && new Prologues(code, info);
  }

  /**
   * One site for each innermost block that has listed rows of the line, at the lowest of them, past the prologue: gdb's
   * rule. Where gdb loses a copy of the line's function because other files' rows shadow all rows there, it has a site at the
   * lowest; where the line has no other site, all rows count.
   * @param rows is_stmt rows of one line of one file of the table, in the order of addresses.
   * @param asked the line that the user named.
   */
  sites(table: LineTable, rows: readonly number[], asked: number): LineSite[] {
    const outside = rows.filter((row) => !this.isInThunk(table.addressOf(row)));
    const listed = outside.filter((row) => table.isListed(row));
    const firsts = listed.length > 0 ? [...listed, ...this.lostCopies(table, outside, listed)] : outside;
    const blocks = new Map<Block, number[]>();
    for (const row of firsts) {
      const block = this.blockOf(table.addressOf(row));
      if (!blocks.has(block)) blocks.set(block, [row]);
    }
    for (const row of outside) {
      const members = blocks.get(this.blockOf(table.addressOf(row)));
      if (members && row !== members[0]) members.push(row);
    }
    return [...blocks.values()].map((members) => this.site(table, members, asked));
  }

  /** The lowest rows of those copies of the line's function that have no listed one. */
  private lostCopies(table: LineTable, rows: readonly number[], listed: readonly number[]): number[] {
    const hidden = rows.filter((row) => !table.isListed(row));
    if (hidden.length === 0) return hidden;
    const copyOf = (row: number): Scope | undefined => this.declaredAbove(table, row)?.scope;
    const known = new Set(listed.map(copyOf));
    return hidden.filter((row) => {
      const copy = copyOf(row);
      return copy !== undefined && !known.has(copy) && known.add(copy);
    });
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
      if (at === undefined || at.line > table.line(row)) continue;
      const isHere = isDeclaredInOwnUnit(scope, at)
        ? table.isOfFile(row, at.file)
        : table.path(row) === this.files.path(at.unit, at.file);
      if (!isHere) continue;
      if (nearest === undefined || at.line > nearest.line) nearest = { scope, line: at.line };
    }
    return nearest;
  }

  /** @param members rows of one block, the one that gave it its site first. */
  private site(table: LineTable, members: readonly number[], asked: number): LineSite {
    const row = members[0]!;
    const start = table.addressOf(row);
    const column = table.column(row);
    const address = this.prologues?.skip(start, table) ?? start;
    const others = new Set(
      members.map((member) => table.addressOf(member)).filter((other) => other > address),
    );
    return {
      file: table.path(row) ?? '',
      line: asked,
      resolvedLine: table.line(row),
      ...(column !== undefined && { column }),
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

  private blockOf(address: VirtualAddress): Block {
    const scope = this.info?.innermostScope(address);
    return scope ? blockWithVariables(scope) : (this.undescribed.extentAt(address)?.low ?? address);
  }

  /** A call through a thunk would hit the line twice: there, and in the function that it goes on in. */
  private isInThunk(address: VirtualAddress): boolean {
    if (this.info === undefined || this.info.subprogramAt(address)) return false;
    const { info } = this;
    const unit = info.unitAt(address);
    return (
      unit !== undefined &&
      languageOf(unit) === 'cplus' &&
      this.undescribed.isThunk(address, (target) => info.subprogramAt(target)?.entry === target)
    );
  }
}

/** A scope; where the debug information has none, the start of the code that belongs together. */
type Block = Scope | VirtualAddress;
