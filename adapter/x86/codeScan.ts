import { virtualAddress, type VirtualAddress } from '../elf/address';
import { isEmulated } from './emulation';
import { iced, type Instruction } from './iced';
import type { ForbiddenClass } from './placement';
import { forbiddenClass } from './probeable';
import { PREFIX, prefixesOf, REX_W } from './prefixes';

/** Bytes that are decoded of one contiguous range; what lies behind is refused. */
const MAX_RANGE_BYTES = 16 << 20;

/** A contiguous range of a subprogram: its whole code, or its hot or cold part. */
export interface CodeRange {
  readonly start: VirtualAddress;
  readonly bytes: Uint8Array;
}

/** What decoding a range without a gap gave. Offsets are from the start of the range. */
export interface Scan {
  /** Of the instructions, ascending. */
  readonly offsets: readonly number[];
  /** Of each instruction: FLOW. */
  readonly flow: readonly number[];
  /** Of each instruction, as if it stood behind the function's entry. */
  readonly forbidden: readonly (ForbiddenClass | undefined)[];
  /** Behind the last instruction. */
  readonly end: number;
  /** Where decoding ended early. */
  readonly undecodable: number | undefined;
  /** Of direct jumps, in this range or not; xbegin's is one. */
  readonly jumpTargets: readonly number[];
  /** Of direct calls. */
  readonly callTargets: readonly number[];
  readonly indirectJump: boolean;
}

/** What is known of an instruction beside its bytes; bits. */
export const FLOW = {
  /** The next instruction always comes after it. */
  next: 1,
  emulated: 2,
  /** It may fault: it reads or writes memory other than the stack and the module's own, or divides. */
  faults: 4,
} as const;

/** Decodes a range, and gives each instruction to `visit`. */
export function decodeRange(
  { start, bytes }: CodeRange,
  visit: (instruction: Instruction, offset: number, end: number) => boolean,
): number {
  const { Decoder, DecoderOptions, Instruction } = iced();
  const decoder = new Decoder(64, bytes.subarray(0, MAX_RANGE_BYTES), DecoderOptions.None);
  const instruction = new Instruction();
  let offset = 0;
  try {
    decoder.ip = BigInt.asUintN(64, BigInt(start));
    for (; decoder.canDecode; offset = decoder.position) {
      decoder.decodeOut(instruction);
      if (instruction.isInvalid || !visit(instruction, offset, decoder.position)) break;
    }
  } finally {
    instruction.free();
    decoder.free();
  }
  return offset;
}

export function scanRange(range: CodeRange): Scan {
  const { FlowControl, OpKind } = iced();
  const { bytes } = range;
  const offsets: number[] = [];
  const flows: number[] = [];
  const forbidden: (ForbiddenClass | undefined)[] = [];
  const jumpTargets: number[] = [];
  const callTargets: number[] = [];
  let indirectJump = false;
  const end = decodeRange(range, (instruction, offset, behind) => {
    const own = bytes.subarray(offset, behind);
    const flow = instruction.flowControl;
    if (flow !== FlowControl.Next && instruction.op0Kind === OpKind.NearBranch64) {
      if (isAmbiguousBranch(own)) return false;
      const targets = flow === FlowControl.Call ? callTargets : jumpTargets;
      targets.push(Number(BigInt.asIntN(64, instruction.nearBranchTarget)));
    }
    indirectJump ||= flow === FlowControl.IndirectBranch;
    offsets.push(offset);
    flows.push(
      (flow === FlowControl.Next ? FLOW.next : 0) |
        (isEmulated(own) ? FLOW.emulated : 0) |
        (mayFault(instruction) ? FLOW.faults : 0),
    );
    forbidden.push(forbiddenClass(instruction, own, false));
    return true;
  });
  const undecodable = end < bytes.length ? end : undefined;
  return { offsets, flow: flows, forbidden, end, undecodable, jumpTargets, callTargets, indirectJump };
}

function mayFault(instruction: Instruction): boolean {
  const { MemorySize, Mnemonic, Register } = iced();
  const { mnemonic } = instruction;
  if (mnemonic === Mnemonic.Div || mnemonic === Mnemonic.Idiv) return true;
  if (instruction.memorySize === MemorySize.Unknown) return false;
  const base = instruction.memoryBase;
  const isOwn = base === Register.RSP || base === Register.RBP || base === Register.RIP;
  return !isOwn || instruction.memoryIndex !== Register.None;
}

/** With 0x66 and without REX.W, Intel's processors read a displacement of 32 bits and AMD's one of 16. */
function isAmbiguousBranch(instruction: Uint8Array): boolean {
  const { legacy, rex } = prefixesOf(instruction);
  return legacy.has(PREFIX.operandSize) && !(rex & REX_W);
}

/** `scan` without instructions if a jump leads into the middle of one: then some of them are not what they seem. */
export function provenScan({ start, bytes }: CodeRange, scan: Scan, targets: Iterable<number>): Scan {
  const boundaries = new Set(scan.offsets);
  const skipsLock = (offset: number): boolean =>
    bytes[offset - 1] === PREFIX.lock && boundaries.has(offset - 1);
  let conflict = Infinity;
  for (const target of targets) {
    const offset = target - start;
    if (offset < 0 || offset >= scan.end || boundaries.has(offset) || skipsLock(offset)) continue;
    conflict = Math.min(conflict, offset);
  }
  return conflict === Infinity ? scan : { ...scan, offsets: [], undecodable: conflict };
}

/** Index of the instruction at an offset. */
export function instructionAt({ offsets }: Scan, offset: number): number | undefined {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return offsets[low] === offset ? low : undefined;
}

export const addressOf = ({ start }: CodeRange, { offsets }: Scan, index: number): VirtualAddress =>
  virtualAddress(start + offsets[index]!);
