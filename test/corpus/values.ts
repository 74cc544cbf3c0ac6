/**
 * What `sourcetap trace` captures where a program first comes by some addresses, against what gdb finds there in a run that
 * goes the same way: same environment, no address space randomisation, a clock that stands still.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { Hit, Summary, Value } from '../kernel/sourcetap';
import { gdbStops, type GdbTree, type Run } from './gdbValues';

export interface ValueComparison {
  /** Addresses that both came by. */
  readonly stops: number;
  /** Variables of these, the ones that gdb has. */
  readonly variables: number;
  /** Wholly or partly readable by gdb; by us. */
  readonly readableByGdb: number;
  readonly readable: number;
  readonly leaves: number;
  /** Leaves that two runs under gdb itself do not agree on, or that depend on where libraries are. */
  readonly restless: number;
  /** Leaves that gdb reads and we do not, by our reason. */
  readonly reasons: ReadonlyMap<string, number>;
  /** Leaves that we read and gdb does not. */
  readonly more: number;
  /** Leaves with another value than gdb's. */
  readonly wrong: readonly string[];
  /** Addresses that take no probe, or that only one of the two came by. */
  readonly unprobed: number;
}

type Variables = Readonly<Record<string, GdbTree>>;

/** @param other goes the same way, with libraries elsewhere: their places may differ under a probe, too */
export function compareValues(run: Run, other: Run, sample: number, file = ''): ValueComparison {
  const { sampled, stops } = gdbStops(run, { file, sample });
  const again = gdbStops(other, sampled).stops;
  const places = Object.keys(stops).filter((address) => address in again);
  const hits = firstHits(run, places);
  const comparison = new Comparing();
  for (const address of places) {
    const hit = hits.get(address);
    if (hit === undefined) comparison.unprobed++;
    else comparison.stop(address, hit.values, stops[address]!, again[address]!);
  }
  return comparison;
}

/** Of each address the first hit. An address that takes no probe has none. */
function firstHits(run: Run, addresses: readonly string[]): ReadonlyMap<string, Hit> {
  const hits = new Map<string, Hit>();
  for (let start = 0; start < addresses.length; start += MAX_TRACEPOINTS)
    for (const [address, hit] of tracedHits(run, addresses.slice(start, start + MAX_TRACEPOINTS)))
      hits.set(address, hit);
  return hits;
}

/** One run. Where an address takes no probe, which the command then refuses as a whole, again without it. */
function tracedHits(run: Run, addresses: readonly string[]): Map<string, Hit> {
  const wheres = addresses.map((address) => `*${address}`);
  const cli = process.env['SOURCETAP_CLI'] ?? resolve(__dirname, '../../dist/cli.js');
  const command = ['-R', process.execPath, cli, 'trace', '--json', ...wheres];
  const { stdout, stderr, status } = spawnSync(
    'setarch',
    [...command, '--program', run.program, '--', ...run.args],
    { cwd: run.directory, env: run.environment, encoding: 'utf8', maxBuffer: 1 << 30 },
  );
  const objects = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { type: string });
  const refused = addresses.filter((address) => stderr.includes(`*${address}: `) && status !== 0);
  if (status !== 0 && refused.length > 0 && refused.length < addresses.length)
    return tracedHits(
      run,
      addresses.filter((address) => !refused.includes(address)),
    );
  assert.equal(status, 0, stderr);
  for (const { tracepoint, lost } of objects.filter(({ type }) => type === 'summary') as Summary[])
    assert.equal(lost, 0, `tracepoint ${tracepoint}`);
  const hits = new Map<string, Hit>();
  for (const hit of objects.filter(({ type }) => type === 'hit') as Hit[]) {
    const address = addresses[hit.tracepoint - 1]!;
    if (!hits.has(address)) hits.set(address, hit);
  }
  return hits;
}

class Comparing implements ValueComparison {
  stops = 0;
  variables = 0;
  readableByGdb = 0;
  readable = 0;
  leaves = 0;
  restless = 0;
  more = 0;
  unprobed = 0;
  readonly reasons = new Map<string, number>();
  readonly wrong: string[] = [];

