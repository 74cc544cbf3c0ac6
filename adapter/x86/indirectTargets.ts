import type { AddressRange } from '../elf/address';
import { decodeRange, instructionAt, type CodeRange, type Scan } from './codeScan';
import { iced, type Instruction } from './iced';

/** What a module has beside its code. */
export interface ProgramData {
  /** Bytes of a section of data from an address on, at most `most`; undefined where there is none. */
  bytesAt(address: number, most: number): Uint8Array | undefined;
  /** Those addresses in a range that words of the data hold, or will hold when they are relocated. */
  pointersInto(range: AddressRange): readonly number[];
}

/**
 * Where the indirect jumps of a subprogram may lead within it; undefined where that is uncertain.
 *
 * The address of a label is known to its own function alone, and is in one of four places. All of them are taken, whichever
 * jump they are for: what is too much costs nothing but places for probes.
 *  - A word of the data: tables of `switch` in code for fixed addresses, of computed gotos, anything that relocations point.
 *  - An operand of the function: `lea label(%rip)`, an immediate.
 *  - A table of 32-bit differences from its own address, which an operand of the function leads to: `switch` in
 *    position-independent code. It goes as far as its entries are instructions of the function, or its end, where compilers
 *    send what cannot be.
 *  - The same with differences from a label whose address the function takes.
 * A jump to a sum is one by such a table: where the function has none, it is of another kind.
 */
export function indirectTargets(
  ranges: readonly CodeRange[],
  scans: readonly Scan[],
  data: ProgramData,
): ReadonlySet<number> | undefined {
  const code = new OwnCode(ranges, scans);
  const { references, sums } = referencesIn(ranges);
  const targets = new Set<number>();
  for (const { start, bytes } of ranges)
    for (const pointer of data.pointersInto({ low: start, high: (start + bytes.length) as never }))
      if (code.has(pointer)) targets.add(pointer);
  const labels = [...references].filter((address) => code.has(address));
  for (const label of labels) targets.add(label);
  let tables = 0;
  for (const table of references)
    for (const base of [table, ...labels.slice(0, MAX_BASES)]) {
      const entries = differences(table, base, code, data);
      if (base === table && entries.length > 0) tables++;
      for (const entry of entries) targets.add(entry);
    }
  return sums && tables === 0 ? undefined : targets;
}

class OwnCode {
  constructor(
    private readonly ranges: readonly CodeRange[],
    private readonly scans: readonly Scan[],
  ) {}

  has(address: number): boolean {
    return this.ranges.some(({ start }, i) => instructionAt(this.scans[i]!, address - start) !== undefined);
  }

  isEnd(address: number): boolean {
    return this.ranges.some(({ start, bytes }) => address === start + bytes.length);
  }
}

/** The entries of a table of differences from `base` that are instructions of the function. */
function differences(table: number, base: number, code: OwnCode, data: ProgramData): number[] {
  const bytes = data.bytesAt(table, 4 * MAX_ENTRIES);
  if (!bytes) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const target = base + view.getInt32(at, true);
    if (code.has(target)) entries.push(target);
    else if (!code.isEnd(target)) break;
  }
  return entries;
}

/** The addresses that operands name, and whether a jump leads to a sum. */
function referencesIn(ranges: readonly CodeRange[]): { references: Set<number>; sums: boolean } {
  const { FlowControl, OpKind, Register, RegisterExt, Mnemonic } = iced();
  const references = new Set<number>();
  let sums = false;
  for (const range of ranges) {
    /** The last instruction that had each register as its first operand. */
    const last = new Map<number, Instruction['mnemonic']>();
    decodeRange(range, (instruction) => {
      const reference = memoryReference(instruction);
      if (reference !== undefined) references.add(reference);
      const kind = instruction.op1Kind;
      if (kind === OpKind.Immediate32 || kind === OpKind.Immediate32to64 || kind === OpKind.Immediate64)
        references.add(Number(BigInt.asIntN(64, instruction.immediate(1))));
      const { op0Register } = instruction;
      const register = op0Register === Register.None ? undefined : RegisterExt.fullRegister(op0Register);
      if (instruction.flowControl === FlowControl.IndirectBranch)
        sums ||= register !== undefined && SUMS.has(Mnemonic[last.get(register) ?? 0]!);
      else if (register !== undefined && instruction.mnemonic !== Mnemonic.Cmp)
        last.set(register, instruction.mnemonic);
      return true;
    });
  }
  return { references, sums };
}

function memoryReference(instruction: Instruction): number | undefined {
  const { Register } = iced();
  const base = instruction.memoryBase;
  if (base !== Register.None && base !== Register.RIP && base !== Register.EIP) return undefined;
  const displacement = Number(BigInt.asIntN(64, instruction.memoryDisplacement));
  return displacement === 0 ? undefined : displacement;
}

/** Mnemonics of what computes an address. */
const SUMS: ReadonlySet<string> = new Set(['Add', 'Sub', 'Lea', 'Or', 'Xor', 'Adc', 'Sbb', 'Imul', 'Shl']);
/** Of a table. */
const MAX_ENTRIES = 1 << 14;
/** Labels that differences are tried from. */
const MAX_BASES = 64;
