import { virtualAddress, type VirtualAddress } from '../elf/address';

/** Where a tracepoint goes, as the user says it. */
export type Where =
  | LineWhere
  | { readonly kind: 'function'; readonly name: string }
  /** A link-time address of the program. */
  | { readonly kind: 'address'; readonly address: VirtualAddress }
  /** Every line with code of a file if the program has one of that name, otherwise a function. */
  | { readonly kind: 'name'; readonly name: string }
  /** Every line of a file or function, as `name`, each by itself; without a name, of the program. */
  | { readonly kind: 'lines'; readonly name: string | undefined };

/** A line; with a column, only what it has there if it has any. */
export interface LineWhere {
  readonly kind: 'line';
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** `FILE:LINE`, `FILE:LINE:COLUMN`, `*0xADDRESS`, or the name of a file or function. Undefined for what is none of them. */
export function parseWhere(text: string): Where | undefined {
  const address = /^\*(0x[0-9a-f]{1,15})$/i.exec(text);
  if (address) return { kind: 'address', address: virtualAddress(Number(address[1])) };
  if (text === '' || text.startsWith('*')) return undefined;
  const parts = /^(.*?[^:]):(\d+)(?::(\d+))?$/.exec(text);
  if (!parts) return /:\d*$/.test(text) ? undefined : { kind: 'name', name: text };
  const [line, column] = [Number(parts[2]), parts[3] === undefined ? undefined : Number(parts[3])];
  if (!isPosition(line) || (column !== undefined && !isPosition(column))) return undefined;
  return { kind: 'line', file: parts[1]!, line, ...(column !== undefined && { column }) };
}

/** As `parseWhere` reads it. */
export function whereText(where: Where): string {
  switch (where.kind) {
    case 'line':
      return `${where.file}:${where.line}${where.column === undefined ? '' : `:${where.column}`}`;
    case 'function':
    case 'name':
      return where.name;
    case 'lines':
      return where.name ?? 'every line';
    case 'address':
      return `*0x${where.address.toString(16)}`;
  }
}

/** A line or column; both count from 1. */
const isPosition = (number: number): boolean => number >= 1 && number <= MAX_POSITION;
const MAX_POSITION = 2 ** 31 - 1;
