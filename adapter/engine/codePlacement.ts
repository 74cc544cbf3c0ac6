import type { AddressRange, VirtualAddress } from '../elf/address';
import type { Module } from '../symbols/module';
import type { CaptureReads, Placement, RefusalReason } from '../x86/placement';
import { SubprogramCode, type CodeRange } from '../x86/subprogramCode';

/** Where probes may go in a module's machine code. Each subprogram is decoded once. */
export class CodePlacement {
  private readonly decoded = new Map<VirtualAddress, SubprogramCode[] | RefusalReason>();

  constructor(private readonly module: Module) {}

  /** Without `reads` the probe is not moved. */
  place(address: VirtualAddress, reads?: CaptureReads): Placement {
    const scope = this.module.debug?.info.subprogramAt(address);
    if (!scope) return refused({ code: 'noSubprogram' });
    const index = scope.ranges.findIndex(({ low, high }) => low <= address && address < high);
    const codes = this.codeOf(scope.entry, scope.ranges);
    if ('code' in codes) return refused(codes);
    const code = codes[index];
    if (!code) return refused({ code: 'noSubprogram' });
    return reads ? code.place(address, reads) : code.verdictAt(address);
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

const refused = (reason: RefusalReason): Placement => ({ kind: 'refused', reason });
