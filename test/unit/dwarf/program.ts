import { readFileSync } from 'node:fs';
import { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import { ElfImage } from '../../../adapter/elf/image';

/** A file's image, from memory. */
export function imageOf(bytes: Uint8Array): ElfImage {
  return ElfImage.parse({
    size: bytes.length,
    read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length)) throw new RangeError(`${offset}`);
      return bytes.subarray(offset, offset + length);
    },
  });
}

export function openProgram(path: string): DebugInfo {
  const info = DebugInfo.open(imageOf(readFileSync(path)));
  if (info === undefined) throw new Error(`${path} has no debug information`);
  return info;
}
