import { AT, TAG } from './constants';
import { Die } from './die';
import { tolerant } from './tolerance';
import type { Unit } from './unit';

/**
 * The units whose entries count as the unit's own (DW_TAG_imported_unit; DWARF 5, 3.2.5), with those that they import;
 * also of the supplementary file. One that cannot be read is left out.
 */
export function importedUnits(importer: Unit): readonly Unit[] {
  const imported = new Set<Unit>([importer.full]);
  for (const unit of imported)
    for (const target of directImports(unit)) if (imported.size < MAX_IMPORTED) imported.add(target);
  return [...imported].slice(1);
}

function directImports(unit: Unit): readonly Unit[] {
  const imports: Unit[] = [];
  tolerant(() => {
    if (!unit.abbreviations.hasImports) return;
    for (const child of Die.at(unit, unit.layout.firstDie)?.children() ?? []) {
      if (child.tag !== TAG.importedUnit) continue;
      const target = tolerant(() => child.reference(AT.import));
      if (target !== undefined) imports.push(target.unit);
    }
  });
  return imports;
}

const MAX_IMPORTED = 1 << 16;
