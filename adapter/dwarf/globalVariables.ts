import { AT, TAG } from './constants';
import { Die } from './die';
import { lastComponent } from './functionName';
import { importedUnits } from './importedUnits';
import { instances } from './instanceSearch';
import type { NameSearch } from './nameSearch';
import { owner } from './origin';
import { UNNAMED_NAMESPACE, type QualifiedNames } from './qualifiedName';
import { tolerant } from './tolerance';
import type { Unit } from './unit';
import type { UnitIndices } from './unitIndex';

/** A variable outside functions. */
export interface GlobalVariable {
  /** With namespaces and classes, unnamed namespaces left out. */
  readonly name: string;
  readonly die: Die;
}

/** The defined variables of units and of those they import: the ones that have a place or a value. */
export class GlobalVariables {
  private readonly byUnit = new Map<Unit, ReadonlyMap<string, GlobalVariable>>();

  constructor(
    private readonly search: NameSearch,
    private readonly indices: UnitIndices,
    private readonly names: QualifiedNames,
  ) {}

  /** By name. */
  of(unit: Unit): ReadonlyMap<string, GlobalVariable> {
    let found = this.byUnit.get(unit);
    if (found === undefined) {
      found = this.read(unit);
      this.byUnit.set(unit, found);
    }
    return found;
  }

  /** The unit's own, otherwise the first external one of another unit, which has its place if one has. */
  find(name: string, unit: Unit): GlobalVariable | undefined {
    const own = this.of(unit).get(name);
    if (own !== undefined) return own;
    let placeless: GlobalVariable | undefined;
    for (const { unit: other, offset, isLocal } of instances(lastComponent(name), TAGS, this.search, unit)) {
      const found = isLocal ? undefined : tolerant(() => this.variableAt(other, offset));
      if (found?.name !== name || tolerant(() => isExternal(found.die)) !== true) continue;
      if (hasPlace(found.die)) return found;
      placeless ??= found;
    }
    return placeless;
  }

  /** The one of a unit whose source is this file, which may be the end of its path. */
  findIn(file: string, name: string): GlobalVariable | undefined {
    for (const { unit, offset, isLocal } of instances(lastComponent(name), TAGS, this.search)) {
      if (isLocal || tolerant(() => isOfFile(unit, file)) !== true) continue;
      const found = tolerant(() => this.variableAt(unit, offset));
      if (found?.name === name) return found;
    }
    return undefined;
  }

  private read(unit: Unit): ReadonlyMap<string, GlobalVariable> {
    const found = new Map<string, GlobalVariable>();
    for (const holder of [unit, ...importedUnits(unit)])
      for (const offset of this.indices.outerOf(holder).variables) {
        const variable = tolerant(() => this.variableAt(holder, offset));
        if (variable !== undefined && !found.has(variable.name)) found.set(variable.name, variable);
      }
    return found;
  }

  private variableAt(unit: Unit, offset: number): GlobalVariable | undefined {
    const die = Die.at(unit, offset);
    if (die === undefined || isUndefined(die) || isPart(die)) return undefined;
    const name = this.names.of(die)?.replaceAll(UNNAMED_NAMESPACE, '');
    return name === undefined ? undefined : { name, die };
  }
}

/** A declaration of what is defined elsewhere (DWARF 5, 2.13.1). */
const isUndefined = (die: Die): boolean => die.flag(AT.declaration) && !hasPlace(die);

/** A member that each object has. Static ones are declarations, with their values where they have any (DWARF 4, 5.5.6). */
const isPart = (die: Die): boolean => die.tag === TAG.member && !die.flag(AT.declaration);

const hasPlace = (die: Die): boolean => die.has(AT.location) || die.has(AT.constantValue);

function isOfFile(unit: Unit, file: string): boolean {
  const path = unit.stringOf(unit.root(AT.name)) ?? '';
  return path === file || path.endsWith(`/${file}`);
}

const isExternal = (die: Die): boolean => owner(die, AT.external)?.flag(AT.external) ?? false;

/** Static members are DW_TAG_member until DWARF 4, and for clang after it. */
const TAGS: ReadonlySet<number> = new Set([TAG.variable, TAG.member]);
