import { AT, TAG } from './constants';
import { Die } from './die';
import { withoutArguments } from './functionName';
import type { NameSearch } from './nameSearch';
import type { QualifiedNames } from './qualifiedName';
import { tolerant } from './tolerance';
import type { Unit } from './unit';
import type { UnitIndices } from './unitIndex';

/** Finds the type that completes a declaration: of the same name and kind, in the same unit or else in another. */
export class TypeDefinitions {
  private readonly byUnit = new Map<Unit, ReadonlyMap<string, number>>();

  constructor(
    private readonly search: NameSearch,
    private readonly indices: UnitIndices,
    private readonly names: QualifiedNames,
  ) {}

  /** @throws DecodeError */
  of(declaration: Die): Die | undefined {
    const key = this.keyOf(declaration);
    const name = declaration.text(AT.name);
    if (key === undefined || name === undefined) return undefined;
    for (const unit of [declaration.unit, ...this.search.units(withoutArguments(name))]) {
      const offset = this.definedIn(unit).get(key);
      if (offset !== undefined) return Die.at(unit, offset);
    }
    return undefined;
  }

  private definedIn(unit: Unit): ReadonlyMap<string, number> {
    let found = this.byUnit.get(unit);
    if (found === undefined) {
      found = this.read(unit);
      this.byUnit.set(unit, found);
    }
    return found;
  }

  private read(unit: Unit): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    for (const offset of this.indices.of(unit).types) {
      const key = tolerant(() => {
        const die = Die.at(unit, offset);
        return die && this.keyOf(die);
      });
      if (key !== undefined && !found.has(key)) found.set(key, offset);
    }
    return found;
  }

  private keyOf(die: Die): string | undefined {
    const kind = KINDS.get(die.tag);
    return kind !== undefined && die.has(AT.name) ? `${kind} ${this.names.of(die) ?? ''}` : undefined;
  }
}

/** `struct` may complete `class`, in C++. */
const KINDS = new Map<number, string>([
  [TAG.structureType, 'struct'],
  [TAG.classType, 'struct'],
  [TAG.interfaceType, 'struct'],
  [TAG.unionType, 'union'],
  [TAG.enumerationType, 'enum'],
]);
