/** Values of ours against those of gdb's runs, leaf by leaf, with names for what cannot be compared. */
import type { Value } from '../kernel/sourcetap';
import type { GdbTree } from './gdbValues';
import { isSame } from './sameValue';

/** Why we have no value of a leaf that has one for gdb. */
export const UNREAD = {
  caller: /^only the caller knew it/,
  vector: /^in a vector register/,
  room: /^no room left in the record/,
  pieces: /^not readable: \d+ bytes in pieces of \d+$/,
  contents: /^not readable: the memory is not there$/,
} as const;
export type Unread = keyof typeof UNREAD | 'other';

/**
 * How many pages lower all that is mapped is in gdb's runs. For the first instruction that it steps under a probe the
 * kernel maps a page of its own, above libraries or below: in our run some of what is mapped is a page lower.
 */
export const PAGES = [0, 1, 16] as const;

type Variables = Readonly<Record<string, GdbTree>>;

export class ValueComparison {
  /** Addresses that all runs came by. */
  stops = 0;
  /** Addresses that only some of gdb's runs came by. */
  astray = 0;
  /** Addresses that take no probe. */
  unprobed = 0;
  /** Variables of the stops, the ones that gdb has. */
  variables = 0;
  /** Variables of which something is readable. */
  readableByGdb = 0;
  readable = 0;
  /** Variables of which gdb has something and we nothing. */
  readonly less: Record<Unread, number> = noneUnread();
  leaves = 0;
  /** Leaves that differ between gdb's runs, where things are mapped elsewhere, and ours is one of these. */
  moved = 0;
  /** Leaves that differ between gdb's runs, and ours is none of these. */
  restless = 0;
  /** Leaves that are whole objects, which we show by what they stand for and gdb by their members. */
  printed = 0;
  /** Leaves that we read and gdb does not. */
  more = 0;
  /** Leaves that gdb reads and we do not. */
  readonly unread: Record<Unread, number> = noneUnread();
  /** Leaves with another value than gdb's. */
  readonly wrong: string[] = [];
  /** What is unread for another reason. */
  readonly unexplained: string[] = [];

  /**
   * @param ours undefined where there was no hit
   * @param runs the variables of each of gdb's runs
   */
  stop(address: string, ours: Readonly<Record<string, Value>> | undefined, runs: readonly Variables[]): void {
    this.stops++;
    if (ours === undefined) {
      this.wrong.push(`${address}: no hit`);
      return;
    }
    for (const [name, tree] of Object.entries(runs[0]!)) {
      this.variables++;
      const value = ours[name] ?? MISSING;
      if (isReadable(tree)) this.readableByGdb++;
      if (isRead(value)) this.readable++;
      else if (isReadable(tree)) this.less[unreadOf(value, tree)]++;
      this.compare(
        `${address} ${name}`,
        value,
        runs.map((variables) => variables[name] ?? NOTHING),
      );
    }
  }

  private compare(path: string, ours: Value, runs: readonly GdbTree[]): void {
    const [tree] = runs;
    if (tree?.kind === 'struct' && ours.children !== undefined) {
      for (const child of ours.children)
        if (child.name in tree.members)
          this.compare(
            `${path}.${child.name}`,
            child,
            runs.map((run) => (run.kind === 'struct' ? run.members[child.name] : undefined) ?? NOTHING),
          );
    } else if (tree?.kind === 'array' && ours.children !== undefined) {
      for (const [i, child] of ours.children.slice(0, tree.elements.length).entries())
        this.compare(
          `${path}[${i}]`,
          child,
          runs.map((run) => (run.kind === 'array' ? run.elements[i] : undefined) ?? NOTHING),
        );
    } else this.leaf(path, ours, runs);
  }

