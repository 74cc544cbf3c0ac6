import { virtualAddress, type VirtualAddress } from '../elf/address';
import { addressOf, FLOW, instructionAt, provenScan, scanRange, type CodeRange, type Scan } from './codeScan';
import { effectsOf } from './effects';
import { iced, withInstruction, type Instruction } from './iced';
import { indirectTargets, type ProgramData } from './indirectTargets';
import type { CaptureReads, ForbiddenClass, Placement, RefusalReason } from './placement';

/** Instructions that a probe may be moved over. */
const MAX_MOVE = 32;

/** What leads into a subprogram beside its own direct jumps. */
export interface Surroundings {
  /** Where exceptions continue in it; undefined where that cannot be read. */
  readonly landingPads: readonly VirtualAddress[] | undefined;
  readonly data: ProgramData;
}

/**
 * The machine code of one subprogram, or of one range of it: where its instructions begin, where its basic blocks
 * begin, and so where a probe may go.
 *
 * An address counts as an instruction's beginning when decoding without a gap from the start of the range comes to it,
 * and no direct jump of the subprogram contradicts the decoding by leading into the middle of an instruction.
 */
export class SubprogramCode {
  /** Of lines that share an address. */
  private readonly counted = new Map<VirtualAddress, Placement>();

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
  static decodeRanges(
    entry: VirtualAddress,
    ranges: readonly CodeRange[],
    surroundings?: Surroundings,
  ): SubprogramCode[] {
    const scans = ranges.map(scanRange);
    const direct = scans.flatMap(({ jumpTargets }) => jumpTargets);
    const callTargets = new Set(scans.flatMap((scan) => scan.callTargets));
    const proven = ranges.map((range, i) => provenScan(range, scans[i]!, [...direct, ...callTargets]));
    const indirect = proven.some(({ indirectJump }) => indirectJump)
      ? surroundings && indirectTargets(ranges, proven, surroundings.data)
      : [];
    const pads = surroundings ? surroundings.landingPads : [];
    const jumps: Jumps = {
      targets: new Set([...direct, ...(indirect ?? []), ...(pads ?? [])]),
      callTargets,
      complete:
        indirect !== undefined &&
        pads !== undefined &&
        proven.every(({ undecodable }) => undecodable === undefined),
    };
    return ranges.map((range, i) => new SubprogramCode(range, proven[i]!, jumps, entry));
  }

  /**
   * Where a probe for `address` goes whose captures read `reads`: there if that is allowed, otherwise later in the
   * same basic block, as far as only instructions lie between that run as often and change nothing that is captured.
   * A load that is passed over may fault; the target then dies, or runs it again after its handler, and that one
   * hit is not counted.
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

  /**
   * Where a probe that only counts goes for `address`: to an instruction of its basic block that the kernel emulates, if
   * there is one, which costs a fraction of a single step; otherwise there if that is allowed, or to any other that runs as
   * often. Fewest instructions that may fault lie between, none where possible: when one does and the program dies or
   * leaves by its handler, that one hit is counted by those before and not by those behind.
   */
  placeCount(address: VirtualAddress): Placement {
    const known = this.counted.get(address) ?? this.findCount(address);
    this.counted.set(address, known);
    return known;
  }

  private findCount(address: VirtualAddress): Placement {
    const here = this.verdictAt(address);
    const site = this.indexOf(address);
    if (site === undefined || !this.jumps.complete) return here;
    if (here.kind === 'here' && this.isEmulated(site)) return here;
    const candidates = [...this.sameCount(site)];
    const best =
      cheapest(candidates.filter(({ index }) => this.isEmulated(index))) ??
      (here.kind === 'here' ? undefined : cheapest(candidates));
    return best ? { kind: 'moved', address: this.addressOf(best.index) } : here;
  }

  /** Will the kernel emulate the instruction at this address, rather than single-step it? */
  emulates(address: VirtualAddress): boolean {
    const index = this.indexOf(address);
    return index !== undefined && this.isEmulated(index);
  }

