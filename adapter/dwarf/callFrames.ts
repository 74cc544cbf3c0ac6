import type { VirtualAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import { FrameTable } from './frameTable';
import type { CfaRule } from './location';
import { once } from './once';
import { tolerant } from './tolerance';

/** The canonical frame address at each instruction: from .eh_frame of the program, otherwise from .debug_frame. */
export class CallFrames {
  private readonly tables: readonly (() => FrameTable | undefined)[];

  /**
   * @param debug the file that has the debug information
   * @param program the file that has the machine code; a separate debug file has no .eh_frame of its own
   */
  constructor(debug: ElfImage, program: ElfImage) {
    this.tables = [
      once(() => FrameTable.read(program, '.eh_frame')),
      once(() => FrameTable.read(debug, '.debug_frame')),
    ];
  }

  /** Undefined where neither covers the address, or what does cannot be read. */
  cfaAt(address: VirtualAddress): CfaRule | undefined {
    for (const table of this.tables) {
      const rule = tolerant(() => table()?.cfaAt(address));
      if (rule !== undefined) return rule;
    }
    return undefined;
  }
}