  private leaf(path: string, ours: Value, runs: readonly GdbTree[]): void {
    const [theirs = NOTHING] = runs;
    const { value } = ours;
    this.leaves++;
    if (runs.some((run) => JSON.stringify(run) !== JSON.stringify(theirs))) this.differing(path, ours, runs);
    else if (!isReadable(theirs)) this.more += value === undefined ? 0 : 1;
    else if (value === undefined) this.missing(path, ours, theirs);
    else if (theirs.kind === 'struct' || theirs.kind === 'array') this.printed++;
    else if (!isSame(value, theirs)) this.wrong.push(textOf(path, ours, theirs));
  }

  private differing(path: string, ours: Value, runs: readonly GdbTree[]): void {
    const { value } = ours;
    if (value !== undefined && runs.some((run) => isSame(value, run))) this.moved++;
    else if (value !== undefined && isAddress(runs)) this.wrong.push(textOf(path, ours, runs[0]!));
    else this.restless++;
  }

  private missing(path: string, ours: Value, theirs: GdbTree): void {
    const reason = unreadOf(ours, theirs);
    this.unread[reason]++;
    if (reason === 'other') this.unexplained.push(textOf(path, ours, theirs));
  }
}

const MISSING: Value = { unavailable: 'missing', type: '' };
const NOTHING: GdbTree = { kind: 'nowhere' };

const noneUnread = (): Record<Unread, number> => ({
  caller: 0,
  vector: 0,
  room: 0,
  pieces: 0,
  contents: 0,
  other: 0,
});

/** Is there anything in it that has a value? */
function isReadable(tree: GdbTree): boolean {
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
}

/** Children of a pointer are what it points to. */
const isRead = ({ value, children }: Value): boolean =>
  (value !== undefined && !(children && value.startsWith('{'))) || (children ?? []).some(isRead);

function unreadOf(ours: Value, theirs: GdbTree): Unread {
  if (theirs.kind === 'array' && ours.children?.[0] && theirs.elements[0])
    return unreadOf(ours.children[0], theirs.elements[0]);
  const reason = reasonOf(ours) ?? '';
  const [found] = Object.entries(UNREAD).find(([, pattern]) => pattern.test(reason)) ?? [];
  if (found === 'pieces' && !isZeroBeyond(theirs, reason)) return 'other';
  if (found === 'contents' && !isWild(theirs)) return 'other';
  return (found ?? 'other') as Unread;
}

/** The first one in it. */
const reasonOf = ({ unavailable, children = [] }: Value): string | undefined =>
  unavailable ?? children.map(reasonOf).find((reason) => reason !== undefined);

/** Does a pointer in it lead to where no object can be? */
function isWild(tree: GdbTree): boolean {
  if (tree.kind === 'struct') return Object.values(tree.members).some(isWild);
  if (tree.kind !== 'pointer' || tree.value === '0') return false;
  return tree.bytes === null || BigInt(tree.value) < PAGE || BigInt(tree.value) >= USER_SPACE_END;
}

/** gdb takes what lies beyond the last piece for zeroes. */
function isZeroBeyond(theirs: GdbTree, reason: string): boolean {
  const covered = Number(/\d+$/.exec(reason)![0]);
  if (theirs.kind === 'characters') return Buffer.from(theirs.bytes, 'hex').length <= covered;
  if (theirs.kind !== 'integer' && theirs.kind !== 'pointer') return false;
  return BigInt(theirs.value) >> BigInt(8 * covered) === 0n;
}

/** Does it go with what is mapped? */
function isAddress(runs: readonly GdbTree[]): boolean {
  const values = runs.map((run) => ('value' in run && run.kind !== 'float' ? BigInt(run.value) : undefined));
  const [first] = values;
  return values.every(
    (value, i) =>
      first !== undefined && value !== undefined && first - value === PAGE * BigInt(PAGES[i] ?? 0),
  );
}

const textOf = (path: string, ours: Value, theirs: GdbTree): string =>
  `${path}: ${ours.value ?? ours.unavailable ?? 'nothing'}, ${JSON.stringify(theirs)} for gdb`;

const PAGE = 4096n;
const USER_SPACE_END = 1n << 47n;
