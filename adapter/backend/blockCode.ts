import {
  arithmetic,
  arithmeticImmediate,
  call,
  jumpIfImmediate,
  label,
  load,
  move,
  moveImmediate,
  store,
  storeImmediate,
  type Line,
} from '../bpf/instruction';
import type { BpfRegister } from '../bpf/opcode';
import type { Capture, Value } from '../capture/ir';
import { evaluate, type BlockPart, type Surroundings } from './evaluation';
import type { Slot } from './frame';
import { fetch, FRAME_POINTER, type Place } from './place';
import type { Block, SharedReads } from './sharedReads';

/** A block on the stack. */
interface ReadBlock {
  readonly bytes: Slot;
  /** Holds a bit for each of its parts: could it not be read? It is zeros then. */
  readonly failures: Slot;
}

export interface BlockReads {
  readonly lines: readonly Line[];
  /** What captures find on the stack after that. */
  readonly partsOf: (capture: Capture) => ReadonlyMap<Value, BlockPart>;
}

/**
 * Code that reads the blocks onto the stack, where they stay; it may sleep.
 * @throws StackExhausted
 */
export function readBlocks(reads: SharedReads, surroundings: Surroundings): BlockReads {
  const lines: Line[] = [];
  const blocks: ReadBlock[] = [];
  const partsOf = (capture: Capture): ReadonlyMap<Value, BlockPart> =>
    new Map(
      [...reads.readsOf(capture)].map(([at, { block, part }]) => {
        const { bytes, failures } = blocks[block]!;
        return [at, { slot: bytes + reads.blocks[block]!.parts[part]!.offset, failures, part }];
      }),
    );
  // An address finds what it loads in blocks before.
  for (const [index, block] of reads.blocks.entries()) {
    const { frame } = surroundings;
    const name = `block${index}`;
    const place = { bytes: frame.takeRun(Math.ceil(block.size / 8)), failures: frame.take() };
    const within = { ...surroundings, frame: frame.copy(), partsOf };
    const { lines: addressed, results } = evaluate(block.address, name, { kind: 'ignore' }, within);
    for (const line of [...addressed, ...readBlock(block, results[0]!, place, name)]) lines.push(line);
    blocks.push(place);
  }
  return { lines, partsOf };
}

/** All of it; where that fails, part by part. */
function readBlock(
  { size, parts }: Block,
  address: Place,
  { bytes, failures }: ReadBlock,
  name: string,
): Line[] {
  const whole = read(address, 0, size, bytes);
  if (parts.length === 1) return [...whole, sign(0), store(8, FRAME_POINTER, failures, 0)];
  const done = `${name}.done`;
  return [
    ...whole,
    move(1, 0),
    sign(1),
    store(8, FRAME_POINTER, failures, 1),
    jumpIfImmediate('eq', 0, 0, done),
    storeImmediate(8, FRAME_POINTER, failures, 0),
    ...parts.flatMap((part, bit) => [
      ...read(address, part.offset, part.size, bytes + part.offset),
      sign(0),
      arithmeticImmediate('shl', 0, bit),
      load(8, 1, FRAME_POINTER, failures),
      arithmetic('or', 0, 1),
      store(8, FRAME_POINTER, failures, 0),
    ]),
    label(done),
  ];
}

/** 1 of a register that is negative, otherwise 0. */
const sign = (register: BpfRegister): Line => arithmeticImmediate('shr', register, 63);

/** The helper gives 0 or a negative errno, and fills the destination with zeros when it fails. */
const read = (address: Place, offset: number, size: number, destination: Slot): Line[] => [
  fetch(3, address),
  ...(offset > 0 ? [arithmeticImmediate('add', 3, offset)] : []),
  move(1, FRAME_POINTER),
  arithmeticImmediate('add', 1, destination),
  moveImmediate(2, size),
  call('copy_from_user'),
];
