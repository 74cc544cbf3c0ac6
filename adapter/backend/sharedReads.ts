import { operandsOf, type Capture, type ScalarSize, type Step, type Value } from '../capture/ir';
import { sliced } from '../capture/slice';
import { ValueNumbers } from './valueNumbers';

/** Memory of the target that several loads of a program's captures read. */
export interface Block {
  /** A scalar: where it begins. What this loads is in blocks that come before. */
  readonly address: Capture;
  /** In bytes, at most MOST_BYTES. */
  readonly size: number;
  /** What is loaded of it, at most MOST_PARTS; none overlaps another. */
  readonly parts: readonly Part[];
}

export interface Part {
  /** In bytes from where the block begins; a multiple of the size. */
  readonly offset: number;
  readonly size: ScalarSize;
}

/** Where a load's bytes are: indices of the block, and of its part. */
export interface SharedRead {
  readonly block: number;
  readonly part: number;
}

/**
 * Which loads of a program are done in one: those from places that differ by a constant and lie close together (`p->a` and `p->b`), and those
 * that are the same (`p` in both). A read costs by the call, not by the byte. Loads under a guard are done by themselves.
 */
export class SharedReads {
  readonly blocks: Block[] = [];
  private readonly numbers = new ValueNumbers();
  private readonly loads = new Map<Capture, Loads>();
  /** By what is loaded. */
  private readonly groups = new Map<string, Group>();
  private readonly reads = new Map<string, SharedRead>();
  /** Is there a block for the group? */
  private readonly decided = new Map<Group, boolean>();

  /** @param room bytes of the stack that blocks may take */
  constructor(
    captures: readonly Capture[],
    private room: number,
  ) {
    const all = captures.flatMap((capture) => [...this.loadsOf(capture).values()]);
    const groups = [...byBase(all).values()].flatMap(closeTogether);
    for (const group of groups) for (const { key } of group.parts) this.groups.set(key, group);
    for (const group of groups) if (group.loads > 1) this.admit(group);
  }

  /** Of each step that loads what is in a block. */
  readsOf(capture: Capture): Map<Value, SharedRead> {
    const reads = new Map<Value, SharedRead>();
    for (const [at, { key }] of this.loadsOf(capture)) {
      const read = this.reads.get(key);
      if (read) reads.set(at, read);
    }
    return reads;
  }

  /** Makes a block of the group, after those that its address needs. */
  private admit(group: Group): boolean {
    const known = this.decided.get(group);
    if (known !== undefined) return known;
    const block = this.behind(group).every((inner) => inner && this.admit(inner))
      ? blockOf(group)
      : undefined;
    const isIn = block !== undefined && spaceOf(block) <= this.room;
    this.decided.set(group, isIn);
    if (!isIn) return false;
    this.room -= spaceOf(block);
    group.parts.forEach(({ key }, part) => this.reads.set(key, { block: this.blocks.length, part }));
    this.blocks.push(block);
    return true;
  }

  /** The groups of what the group's address is made of; undefined for a load that is in none. */
  private behind({ parts: [first] }: Group): (Group | undefined)[] {
    const { capture, address } = first!;
    const loads = this.loadsOf(capture);
    const groups: (Group | undefined)[] = [];
    const seen = new Set<Value>();
    const pending = [address];
    for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
      if (seen.has(value)) continue;
      seen.add(value);
      const step = capture.steps[value]!;
      const load = loads.get(value);
      if (step.op === 'load') groups.push(load && this.groups.get(load.key));
      else pending.push(...operandsOf(step));
    }
    return groups;
  }

  private loadsOf(capture: Capture): Loads {
    const loads = this.loads.get(capture) ?? plainLoads(capture, this.numbers);
    this.loads.set(capture, loads);
    return loads;
  }
}

/** By their steps. */
type Loads = ReadonlyMap<Value, Load>;

/** Without a guard, and at a multiple of its size from its base. */
interface Load {
  readonly capture: Capture;
  readonly address: Value;
  readonly base: number;
  /** Bytes from the base. */
  readonly offset: bigint;
  readonly size: ScalarSize;
  /** The same for loads of the same. */
  readonly key: string;
}

/** Loads that one block is for. */
interface Group {
  loads: number;
  /** One of each, by their places. */
  readonly parts: Load[];
}

function plainLoads(capture: Capture, numbers: ValueNumbers): Loads {
  const sums = numbers.sumsOf(capture);
  const loads = new Map<Value, Load>();
  capture.steps.forEach((step, at) => {
    const sum = step.op === 'load' && step.guard === undefined ? sums[step.address] : undefined;
    // Parts of a block are read from the stack, which is read by aligned words.
    if (step.op !== 'load' || !sum || sum.offset % BigInt(step.size) !== 0n) return;
    const { address, size } = step;
    loads.set(at, { capture, address, ...sum, size, key: `${sum.base} ${sum.offset} ${size}` });
  });
  return loads;
}

function byBase(loads: readonly Load[]): Map<number, Load[]> {
  const groups = new Map<number, Load[]>();
  for (const load of loads) {
    const group = groups.get(load.base);
    if (group) group.push(load);
    else groups.set(load.base, [load]);
  }
  return groups;
}

/** Groups of loads from one base. Of loads that overlap and are not the same one is in a group: where one cannot be read, the other may. */
function closeTogether(loads: readonly Load[]): Group[] {
  const groups: Group[] = [];
  let last: Load | undefined;
  for (const load of loads.toSorted((a, b) => Number(a.offset - b.offset))) {
    const group = groups.at(-1);
    if (load.key === last?.key) group!.loads++;
    else if (!last || load.offset >= endOf(last)) {
      last = load;
      if (group && isRoomIn(group, load)) {
        group.loads++;
        group.parts.push(load);
      } else groups.push({ loads: 1, parts: [load] });
    }
  }
  return groups;
}

const isRoomIn = ({ parts }: Group, load: Load): boolean =>
  endOf(load) - wordOf(parts[0]!.offset) <= MOST_BYTES && parts.length < MOST_PARTS;

function blockOf({ parts }: Group): Block {
  const [first, last] = [parts[0]!, parts.at(-1)!];
  // Where there is nothing to align, not a byte more is read.
  const start = parts.length > 1 ? wordOf(first.offset) : first.offset;
  return {
    address: addressPlus(first, start - first.offset),
    size: Number(endOf(last) - start),
    parts: parts.map(({ offset, size }) => ({ offset: Number(offset - start), size })),
  };
}

/** A load's address and a constant. */
function addressPlus({ capture: { steps }, address }: Load, constant: bigint): Capture {
  if (constant === 0n) return sliced(steps, { kind: 'scalar', value: address, size: 8 });
  const all: Step[] = [
    ...steps,
    { op: 'constant', value: constant },
    { op: 'add', left: address, right: steps.length },
  ];
  return sliced(all, { kind: 'scalar', value: steps.length + 1, size: 8 });
}

const endOf = ({ offset, size }: Load): bigint => offset + BigInt(size);
/** The offset of the word that a byte is in. */
const wordOf = (offset: bigint): bigint => offset - BigInt.asUintN(3, offset);
/** On the stack: whole words, and one for what could not be read. */
const spaceOf = ({ size }: Block): number => 8 * Math.ceil(size / 8) + 8;

const MOST_BYTES = 64;
/** Each has a bit that an immediate can hold. */
const MOST_PARTS = 31;
