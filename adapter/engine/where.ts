import { virtualAddress, type VirtualAddress } from '../elf/address';

/** Where a tracepoint goes, as the user says it. */
export type Where =
  | { readonly kind: 'line'; readonly file: string; readonly line: number }
  | { readonly kind: 'function'; readonly name: string }
  /** A link-time address of the program. */
  | { readonly kind: 'address'; readonly address: VirtualAddress }
  /** Every line with code of a file if the program has one of that name, otherwise a function. */
  | { readonly kind: 'name'; readonly name: string };

/** `FILE:LINE`, `*0xADDRESS`, or the name of a file or function. Undefined for what is none of them. */
export function parseWhere(text: string): Where | undefined {
  const address = /^\*(0x[0-9a-f]{1,15})$/i.exec(text);
  if (address) return { kind: 'address', address: virtualAddress(Number(address[1])) };
  if (text === '' || text.startsWith('*')) return undefined;
  const line = /^(.*[^:]):(\d+)$/.exec(text);
  if (!line) return /:\d*$/.test(text) ? undefined : { kind: 'name', name: text };
  const number = Number(line[2]);
  return number >= 1 && number <= MAX_LINE ? { kind: 'line', file: line[1]!, line: number } : undefined;
}

/** As `parseWhere` reads it. */
export function whereText(where: Where): string {
  switch (where.kind) {
    case 'line':
      return `${where.file}:${where.line}`;
    case 'function':
    case 'name':
      return where.name;
    case 'address':
      return `*0x${where.address.toString(16)}`;
  }
}

const MAX_LINE = 2 ** 31 - 1;
