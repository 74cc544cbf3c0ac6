/** What a person marks a tracepoint with: a group to keep it in, a colour to know it by. Adapters do not know of either. */

export const MARK_COLOURS = ['blue', 'orange', 'green', 'purple', 'yellow'] as const;
export type MarkColour = (typeof MARK_COLOURS)[number];

export interface Mark {
  /** The group's name. A group is there as long as a tracepoint is in it. */
  readonly group?: string;
  readonly colour?: MarkColour;
}

/** Stands beside what is coloured: no colour is told by itself alone. */
export const MARK_SYMBOLS = {
  blue: '●',
  orange: '▲',
  green: '■',
  purple: '◆',
  yellow: '★',
} as const satisfies Record<MarkColour, string>;

/** As package.json contributes them. */
export const markColourId = (colour: MarkColour): string => `sourcetap.${colour}Mark`;

/** @param change undefined takes a part away, what is not in it stays */
export function withMark<T extends Mark>(
  marked: T,
  change: { [Part in keyof Mark]: Mark[Part] | undefined },
): T {
  const parts = Object.entries({ ...marked, ...change }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(parts) as T;
}

/** The groups that tracepoints are in, by their names. */
export function groupNames(marks: readonly Mark[]): string[] {
  const names = new Set(marks.flatMap(({ group }) => group ?? []));
  return [...names].sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
}
