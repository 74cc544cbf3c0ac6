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
import type { Capture } from '../capture/ir';
import { evaluate, type BlockPart, type Surroundings } from './evaluation';
import type { Slot } from './frame';
import { fetch, FRAME_POINTER, unlink, type Place } from './place';
import type { Block, SharedReads } from './sharedReads';

/** A block on the stack. */
interface ReadBlock {
  readonly bytes: Slot;
  /** Holds a bit for each of its parts: could it not be read? Then it is zero. */
  readonly failures: Slot;
}

/**
 * Code that reads the blocks onto the stack, where they stay; it may sleep. With it, what captures find there.
 * @throws StackExhausted
 */
export function readBlocks(
  reads: SharedReads,
  surroundings: Surroundings,
): Required<Pick<Surroundings, 'partsOf'>> & { readonly lines: readonly Line[] } {
  const blocks: ReadBlock[] = [];
  const partsOf = (capture: Capture): ReadonlyMap<number, BlockPart> =>
    new Map(
      [...reads.readsOf(capture)].map(([at, { block, part }]) => {
        const { bytes, failures } = blocks[block]!;
        return [at, { slot: bytes + reads.blocks[block]!.parts[part]!.offset, failures, part }];
      }),
    );
  const lines = reads.blocks.flatMap((block, index) => {
    const { frame } = surroundings;
    const read = { bytes: frame.takeRun(Math.ceil(block.size / 8)), failures: frame.take() };
    const name = `block${index}`;
    const within = { ...surroundings, frame: frame.copy(), partsOf };
    const { lines: addressed, results } = evaluate(block.address, name, { kind: 'ignore' }, within);
    blocks.push(read);
    return [...addressed, ...readBlock(block, results[0]!, read, name)];
  });
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
    unlink(1),
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
