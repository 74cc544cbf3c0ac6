import { visibleText } from '../inertText';

/** Columns as wide as their widest cell. */
export function table(texts: readonly (readonly string[])[]): string {
  const rows = texts.map((cells) => cells.map(visibleText));
  const widths: number[] = [];
  for (const row of rows)
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!)))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
