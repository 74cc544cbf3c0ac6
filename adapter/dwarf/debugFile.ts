import type { ElfImage } from '../elf/image';
import { DebugInfo } from './debugInfo';
import { LineTables } from './lineTables';
import type { RelatedFiles } from './relatedFile';
import { UndescribedCode } from './undescribedCode';

/** The debug information of one ELF file: its entries and its lines. */
export class DebugFile {
  private constructor(
    readonly image: ElfImage,
    readonly info: DebugInfo,
    readonly lines: LineTables,
    /** Code that `info` describes no function around. */
    readonly undescribed: UndescribedCode,
  ) {}

  /**
   * Undefined when the file has no .debug_info.
   * @param program the image that has the machine code, where `image` is a separate debug file.
   * @param related what finds further files that hold parts of the debug information.
   * @throws DecodeError
   */
  static open(image: ElfImage, program: ElfImage = image, related?: RelatedFiles): DebugFile | undefined {
    const info = DebugInfo.open(image, program, related);
    if (!info) return undefined;
    const undescribed = new UndescribedCode([image, program], program);
    return new DebugFile(image, info, new LineTables(image, info, program, undescribed), undescribed);
  }
}