  stop(address: string, ours: Readonly<Record<string, Value>>, theirs: Variables, again: Variables): void {
    this.stops++;
    for (const [name, tree] of Object.entries(theirs)) {
      this.variables++;
      if (isReadable(tree)) this.readableByGdb++;
      const value = ours[name];
      if (value?.value !== undefined) this.readable++;
      if (value !== undefined) this.compare(`${address} ${name}`, value, tree, again[name]);
      else if (isReadable(tree)) this.differ(`${address} ${name}`, undefined, tree);
    }
  }

  private compare(path: string, ours: Value, theirs: GdbTree, again: GdbTree | undefined): void {
    if (theirs.kind === 'struct' && ours.children !== undefined) {
      const members = again?.kind === 'struct' ? again.members : {};
      for (const child of ours.children) {
        const tree = theirs.members[child.name];
        if (tree !== undefined) this.compare(`${path}.${child.name}`, child, tree, members[child.name]);
      }
    } else if (theirs.kind === 'array' && ours.children !== undefined) {
      const elements = again?.kind === 'array' ? again.elements : [];
      for (const [i, child] of ours.children.entries()) {
        const tree = theirs.elements[i];
        if (tree !== undefined) this.compare(`${path}[${i}]`, child, tree, elements[i]);
      }
    } else this.leaf(path, ours, theirs, again);
  }

  private leaf(path: string, ours: Value, theirs: GdbTree, again: GdbTree | undefined): void {
    this.leaves++;
    if (JSON.stringify(theirs) !== JSON.stringify(again) || isMoved(ours.value, theirs)) this.restless++;
    else if (!isReadable(theirs)) this.more += ours.value === undefined ? 0 : 1;
    else if (ours.value === undefined) this.unread(ours, theirs);
    else if (!isSame(ours.value, theirs)) this.differ(path, ours, theirs);
  }

  private unread({ unavailable = '' }: Value, theirs: GdbTree): void {
    // A pointer to characters that are not there: gdb has the pointer, we say that the string cannot be read.
    const isDangling = theirs.kind === 'pointer' && theirs.bytes === null;
    const reason = isDangling ? 'a string that is not there' : unavailable;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  private differ(path: string, ours: Value | undefined, theirs: GdbTree): void {
    this.wrong.push(
      `${path}: ${ours?.value ?? ours?.unavailable ?? 'missing'}, ${JSON.stringify(theirs)} for gdb`,
    );
  }
}

/**
 * Libraries may be mapped a page lower than under gdb: what a program left on its stack then points into them a page lower.
 */
function isMoved(ours: string | undefined, theirs: GdbTree): boolean {
  if (ours === undefined || (theirs.kind !== 'pointer' && theirs.kind !== 'integer')) return false;
  const value = integerOf(ours);
  if (value !== undefined) return BigInt(theirs.value) - value === PAGE && value >> 24n === LIBRARIES;
  return (
    theirs.kind === 'pointer' &&
    theirs.bytes?.endsWith('f7ff7f') === true &&
    ours.endsWith('\\367\\377\\177"')
  );
}

const PAGE = 4096n;
/** Without address space layout randomisation libraries are below 0x7ffff7fff000; the upper bits of their addresses. */
const LIBRARIES = 0x7ffff7n;

/** Is there anything in it that has a value? */
const isReadable = (tree: GdbTree): boolean => {
  switch (tree.kind) {
    case 'struct':
      return Object.values(tree.members).some(isReadable);
    case 'array':
      return tree.elements.some(isReadable);
    case 'nowhere':
    case 'synthetic':
    case 'unsupported':
    case 'error':
      return false;
    default:
      return true;
  }
};

/** Does our text mean gdb's value? */
function isSame(text: string, tree: GdbTree): boolean {
  switch (tree.kind) {
    case 'integer':
      return integerOf(text) === BigInt(tree.value);
    case 'float':
      return isSameFloat(text, tree.value, tree.size);
    case 'enum':
      return isSameEnumerator(text, tree.name.replace(/^\(|\)$/g, '')) || isSameNumber(text, tree);
    case 'pointer':
      if (!text.startsWith('"')) return integerOf(text) === BigInt(tree.value);
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
/** In one run. */
const MAX_TRACEPOINTS = 200;
