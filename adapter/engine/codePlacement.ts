import { virtualAddress, type AddressRange, type VirtualAddress } from '../elf/address';
import type { Module } from '../symbols/module';
import { LandingPads } from '../dwarf/landingPads';
import { ProgramData } from '../elf/programData';
import type { CodeRange } from '../x86/codeScan';
import type { CaptureReads, Placement, RefusalReason } from '../x86/placement';
import { SubprogramCode } from '../x86/subprogramCode';

/** Where probes may go in a module's machine code. Each subprogram is decoded once. */
export class CodePlacement {
  private readonly decoded = new Map<VirtualAddress, SubprogramCode[] | RefusalReason>();
  /** Described code of the last question: the next one is often about the same function. */
  private recent: SubprogramCode | undefined;
  private readonly data: ProgramData;
  private readonly pads: LandingPads;

  constructor(private readonly module: Module) {
    this.data = new ProgramData(module.image);
    this.pads = new LandingPads(module.image, this.data);
  }

  /** Without `reads` the probe is not moved. */
  place(address: VirtualAddress, reads?: CaptureReads): Placement {
    return this.inCode(address, (code) => (reads ? code.place(address, reads) : code.verdictAt(address)));
  }

  /** Where a probe goes that only counts. */
  placeCount(address: VirtualAddress): Placement {
    return this.inCode(address, (code) => code.placeCount(address));
  }

  /** Will the kernel emulate the instruction where the probe for an address goes? */
  emulates(address: VirtualAddress, probe: VirtualAddress): boolean {
    const code = this.codeAt(address);
    return !('reason' in code) && code.emulates(probe);
  }

  private inCode(address: VirtualAddress, place: (code: SubprogramCode) => Placement): Placement {
    const code = this.codeAt(address);
    return 'reason' in code ? { kind: 'refused', reason: code.reason } : place(code);
  }

  private codeAt(address: VirtualAddress): SubprogramCode | { readonly reason: RefusalReason } {
    if (this.recent?.covers(address)) return this.recent;
    const { entry, ranges, isDescribed } = this.functionAt(address) ?? NO_FUNCTION;
    const index = ranges.findIndex(({ low, high }) => low <= address && address < high);
    const codes = index < 0 ? NOT_COVERED : this.codeOf(entry, ranges);
    if ('code' in codes) return { reason: codes };
    const code = codes[index];
    if (!code) return { reason: NOT_COVERED };
    if (isDescribed) this.recent = code;
    return code;
  }

  /**
   * By the debug information or, of code that it does not describe, by the symbols: there may be data among hand-written
   * code, so only rows of the line tables count. Not where a part of the information is missing, which would tell what is
   * inlined there.
   */
  private functionAt(address: VirtualAddress): MachineFunction | undefined {
    const { debug } = this.module;
    const subprogram = debug?.info.subprogramAt(address);
    if (subprogram) return { entry: subprogram.entry, ranges: subprogram.ranges, isDescribed: true };
    if (!debug || debug.info.unitAt(address)?.gap()) return undefined;
    const extent = debug.lines.isRow(address) ? debug.undescribed.extentAt(address) : undefined;
    return extent && { entry: extent.low, ranges: [extent], isDescribed: false };
  }

  private codeOf(entry: VirtualAddress, ranges: readonly AddressRange[]): SubprogramCode[] | RefusalReason {
    const known = this.decoded.get(entry);
    if (known) return known;
    const codes = this.decode(entry, ranges);
    this.decoded.set(entry, codes);
    return codes;
  }

  /** Where a function of Go goes on after a recovered panic is written elsewhere. */
  private isGo(entry: VirtualAddress): boolean {
    return this.module.debug?.info.unitAt(entry)?.language === DW_LANG_GO;
  }

  private decode(entry: VirtualAddress, ranges: readonly AddressRange[]): SubprogramCode[] | RefusalReason {
    const code: CodeRange[] = [];
    for (const { low, high } of ranges) {
      const bytes = this.module.image.read(low, high - low);
      if (!bytes) return { code: 'undecodable', at: low };
      code.push({ start: low, bytes });
    }
    return SubprogramCode.decodeRanges(entry, code, {
      landingPads: this.isGo(entry) ? undefined : this.pads.inRanges(ranges),
      data: this.data,
    });
  }
}

interface MachineFunction {
  readonly entry: VirtualAddress;
  readonly ranges: readonly AddressRange[];
  /** All of its addresses are code. */
  readonly isDescribed: boolean;
}

const DW_LANG_GO = 0x16;
const NO_FUNCTION: MachineFunction = { entry: virtualAddress(0), ranges: [], isDescribed: false };
const NOT_COVERED: RefusalReason = { code: 'noSubprogram' };