  /** The other instructions of a basic block that may carry a probe, with how many may fault on the way. */
  private *sameCount(site: number): Generator<Candidate> {
    const { flow } = this.scan;
    const faults = (index: number): number => (flow[index]! & FLOW.faults ? 1 : 0);
    let faulting = 0;
    for (let i = site; this.mayCountAcross(i) && i + 1 < flow.length; i++) {
      faulting += faults(i);
      if (this.isTarget(this.addressOf(i + 1))) break;
      if (this.isAllowed(i + 1)) yield { index: i + 1, faulting, distance: i + 1 - site };
    }
    faulting = 0;
    for (let i = site; i > 0 && !this.isTarget(this.addressOf(i)) && this.mayCountAcross(i - 1); i--) {
      faulting += faults(i - 1);
      if (this.isAllowed(i - 1)) yield { index: i - 1, faulting, distance: site - i + 1 };
    }
  }

  /** Does the next instruction run as often as this one? */
  private mayCountAcross(index: number): boolean {
    const forbidden = this.scan.forbidden[index];
    return (this.scan.flow[index]! & FLOW.next) !== 0 && (!forbidden || COUNTABLE.has(forbidden));
  }

  private isEmulated(index: number): boolean {
    return (this.scan.flow[index]! & FLOW.emulated) !== 0;
  }

  private isAllowed(index: number): boolean {
    return this.forbiddenAt(index) === undefined;
  }

  private forbiddenAt(index: number): ForbiddenClass | undefined {
    const forbidden = this.scan.forbidden[index];
    return forbidden === 'longNop' && this.isAtEntry(index) ? undefined : forbidden;
  }

  /** Is an address in this range? */
  covers(address: VirtualAddress): boolean {
    const { start, bytes } = this.range;
    return start <= address && address < start + bytes.length;
  }

  isBoundary(address: VirtualAddress): boolean {
    return this.indexOf(address) !== undefined;
  }

  /** Is a probe allowed at this very address? `here` or `refused`. */
  verdictAt(address: VirtualAddress): Placement {
    const index = this.indexOf(address);
    if (index === undefined) return { kind: 'refused', reason: this.boundaryGap(address) };
    const forbidden = this.forbiddenAt(index);
    if (!forbidden) return { kind: 'here', address };
    const instruction = this.inspect(index, textOf);
    return { kind: 'refused', reason: { code: 'forbidden', class: forbidden, instruction } };
  }

  /** All instructions that were decoded, in order of address; `text` is in AT&T syntax. */
  *instructions(): Generator<{ address: VirtualAddress; length: number; text: string }> {
    for (let i = 0; i < this.scan.offsets.length; i++)
      yield { address: this.addressOf(i), length: this.bytesOf(i).length, text: this.inspect(i, textOf) };
  }

  private mayPass(index: number, reads: CaptureReads): boolean {
    const forbidden = this.scan.forbidden[index];
    if (!(this.scan.flow[index]! & FLOW.next) || (forbidden && !PASSABLE.has(forbidden))) return false;
    return this.inspect(index, (instruction) => {
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
    return instructionAt(this.scan, address - this.range.start);
  }

  private addressOf(index: number): VirtualAddress {
    return addressOf(this.range, this.scan, index);
  }

  private bytesOf(index: number): Uint8Array {
    const { offsets, end } = this.scan;
    return this.range.bytes.subarray(offsets[index], offsets[index + 1] ?? end);
  }

  private inspect<T>(index: number, use: (instruction: Instruction) => T): T {
    return withInstruction(this.bytesOf(index), this.addressOf(index), use);
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
/** What counts may be moved over: that writes memory does not matter to them. */
const COUNTABLE: ReadonlySet<ForbiddenClass> = new Set([...PASSABLE, 'lock']);

interface Candidate {
  readonly index: number;
  /** Instructions that may fault, between it and the site. */
  readonly faulting: number;
  readonly distance: number;
}

const cheapest = (candidates: readonly Candidate[]): Candidate | undefined =>
  candidates.reduce<Candidate | undefined>(
    (best, one) => (best && (best.faulting - one.faulting || best.distance - one.distance) <= 0 ? best : one),
    undefined,
  );

/** Of all ranges of a subprogram. */
interface Jumps {
  readonly targets: ReadonlySet<number>;
  readonly callTargets: ReadonlySet<number>;
  /** Are these all? */
  readonly complete: boolean;
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
