import type { Capture, ScalarSize, Step, Value } from '../capture/ir';
import { captureOf } from '../capture/slice';
import { ValueNumbers, type PlainLoad } from './valueNumbers';

/** Memory of the target that several loads of a program's captures read. */
export interface Block {
  /** A scalar: where it begins. What this loads is in blocks that come before. */
  readonly address: Capture;
  /** In bytes, at most MOST_BYTES. */
  readonly size: number;
  /** What is loaded of it, at most MOST_PARTS. */
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
 * that are the same (`p` in both). A read costs by the call, not by the byte.
 */
export class SharedReads {
  readonly blocks: Block[] = [];
  private readonly numbers = new ValueNumbers();
  /** By what is loaded (keyOf). */
  private readonly reads = new Map<string, SharedRead>();

  constructor(captures: readonly Capture[]) {
    let room = ROOM;
    for (const group of groupsOf(captures.flatMap((capture) => this.numbers.loadsOf(capture)))) {
      const { block, keys } = blockOf(group);
      if (block.size > room || !this.hasAllOf(block.address)) continue;
      room -= block.size;
      keys.forEach((key, part) => this.reads.set(key, { block: this.blocks.length, part }));
      this.blocks.push(block);
    }
  }

  /** By the step that loads; steps that are done by themselves have none. */
  readsOf(capture: Capture): ReadonlyMap<number, SharedRead> {
    const reads = new Map<number, SharedRead>();
    for (const load of this.numbers.loadsOf(capture)) {
      const read = this.reads.get(keyOf(load));
      if (read) reads.set(load.at, read);
    }
    return reads;
  }

  private hasAllOf(address: Capture): boolean {
    return this.numbers.loadsOf(address).every((load) => this.reads.has(keyOf(load)));
  }
}

/** Two loads or more each, in the order of their first ones: what an address loads is of an earlier group. */
function groupsOf(loads: readonly PlainLoad[]): PlainLoad[][] {
  const order = new Map(loads.map((load, index) => [load, index]));
  const first = (group: readonly PlainLoad[]): number => Math.min(...group.map((load) => order.get(load)!));
  return [...byBase(loads.filter(isAligned)).values()]
    .flatMap(closeTogether)
    .filter((group) => group.length > 1)
    .sort((a, b) => first(a) - first(b));
}

/** A block's parts are read from the stack, which is read by aligned words. */
const isAligned = ({ address, size }: PlainLoad): boolean => address.offset % BigInt(size) === 0n;

function byBase(loads: readonly PlainLoad[]): Map<number, PlainLoad[]> {
  const groups = new Map<number, PlainLoad[]>();
  for (const load of loads) {
    const group = groups.get(load.address.base);
    if (group) group.push(load);
    else groups.set(load.address.base, [load]);
  }
  return groups;
}

/** Loads from one base, divided so that a block has room for each group. */
function closeTogether(loads: readonly PlainLoad[]): PlainLoad[][] {
  const groups: PlainLoad[][] = [];
  let start = 0n;
  let keys = new Set<string>();
  for (const load of loads.toSorted((a, b) => Number(a.address.offset - b.address.offset))) {
    const group = groups.at(-1);
    const fits = load.address.offset + BigInt(load.size) - start <= MOST_BYTES && keys.size < MOST_PARTS;
    if (group && fits) group.push(load);
    else {
      groups.push([load]);
      start = wordOf(load.address.offset);
      keys = new Set();
    }
    keys.add(keyOf(load));
  }
  return groups;
}

/** Of loads by their offsets, with the key of each part. */
function blockOf(group: readonly PlainLoad[]): { block: Block; keys: string[] } {
  const { capture, at, address } = group[0]!;
  const start = wordOf(address.offset);
  const parts = new Map(
    group.map((load) => [keyOf(load), { offset: Number(load.address.offset - start), size: load.size }]),
  );
  const { address: first } = capture.steps[at] as Extract<Step, { op: 'load' }>;
  return {
    block: {
      address: shifted(capture.steps, first, start - address.offset),
      size: Math.max(...[...parts.values()].map(({ offset, size }) => offset + size)),
      parts: [...parts.values()],
    },
    keys: [...parts.keys()],
  };
}

/** The sum of a step's value and a constant. */
function shifted(steps: readonly Step[], value: Value, by: bigint): Capture {
  const sum = steps.length + 1;
  const all: Step[] = [
    ...steps,
    { op: 'constant', value: by },
    { op: 'add', left: value, right: steps.length },
  ];
  return captureOf(all, { kind: 'scalar', value: by === 0n ? value : sum, size: 8 });
}

const keyOf = ({ address: { base, offset }, size }: PlainLoad): string => `${base} ${offset} ${size}`;
/** The offset of the word that the byte at an offset is in. */
const wordOf = (offset: bigint): bigint => offset - BigInt.asUintN(3, offset);

/** Of a block. */
const MOST_BYTES = 64;
/** A part has a bit that an immediate can hold. */
const MOST_PARTS = 31;
/** Of the stack, for all blocks. */
const ROOM = 128;
