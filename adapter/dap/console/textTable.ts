import type { Lines } from './command';

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly isNumber?: true;
}

/** Columns as wide as their widest cell, two spaces apart; titles above, if any has one. */
export function textTable(columns: readonly Column[], rows: readonly (readonly string[])[]): Lines {
  const titles = columns.map(({ title }) => title);
  const all = titles.some((title) => title !== '') ? [titles, ...rows] : rows;
  const widths = columns.map((_, i) => all.reduce((width, row) => Math.max(width, row[i]!.length), 0));
  const cellOf = (text: string, i: number): string =>
    columns[i]!.isNumber ? text.padStart(widths[i]!) : text.padEnd(widths[i]!);
  return all.map((row) => row.map(cellOf).join('  ').trimEnd());
}
