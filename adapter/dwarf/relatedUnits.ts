import type { ElfImage } from '../elf/image';
import type { DebugSections } from './debugSections';
import { once } from './once';
import type { RelatedFiles } from './relatedFile';
import { SplitFiles } from './splitFiles';
import { openSupplement } from './supplementaryFile';
import { tolerant } from './tolerance';
import { UnitList } from './unitList';

/** The units of a program's file, which find the files that belong to it when they are needed. */
export function programUnits(image: ElfImage, sections: DebugSections, files: RelatedFiles): UnitList {
  const supplement = once(
    () => tolerant(() => openSupplement(image, files)) ?? { ok: false as const, attempts: [] },
  );
  const list: UnitList = new UnitList(sections, {
    splitUnit: (skeleton) => split.unitOf(skeleton),
    supplement,
    typeUnit: () => undefined,
    typeUnits: () => [],
  });
  const split = new SplitFiles(files, list);
  return list;
}
