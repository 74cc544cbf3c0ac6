import type { BreakpointRule } from './breakpoint';
import { declarationLine } from './declaration';
import type { LineResolution } from './lineSite';
import type { LineTable } from './lineTable';

/**
 * The sites of a line without code: those of the next line with code, if that is in the same function. It is unless
 * a function is declared between the two. So a comment before a function is refused, where gdb goes on into the function.
 * @param tables those with rows of the file `path`.
 */
export function nextLineSites(
  path: string,
  tables: readonly LineTable[],
  asked: number,
  rule: BreakpointRule,
): LineResolution {
  const groups = tables.flatMap((table) =>
    Array.from(table.statements(table.indexOf(path)), ([line, rows]) => ({ table, line, rows })),
  );
  let before = -Infinity;
  let next = Infinity;
  for (const { line } of groups)
    if (line < asked) before = Math.max(before, line);
    else next = Math.min(next, line);
  const there = groups.filter(({ line }) => line === next);
  const startsBetween = there.some(({ table, rows }) =>
    rows.some((row) => declarationBefore(next, table, row, rule) > asked),
  );
  if (there.length > 0 && !startsBetween)
    return { ok: true, sites: there.flatMap(({ table, rows }) => rule.sites(table, rows, asked)) };
  return { ok: false, gap: { code: 'noCode', nearest: [before, next].filter(Number.isFinite) } };
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
