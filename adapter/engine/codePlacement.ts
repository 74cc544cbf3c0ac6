import { virtualAddress, type AddressRange, type VirtualAddress } from '../elf/address';
import type { Module } from '../symbols/module';
import type { CaptureReads, Placement, RefusalReason } from '../x86/placement';
import { SubprogramCode, type CodeRange } from '../x86/subprogramCode';

/** Where probes may go in a module's machine code. Each subprogram is decoded once. */
export class CodePlacement {
  private readonly decoded = new Map<VirtualAddress, SubprogramCode[] | RefusalReason>();

  constructor(private readonly module: Module) {}

  /** Without `reads` the probe is not moved. */
  place(address: VirtualAddress, reads?: CaptureReads): Placement {
    const { entry, ranges } = this.functionAt(address) ?? NO_FUNCTION;
    const index = ranges.findIndex(({ low, high }) => low <= address && address < high);
    if (index < 0) return refused({ code: 'noSubprogram' });
    const codes = this.codeOf(entry, ranges);
    if ('code' in codes) return refused(codes);
    const code = codes[index];
    if (!code) return refused({ code: 'noSubprogram' });
    return reads ? code.place(address, reads) : code.verdictAt(address);
  }

  /**
   * By the debug information or, of code that it does not describe, by the symbols: there may be data among hand-written
   * code, so only rows of the line tables count. Not where a part of the information is missing, which would tell what is
   * inlined there.
   */
  private functionAt(address: VirtualAddress): MachineFunction | undefined {
    const { debug } = this.module;
    const subprogram = debug?.info.subprogramAt(address);
    if (!debug || subprogram || debug.info.unitAt(address)?.gap()) return subprogram;
    const extent = debug.lines.isRow(address) ? debug.undescribed.extentAt(address) : undefined;
    return extent && { entry: extent.low, ranges: [extent] };
  }

  private codeOf(entry: VirtualAddress, ranges: readonly AddressRange[]): SubprogramCode[] | RefusalReason {
    const known = this.decoded.get(entry);
    if (known) return known;
    const codes = this.decode(entry, ranges);
    this.decoded.set(entry, codes);
    return codes;
  }

  private decode(entry: VirtualAddress, ranges: readonly AddressRange[]): SubprogramCode[] | RefusalReason {
    const code: CodeRange[] = [];
    for (const { low, high } of ranges) {
      const bytes = this.module.image.read(low, high - low);
      if (!bytes) return { code: 'undecodable', at: low };
      code.push({ start: low, bytes });
    }
    return SubprogramCode.decodeRanges(entry, code);
  }
}

interface MachineFunction {
  readonly entry: VirtualAddress;
  readonly ranges: readonly AddressRange[];
}

const NO_FUNCTION: MachineFunction = { entry: virtualAddress(0), ranges: [] };
const refused = (reason: RefusalReason): Placement => ({ kind: 'refused', reason });
