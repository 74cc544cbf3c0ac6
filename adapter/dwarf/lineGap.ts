import type { BreakpointRule } from './breakpoint';
import type { LineResolution } from './lineSite';
import type { LineTable } from './lineTable';
import type { Scope } from './scope';

/**
 * The sites of a line without code: those of the next line with code in the same function. A function has the line
 * when it has rows of that file before it (its opening line at least) and code after it. So a comment between two
 * functions belongs to neither and is refused.
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
  const lines = [...new Set(groups.map(({ line }) => line))].sort((a, b) => a - b);
  const later = lines.filter((line) => line > asked);
  const surrounds = surroundingFunctions(path, asked);
  for (const line of later.slice(0, MAX_LINES_TRIED)) {
    const sites = groups
      .filter((group) => group.line === line)
      .flatMap(({ table, rows }) => {
        const inside = rows.filter((row) => surrounds(table, rule.functionOf(table.addressOf(row))));
        return rule.sites(table, inside, asked);
      });
    if (sites.length > 0) return { ok: true, sites };
  }
  const before = lines.filter((line) => line < asked).slice(-1);
  return { ok: false, gap: { code: 'noCode', nearest: [...before, ...later.slice(0, 1)] } };
}

/** Does a function have rows of the file up to the line? Remembers the answer for each function. */
function surroundingFunctions(
  path: string,
  line: number,
): (table: LineTable, scope: Scope | undefined) => boolean {
  const known = new Map<Scope, boolean>();
  return (table, scope) => {
    if (!scope) return false;
    let answer = known.get(scope);
    if (answer === undefined) {
      answer = table.hasRowIn(table.indexOf(path), 1, line, scope.ranges);
      known.set(scope, answer);
    }
    return answer;
  };
}

const MAX_LINES_TRIED = 64;
