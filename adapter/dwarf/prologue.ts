import type { VirtualAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import type { DebugInfo } from './debugInfo';
import type { LineTable } from './lineTable';
import type { Scope } from './scope';
import { functionAround } from './scopeEntry';

/**
 * Where a breakpoint on a function's first lines goes: past the prologue, as gdb 13 has it on x86-64
 * (skip_prologue_sal, skip_prologue_using_linetable and skip_prologue_using_sal in symtab.c, amd64_skip_prologue in
 * amd64-tdep.c). Before that, unoptimised
 * code has not stored its arguments where the debug information says they are.
 */
export class Prologues {
  private readonly ends = new Map<VirtualAddress, VirtualAddress>();

  /** @param code the image that has the machine code. */
  constructor(
    private readonly code: ElfImage,
    private readonly info: Pick<DebugInfo, 'unitAt' | 'innermostScope'>,
  ) {}

  /**
   * The address itself, or, where it lies in its function's prologue, the end of that.
   * @param subprogram the one around the address
   */
  skip(address: VirtualAddress, subprogram: Scope, table: LineTable): VirtualAddress {
    if (address < subprogram.entry) return address;
    let end = this.ends.get(subprogram.entry);
    if (end === undefined) {
      end = this.endOf(subprogram, table);
      this.ends.set(subprogram.entry, end);
    }
    return Math.max(address, end) as VirtualAddress;
  }

  private endOf(subprogram: Scope, table: LineTable): VirtualAddress {
    const { entry } = subprogram;
    const unit = this.info.unitAt(entry);
    const producer = unit?.producer ?? '';
    // GCC from 4.5 on describes variables at every address when it writes location lists at all.
    if (/^GNU (?!AS)/.test(producer) && unit?.usesLocationLists()) return entry;
    const limit = endOfCode(subprogram);
    const byLines = producer.startsWith('clang ') ? this.endByLines(subprogram, limit, table) : undefined;
    const address = table.prologueEnd(entry, limit) ?? byLines ?? afterFrameSetup(this.code, entry);
    const covering = this.lineAt(address, entry, table);
    // In the middle of a line: the next line starts the body, if it is still the same function.
    if (covering && covering.start !== address && covering.end >= entry && covering.end < limit)
      return covering.end;
    return address;
  }

  /** No row of a function may be listed that follows another one of the same line, as instances of a template do. */
  private lineAt(
    address: VirtualAddress,
    entry: VirtualAddress,
    table: LineTable,
  ): { start: VirtualAddress; end: VirtualAddress } | undefined {
    const listed = table.covering(address);
    return listed && listed.start >= entry
      ? listed
      : table.covering(address, (row) => table.isStatement(row));
  }

  /** LLVM starts a second line where the prologue ends. Undefined when the function is one line. */
  private endByLines(subprogram: Scope, limit: VirtualAddress, table: LineTable): VirtualAddress | undefined {
    let line = table.covering(subprogram.entry);
    if (!line) return undefined;
    if (table.startsTwice(line.row)) return subprogram.entry;
    if (line.end >= limit) return undefined;
    while (line.end < limit) {
      const next = table.covering(line.end);
      // Lines go up, or come from elsewhere, where the body starts; lines that go down were scheduled into the prologue.
      if (!next || table.line(next.row) >= table.line(line.row)) break;
      if (table.path(next.row) !== table.path(line.row) || this.isInlined(line.end)) break;
      line = next;
    }
    return line.end < limit ? line.end : line.start;
  }

  private isInlined(address: VirtualAddress): boolean {
    return functionAround(this.info.innermostScope(address))?.kind === 'inlined';
  }
}

/** The end of the range that a function is entered in. */
function endOfCode({ entry, ranges }: Scope): VirtualAddress {
  return ranges.find(({ low, high }) => entry >= low && entry < high)?.high ?? entry;
}

/** After `[endbr64;] push %rbp; mov %rsp,%rbp`; the entry itself when the function does not start like that. */
function afterFrameSetup(code: ElfImage, entry: VirtualAddress): VirtualAddress {
  for (const sequence of FRAME_SETUPS) {
    const bytes = code.read(entry, sequence.length);
    if (bytes && sequence.every((byte, index) => bytes[index] === byte))
      return (entry + sequence.length) as VirtualAddress;
  }
  return entry;
}

const ENDBR64 = [0xf3, 0x0f, 0x1e, 0xfa];
const PUSH_RBP = 0x55;
/** The two encodings of `mov %rsp,%rbp`. */
const MOV_RSP_RBP = [
  [0x48, 0x89, 0xe5],
  [0x48, 0x8b, 0xec],
];
const FRAME_SETUPS = MOV_RSP_RBP.flatMap((mov) => [
  [PUSH_RBP, ...mov],
  [...ENDBR64, PUSH_RBP, ...mov],
]);
