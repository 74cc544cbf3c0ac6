import type { BreakpointRule } from './breakpoint';
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
    if (!isWithin(asked, table, rows, rule)) return { ok: false, gap: { code: 'noCode', nearest } };
    sites.push(...rule.sites(table, rows, asked));
  }
  return sites.length > 0 ? { ok: true, sites } : { ok: false, gap: { code: 'noCode', nearest } };
}

/**
 * Is the line in the function of these rows of the next one? Not if that is declared after it, or if none around the
 * rows is declared in the file: optimised code strays into inlined copies of others'.
 */
function isWithin(asked: number, table: LineTable, rows: readonly number[], rule: BreakpointRule): boolean {
  const lines = rows.map((row) => rule.declaredAbove(table, row)?.line);
  if (lines.some((line) => line !== undefined)) return lines.every((line) => (line ?? 0) <= asked);
  return !rows.some((row) => rule.functionOf(table.addressOf(row)));
}
