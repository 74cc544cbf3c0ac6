/** Where in a part of a source file breakpoints can be. */
import type { Position } from '../dwarf/lineSite';
import { searchModules } from '../engine/moduleSearch';
import { sourceNames } from '../engine/sourceName';
import type { Module } from '../symbols/module';
import type { SourceMap } from '../symbols/sourceMap';

/** From one position to another, both included. Lines and columns from 1. */
export interface SourceRange {
  readonly first: Position;
  readonly last: Position;
}

/**
 * The lines of the range that have code, and the columns of those with code at several. Rows are read for it, no rule
 * about breakpoints applied. @param modules the program first.
 */
export function breakpointLocations(
  file: string,
  range: SourceRange,
  modules: readonly Module[],
  map: SourceMap,
): readonly { readonly line: number; readonly column?: number }[] {
  const { found } = searchModules(modules, (module) => positionsIn(module, file, range, map));
  const columns = new Map<number, Set<number>>();
  for (const { line, column } of found.flat())
    columns.set(line, (columns.get(line) ?? new Set()).add(column));
  return [...columns]
    .sort(([a], [b]) => a - b)
    .flatMap(([line, all]) => {
      const inside = [...all].filter((column) => isInside({ line, column }, range)).sort((a, b) => a - b);
      if (all.size === 1) return inside.map(() => ({ line }));
      return inside.map((column) => (column === 0 ? { line } : { line, column }));
    });
}

/** Undefined without debug information. */
function positionsIn(
  { debug }: Module,
  file: string,
  { first, last }: SourceRange,
  map: SourceMap,
): readonly Position[] | undefined {
  if (!debug) return undefined;
  const lines = { first: first.line, last: last.line };
  for (const name of sourceNames(debug, map, file)) {
    const positions = debug.lines.positions(name, lines);
    if (positions.length > 0) return positions;
  }
  return [];
}

/** A statement whose column the compiler does not tell, 0, may be anywhere in its line. */
const isInside = ({ line, column }: Position, { first, last }: SourceRange): boolean =>
  column === 0 ||
  ((line > first.line || column >= first.column) && (line < last.line || column <= last.column));
