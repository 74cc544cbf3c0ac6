/** Our text of a value against gdb's tree of it. */
import type { GdbTree } from './gdbValues';

/** Does our text mean gdb's value? */
export function isSame(text: string, tree: GdbTree): boolean {
  switch (tree.kind) {
    case 'integer':
      return integerOf(text) === BigInt(tree.value);
    case 'float':
      return isSameFloat(text, tree.value, tree.size);
    case 'enum':
      return isSameEnumerator(text, tree.name.replace(/^\(|\)$/g, '')) || isSameNumber(text, tree);
    case 'pointer':
      if (text.endsWith('<not readable>') && typeof tree.bytes === 'string') return false;
      if (!text.startsWith('"')) return integerOf(text.replace(DYNAMIC_TYPE, '')) === BigInt(tree.value);
      return typeof tree.bytes === 'string' && isString(text, Buffer.from(tree.bytes, 'hex'));
    case 'characters':
      return isString(text, Buffer.from(tree.bytes, 'hex'));
    default:
      return tree.kind === 'struct' || tree.kind === 'array';
  }
}

/** Without what they are in, whose names gdb writes in its own way. */
const isSameEnumerator = (ours: string, theirs: string): boolean => {
  const [left, right] = [ours, theirs].map((text) => text.replace(/(^|\| )[^|]*::/g, '$1'));
  return left === right;
};

/** gdb goes by the enumerators for the sign, we by the underlying type. */
function isSameNumber(ours: string, { value, size }: { value: string; size: number }): boolean {
  const number = integerOf(ours);
  return number !== undefined && BigInt.asUintN(8 * size, number) === BigInt.asUintN(8 * size, BigInt(value));
}

/** Ours is the shortest text that reads back as the same number of that size. */
function isSameFloat(ours: string, theirs: string, size: number): boolean {
  const [left, right] = [ours, theirs].map((text) => Number(text.replace('inf', 'Infinity')));
  return size === 4 ? Object.is(Math.fround(left!), Math.fround(right!)) : Object.is(left, right);
}

function integerOf(text: string): bigint | undefined {
  if (text === 'true' || text === 'false') return text === 'true' ? 1n : 0n;
  const number = /^(-?)(0x[0-9a-f]+|\d+)(?: .*)?$/s.exec(text);
  return number ? BigInt(number[2]!) * (number[1] === '-' ? -1n : 1n) : undefined;
}

/** `"text"` as in C, or the beginning of a longer one: `"text"...`. */
function isString(text: string, bytes: Buffer): boolean {
  const quoted = /^"(.*)"(\.\.\.)?$/s.exec(text);
  if (quoted === null) return false;
  const parts = quoted[1]!.match(/\\[0-7]{1,3}|\\.|[^\\]+/gs) ?? [];
  const ours = Buffer.concat(parts.map(unescaped));
  const theirs = quoted[2] === undefined ? bytes : bytes.subarray(0, ours.length);
  return ours.length === theirs.length && ours.every((byte, i) => byte === theirs[i] || byte === BREAKPOINT);
}

function unescaped(part: string): Buffer {
  if (!part.startsWith('\\')) return Buffer.from(part);
  if (/^\\[0-7]/.test(part)) return Buffer.of(parseInt(part.slice(1), 8));
  return Buffer.from(ESCAPES[part[1]!] ?? part[1]!);
}

/** `(Circle *) 0x…`: what stands before the address of an object that is of a derived class. */
const DYNAMIC_TYPE = /^\(.+ \*\) (?=0x)/;

/** int3, which a pointer into the code finds where a probe is. */
const BREAKPOINT = 0xcc;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
