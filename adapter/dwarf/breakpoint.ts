import type { VirtualAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import type { DebugInfo } from './debugInfo';
import { languageOf } from './language';
import type { LineSite } from './lineSite';
import type { LineTable } from './lineTable';
import { once } from './once';
import { Prologues } from './prologue';
import { covers } from './rangeList';
import type { Scope } from './scope';
import {
  blockWithVariables,
  declaration,
  functionAround,
  isDeclaredInOwnUnit,
  subprogramOf,
  type Declaration,
} from './scopeEntry';
import { inlinedIn, isNode } from './scopeNode';
import { tolerant } from './tolerance';
import type { UndescribedCode } from './undescribedCode';
import { UnitFiles } from './unitFiles';

/** The machine addresses that stand for a source line: those where gdb's `break FILE:LINE` would put its breakpoints. */
export class BreakpointRule {
  private readonly prologues: Prologues | undefined;
  private readonly files = new UnitFiles();
  private readonly declarations = new Map<Scope, Declaration | undefined>();

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
    const outside = this.placesOf(table, rows);
    const listed = outside.filter(({ row }) => table.isListed(row));
    const firsts = listed.length > 0 ? [...listed, ...this.lostCopies(table, outside, listed)] : outside;
    const blocks = new Map<Block, Place[]>();
    for (const place of firsts) if (!blocks.has(place.block)) blocks.set(place.block, [place]);
    for (const place of outside) {
      const members = blocks.get(place.block);
      if (members && place !== members[0]) members.push(place);
    }
    return [...blocks.values()].map((members) => this.site(table, members, asked));
  }

  /** Where rows are, but for those of thunks. */
  private placesOf(table: LineTable, rows: readonly number[]): Place[] {
    return rows.flatMap((row): Place[] => {
      const address = table.addressOf(row);
      const scope = this.info?.innermostScope(address);
      if (scope) return [{ row, address, scope, block: blockWithVariables(scope) }];
      if (this.isInThunk(address)) return [];
      return [{ row, address, scope, block: this.undescribed.extentAt(address)?.low ?? address }];
    });
  }

  /** The lowest rows of those copies of the line's function that have no listed one. */
  private lostCopies(table: LineTable, places: readonly Place[], listed: readonly Place[]): Place[] {
    if (listed.length === places.length) return [];
    const copyOf = ({ row }: Place): Scope | undefined => this.declaredAbove(table, row)?.scope;
    const known = new Set(listed.map(copyOf));
    return places.filter((place) => {
      if (table.isListed(place.row)) return false;
      const copy = copyOf(place);
      return copy !== undefined && !known.has(copy) && known.add(copy);
    });
  }

  /** The function that an address belongs to: a subprogram or an inlined copy of one. */
  functionOf(address: VirtualAddress): Scope | undefined {
    return functionAround(this.info?.innermostScope(address));
  }

  /**
   * Of the functions around a row's address, the one that is declared nearest above the row's line in the row's file:
   * optimised code strays over the borders of inlined copies. Undefined if none is declared there.
   */
  declaredAbove(table: LineTable, row: number): DeclaredFunction | undefined {
    const { info } = this;
    if (!info) return undefined;
    const address = table.addressOf(row);
    const isOwn = info.unitAt(address)?.lineOffset === table.offset;
    return (
      this.nearestAbove(table, row, info.innermostScopes(address), isOwn) ??
      (isOwn ? undefined : this.nearestAbove(table, row, info.innermostScopesOf(table.offset, address), true))
    );
  }

  /**
   * @param scopes and those around them.
   * @param isOwn are they of the unit that has the table?
   */
  private nearestAbove(
    table: LineTable,
    row: number,
    scopes: readonly Scope[],
    isOwn: boolean,
  ): DeclaredFunction | undefined {
    return this.nearest(table, row, scopes.flatMap(outwards), isOwn);
  }

  /** As `nearestAbove`, of these scopes alone. */
  private nearest(
    table: LineTable,
    row: number,
    scopes: Iterable<Scope>,
    isOwn: boolean,
  ): DeclaredFunction | undefined {
    let nearest: DeclaredFunction | undefined;
    for (const scope of scopes) {
      const at = this.declarationOf(scope);
      if (at === undefined || at.line > table.line(row)) continue;
      const isHere =
        isOwn && isDeclaredInOwnUnit(scope, at)
          ? table.isOfFile(row, at.file)
          : table.path(row) === this.files.path(at.unit, at.file);
      if (!isHere) continue;
      if (nearest === undefined || at.line > nearest.line) nearest = { scope, line: at.line };
    }
    return nearest;
  }

  private declarationOf(scope: Scope): Declaration | undefined {
    if (!this.declarations.has(scope)) this.declarations.set(scope, declaration(scope));
    return this.declarations.get(scope);
  }

  /** @param members of one block, the one that gave it its site first. */
  private site(table: LineTable, members: readonly Place[], asked: number): LineSite {
    const [first] = members as readonly [Place];
    const { row, scope } = first;
    const column = table.column(row);
    const address =
      (scope && this.prologues?.skip(first.address, subprogramOf(scope), table)) ?? first.address;
    const others = new Set(members.map((member) => member.address).filter((other) => other > address));
    return {
      file: table.path(row) ?? '',
      line: asked,
      resolvedLine: table.line(row),
      ...(column !== undefined && { column }),
      address,
      scope: this.functionOfLine(table, first, address),
      displaced: once(() => tolerant(() => this.displaced(table, first))),
      alternatives: [...others].sort((a, b) => a - b),
    };
  }

  /** @param address that of the place, or one further on, behind the prologue */
  private functionOfLine(
    table: LineTable,
    { row, scope, address: start }: Place,
    address: VirtualAddress,
  ): Scope | undefined {
    const declared = this.declaredAbove(table, row)?.scope;
    if (declared && covers(declared.ranges, address)) return declared;
    return address === start ? functionAround(scope) : this.functionOf(address);
  }

  /** @throws DecodeError */
  private displaced(table: LineTable, { row, scope, address }: Place): Scope | undefined {
    const { info } = this;
    const subprogram = scope && subprogramOf(scope);
    if (!info || !subprogram || !isNode(subprogram)) return undefined;
    const isOwn = info.unitAt(address)?.lineOffset === table.offset;
    const copy = this.nearest(table, row, inlinedIn(subprogram), isOwn);
    if (!copy || info.isNested(copy.scope)) return undefined;
    const around = this.declaredAbove(table, row);
    return around === undefined || around.line < copy.line ? copy.scope : undefined;
  }

  /**
   * A call through a thunk would hit the line twice: there, and in the function that it goes on in.
   * @param address of code that no function is described around
   */
  private isInThunk(address: VirtualAddress): boolean {
    if (this.info === undefined) return false;
    const { info } = this;
    const unit = info.unitAt(address);
    return (
      unit !== undefined &&
      languageOf(unit) === 'cplus' &&
      this.undescribed.isThunk(address, (target) => info.subprogramAt(target)?.entry === target)
    );
  }
}

/** A row of a line table, and what is around it. */
interface Place {
  readonly row: number;
  readonly address: VirtualAddress;
  /** The innermost one. */
  readonly scope: Scope | undefined;
  readonly block: Block;
}

interface DeclaredFunction {
  readonly scope: Scope;
  /** Of its declaration. */
  readonly line: number;
}

function outwards(scope: Scope): Scope[] {
  const scopes: Scope[] = [];
  for (let outer: Scope | undefined = scope; outer; outer = outer.parent) scopes.push(outer);
  return scopes;
}

/** A scope; where the debug information has none, the start of the code that belongs together. */
type Block = Scope | VirtualAddress;
