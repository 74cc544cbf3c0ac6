import { virtualAddress, type VirtualAddress } from '../elf/address';
import { effectsOf } from './effects';
import { iced, withInstruction, type Instruction } from './iced';
import type { CaptureReads, ForbiddenClass, Placement, RefusalReason } from './placement';
import { forbiddenClass } from './probeable';
import { PREFIX, prefixesOf, REX_W } from './prefixes';

/** Bytes that are decoded of one contiguous range; what lies behind is refused. */
const MAX_RANGE_BYTES = 16 << 20;
/** Instructions that a probe may be moved over. */
const MAX_MOVE = 32;

/** A contiguous range of a subprogram: its whole code, or its hot or cold part. */
export interface CodeRange {
  readonly start: VirtualAddress;
  readonly bytes: Uint8Array;
}

/**
 * The machine code of one subprogram, or of one range of it: where its instructions begin, where its basic blocks
 * begin, and so where a probe may go.
 *
 * An address counts as an instruction's beginning when decoding without a gap from the start of the range comes to it,
 * and no direct jump of the subprogram contradicts the decoding by leading into the middle of an instruction.
 */
export class SubprogramCode {
  private constructor(
    private readonly range: CodeRange,
    private readonly scan: Scan,
    private readonly jumps: Jumps,
    /** Where the function is entered, if in this range. */
    private readonly entry: VirtualAddress,
  ) {}

  /** A subprogram of one range that is entered at its start. */
  static decode(start: VirtualAddress, bytes: Uint8Array): SubprogramCode {
    return SubprogramCode.decodeRanges(start, [{ start, bytes }])[0]!;
  }

  /**
   * A subprogram of several ranges (DW_AT_ranges): they jump into each other. One result for each, in order.
   * @param entry DW_AT_entry_pc or DW_AT_low_pc, otherwise the start of the first range.
   */
  static decodeRanges(entry: VirtualAddress, ranges: readonly CodeRange[]): SubprogramCode[] {
    const scans = ranges.map(scanRange);
    const jumps: Jumps = {
      targets: new Set(scans.flatMap((scan) => scan.jumpTargets)),
      callTargets: new Set(scans.flatMap((scan) => scan.callTargets)),
      complete: scans.every((scan) => !scan.indirectJump && scan.undecodable === undefined),
    };
    return ranges.map(
      (range, i) => new SubprogramCode(range, provenScan(range, scans[i]!, jumps), jumps, entry),
    );
  }

  /**
   * Where a probe for `address` goes whose captures read `reads`: there if that is allowed, otherwise later in the
   * same basic block, as far as only instructions lie between that run as often and change nothing that is captured.
   * A load that is passed over may fault; the target then dies, or runs it again after its handler, and that one
   * hit is not counted. Exception landing pads need no regard: a call or jump always stands before one.
   */
  place(address: VirtualAddress, reads: CaptureReads): Placement {
    const here = this.verdictAt(address);
    if (here.kind !== 'refused' || here.reason.code !== 'forbidden') return here;
    // Jumps through tables, and from code that was not decoded, may lead anywhere in the function.
    if (!this.jumps.complete || reads.registers.has('ip')) return here;
    const first = this.indexOf(address)!;
    for (let i = first; i < first + MAX_MOVE && i + 1 < this.scan.offsets.length; i++) {
      const next = this.addressOf(i + 1);
      if (!this.mayPass(i, reads) || this.isTarget(next)) return here;
      if (this.verdictAt(next).kind === 'here') return { kind: 'moved', address: next };
    }
    return here;
  }

  isBoundary(address: VirtualAddress): boolean {
    return this.indexOf(address) !== undefined;
  }

  /** Is a probe allowed at this very address? `here` or `refused`. */
  verdictAt(address: VirtualAddress): Placement {
    const index = this.indexOf(address);
    if (index === undefined) return { kind: 'refused', reason: this.boundaryGap(address) };
    const refused = this.inspect(index, (instruction, bytes): RefusalReason | undefined => {
      const forbidden = forbiddenClass(instruction, bytes, this.isAtEntry(index));
      return forbidden && { code: 'forbidden', class: forbidden, instruction: textOf(instruction) };
    });
    return refused ? { kind: 'refused', reason: refused } : { kind: 'here', address };
  }

  /** All instructions that were decoded, in order of address; `text` is in AT&T syntax. */
  *instructions(): Generator<{ address: VirtualAddress; length: number; text: string }> {
    for (let i = 0; i < this.scan.offsets.length; i++)
      yield { address: this.addressOf(i), length: this.bytesOf(i).length, text: this.inspect(i, textOf) };
  }

  private mayPass(index: number, reads: CaptureReads): boolean {
    return this.inspect(index, (instruction, bytes) => {
      if (instruction.flowControl !== iced().FlowControl.Next) return false;
      const forbidden = forbiddenClass(instruction, bytes, false);
      if (forbidden && !PASSABLE.has(forbidden)) return false;
      const { writesMemory, registers } = effectsOf(instruction);
      return !writesMemory && [...reads.registers].every((register) => !registers.has(register));
    });
  }

  /** Might control come to this instruction by other ways than from the one before? */
  private isTarget(address: VirtualAddress): boolean {
    // endbr64 is there for indirect jumps.
    const { targets, callTargets } = this.jumps;
    return (
      targets.has(address) || callTargets.has(address) || isEndbr64(this.bytesOf(this.indexOf(address)!))
    );
  }

