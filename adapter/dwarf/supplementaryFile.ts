import { Cursor } from '../elf/cursor';
import type { ElfImage } from '../elf/image';
import { DebugSections } from './debugSections';
import type { Found, RelatedFiles } from './relatedFile';
import type { UnitDirectory } from './unit';
import { NO_RELATED_UNITS, UnitList } from './unitList';

/** The file that holds what several files have in common, as dwz makes it; no attempts where the image names none. @throws DecodeError */
export function openSupplement(image: ElfImage, files: RelatedFiles): Found<UnitDirectory> {
  const link = supplementLink(image);
  if (link === undefined) return { ok: false, attempts: [] };
  const { name, id, idOf } = link;
  return files.find({ kind: 'supplementary', name, id }, (candidate) => {
    const found = idOf(candidate);
    if (found !== id)
      return { ok: false, problem: { code: 'mismatch', of: 'build-id', expected: id, found } };
    return { ok: true, value: new UnitList(new DebugSections(candidate), NO_RELATED_UNITS) };
  });
}

interface SupplementLink {
  readonly name: string;
  /** Hexadecimal. */
  readonly id: string;
  /** What must be equal to `id`. */
  readonly idOf: (candidate: ElfImage) => string | undefined;
}

function supplementLink(image: ElfImage): SupplementLink | undefined {
  const alternate = bodyOf(image, '.gnu_debugaltlink');
  if (alternate !== undefined) {
    // File name | NUL | its build-id
    const name = alternate.string();
    const id = hex(alternate.take(alternate.remaining));
    return { name, id, idOf: (candidate) => candidate.buildId };
  }
  const standard = readSupplementSection(image);
  if (standard === undefined || standard.isSupplement) return undefined;
  const idOf = (candidate: ElfImage): string | undefined => {
    const own = readSupplementSection(candidate);
    return own?.isSupplement === true ? own.checksum : undefined;
  };
  return { name: standard.name, id: standard.checksum, idOf };
}

interface SupplementSection {
  readonly isSupplement: boolean;
  readonly name: string;
  readonly checksum: string;
}

/** .debug_sup (DWARF 5, 7.3.6): version u16 | is_supplementary u8 | sup_filename | sup_checksum_len uleb | sup_checksum */
function readSupplementSection(image: ElfImage): SupplementSection | undefined {
  const cursor = bodyOf(image, '.debug_sup');
  if (cursor === undefined) return undefined;
  const version = cursor.u16();
  if (version < 2 || version > 5) throw cursor.error('badVersion', `.debug_sup of version ${version}`);
  const isSupplement = cursor.u8() !== 0;
  const name = cursor.string();
  return { isSupplement, name, checksum: hex(cursor.take(cursor.uleb())) };
}

function bodyOf(image: ElfImage, name: string): Cursor | undefined {
  const section = image.section(name);
  if (section === undefined || section.type === 'nobits') return undefined;
  return new Cursor(image.body(section), name);
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
