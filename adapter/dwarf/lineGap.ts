import type { BreakpointRule } from './breakpoint';
import { declarationLine } from './scopeEntry';
import type { LineResolution, LineSite } from './lineSite';
import type { LineTable } from './lineTable';

/** A line table that has rows of a file. */
export interface FileInTable {
  readonly table: LineTable;
  readonly path: string;
}

/**
 * The sites of a line without code: those of the next line with code, if that is in the same function. It is unless
 * a function is declared between the two. So a comment before a function is refused, where gdb goes on into the function.
 * @param places the tables that have rows of the file, afresh at each call.
 */
export function nextLineSites(
  places: () => Iterable<FileInTable>,
  asked: number,
  rule: BreakpointRule,
): LineResolution {
  let before = -Infinity;
  let next = Infinity;
  for (const { table, path } of places()) {
    const around = table.linesAround(table.indexOf(path), asked);
    before = Math.max(before, around.before);
    next = Math.min(next, around.next);
  }
  const nearest = [before, next].filter(Number.isFinite);
  const sites: LineSite[] = [];
  for (const { table, path } of Number.isFinite(next) ? places() : []) {
    const rows = table.statementsOf(table.indexOf(path), next);
    if (rows.some((row) => declarationBefore(next, table, row, rule) > asked))
      return { ok: false, gap: { code: 'noCode', nearest } };
    sites.push(...rule.sites(table, rows, asked));
  }
  return sites.length > 0 ? { ok: true, sites } : { ok: false, gap: { code: 'noCode', nearest } };
}

/**
 * Where the function that a row of `line` belongs to is declared: the nearest declaration before the line among those of
 * the function and of the ones it is inlined into, for optimised code strays over these borders. -Infinity if there is none.
 */
function declarationBefore(line: number, table: LineTable, row: number, rule: BreakpointRule): number {
  let nearest = -Infinity;
  for (let scope = rule.functionOf(table.addressOf(row)); scope; scope = scope.parent) {
    const declared = declarationLine(scope);
    if (declared !== undefined && declared <= line) nearest = Math.max(nearest, declared);
  }
  return nearest;
}