  private isAtEntry(index: number): boolean {
    const address = this.addressOf(index);
    if (this.jumps.targets.has(address)) return false;
    if (address === this.entry) return true;
    return index > 0 && this.addressOf(index - 1) === this.entry && isEndbr64(this.bytesOf(index - 1));
  }

  private boundaryGap(address: VirtualAddress): RefusalReason {
    const { undecodable } = this.scan;
    const at = undecodable === undefined ? undefined : virtualAddress(this.range.start + undecodable);
    const behind = at !== undefined && (address >= at || this.scan.offsets.length === 0);
    return behind ? { code: 'undecodable', at } : { code: 'notABoundary' };
  }

  private indexOf(address: VirtualAddress): number | undefined {
    const offset = address - this.range.start;
    const { offsets } = this.scan;
    let low = 0;
    let high = offsets.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (offsets[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return offsets[low] === offset ? low : undefined;
  }

  private addressOf(index: number): VirtualAddress {
    return virtualAddress(this.range.start + this.scan.offsets[index]!);
  }

  private bytesOf(index: number): Uint8Array {
    const { offsets, end } = this.scan;
    return this.range.bytes.subarray(offsets[index], offsets[index + 1] ?? end);
  }

  private inspect<T>(index: number, use: (instruction: Instruction, bytes: Uint8Array) => T): T {
    const bytes = this.bytesOf(index);
    return withInstruction(bytes, this.addressOf(index), (instruction) => use(instruction, bytes));
  }
}

/** Refused for a probe, but known to do nothing else than their operands say. */
const PASSABLE: ReadonlySet<ForbiddenClass> = new Set([
  'vector',
  'segmentPrefix',
  'stackSegment',
  'longNop',
  'repeatedString',
]);

/** What decoding a range without a gap gave. Offsets are from the start of the range. */
interface Scan {
  /** Of the instructions, ascending. */
  readonly offsets: readonly number[];
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

/** Of all ranges of a subprogram. */
interface Jumps {
  readonly targets: ReadonlySet<number>;
  readonly callTargets: ReadonlySet<number>;
  /** Are these all? */
  readonly complete: boolean;
}

function scanRange({ start, bytes }: CodeRange): Scan {
  const { Decoder, DecoderOptions, Instruction, FlowControl, OpKind } = iced();
  const decoder = new Decoder(64, bytes.subarray(0, MAX_RANGE_BYTES), DecoderOptions.None);
  const instruction = new Instruction();
  const offsets: number[] = [];
  const jumpTargets: number[] = [];
  const callTargets: number[] = [];
  let indirectJump = false;
  let offset = 0;
  try {
    decoder.ip = BigInt.asUintN(64, BigInt(start));
    for (; decoder.canDecode; offset = decoder.position) {
      decoder.decodeOut(instruction);
      if (instruction.isInvalid) break;
      const flow = instruction.flowControl;
      if (flow !== FlowControl.Next && instruction.op0Kind === OpKind.NearBranch64) {
        if (isAmbiguousBranch(bytes.subarray(offset, decoder.position))) break;
        const targets = flow === FlowControl.Call ? callTargets : jumpTargets;
        targets.push(Number(BigInt.asIntN(64, instruction.nearBranchTarget)));
      }
      indirectJump ||= flow === FlowControl.IndirectBranch;
      offsets.push(offset);
    }
  } finally {
    instruction.free();
    decoder.free();
  }
  const undecodable = offset < bytes.length ? offset : undefined;
  return { offsets, end: offset, undecodable, jumpTargets, callTargets, indirectJump };
}

/** With 0x66 and without REX.W, Intel's processors read a displacement of 32 bits and AMD's one of 16. */
function isAmbiguousBranch(instruction: Uint8Array): boolean {
  const { legacy, rex } = prefixesOf(instruction);
  return legacy.has(PREFIX.operandSize) && !(rex & REX_W);
}

/** `scan` without instructions if a jump leads into the middle of one: then some of them are not what they seem. */
function provenScan({ start, bytes }: CodeRange, scan: Scan, jumps: Jumps): Scan {
  const boundaries = new Set(scan.offsets);
  const skipsLock = (offset: number): boolean =>
    bytes[offset - 1] === PREFIX.lock && boundaries.has(offset - 1);
  let conflict = Infinity;
  for (const target of [...jumps.targets, ...jumps.callTargets]) {
    const offset = target - start;
    if (offset < 0 || offset >= scan.end || boundaries.has(offset) || skipsLock(offset)) continue;
    conflict = Math.min(conflict, offset);
  }
  return conflict === Infinity ? scan : { ...scan, offsets: [], undecodable: conflict };
}

const isEndbr64 = (bytes: Uint8Array): boolean =>
  bytes.length === 4 && bytes[0] === 0xf3 && bytes[1] === 0x0f && bytes[2] === 0x1e && bytes[3] === 0xfa;

/** AT&T syntax, as gdb prints it. */
function textOf(instruction: Instruction): string {
  const { Formatter, FormatterSyntax } = iced();
  const formatter = new Formatter(FormatterSyntax.Gas);
  formatter.uppercaseHex = false;
  try {
    return formatter.format(instruction);
  } finally {
    formatter.free();
  }
}
