import { AT, TAG } from './constants';
import { Die } from './die';
import { skimDies, type SkimVisitor } from './dieSkim';
import { lastComponent } from './functionName';
import { instances, type Instance } from './instanceSearch';
import type { NameSearch } from './nameSearch';
import { UNNAMED_NAMESPACE, type QualifiedNames } from './qualifiedName';
import type { Enumerator, TypeKeyword } from './scope';
import { tolerant } from './tolerance';
import type { Type } from './type';
import type { TypeReader } from './typeReader';
import type { Unit } from './unit';

/** Types and enumerators by their names: the unit's own before those of others. */
export class NamedTypes {
  private readonly enums = new Map<Unit, readonly number[]>();

  constructor(
    private readonly search: NameSearch,
    private readonly names: QualifiedNames,
    private readonly types: TypeReader,
  ) {}

  /** A definition where there is one. @param name with its namespaces and classes */
  find(name: string, keyword: TypeKeyword | undefined, unit: Unit): Type | undefined {
    const tags = keyword === undefined ? ANY : TAGS[keyword];
    let declared: Die | undefined;
    for (const instance of instances(lastComponent(name), tags, this.search, unit)) {
      const die = this.dieOf(instance, name, unit);
      if (die === undefined) continue;
      if (!die.flag(AT.declaration)) return tolerant(() => this.types.read(die));
      declared ??= die;
    }
    return declared && tolerant(() => this.types.read(declared));
  }

  enumerator(name: string, unit: Unit): Enumerator | undefined {
    for (const instance of instances(lastComponent(name), ENUMERATORS, this.search, unit)) {
      const found = tolerant(() => this.enumeratorAt(instance, name, unit));
      if (found) return found;
    }
    return undefined;
  }

  private dieOf({ unit, offset, isLocal }: Instance, name: string, from: Unit): Die | undefined {
    if (isLocal && unit !== from) return undefined;
    return tolerant(() => {
      const die = Die.at(unit, offset);
      return die && this.names.of(die)?.replaceAll(UNNAMED_NAMESPACE, '') === name ? die : undefined;
    });
  }

  private enumeratorAt(
    { unit, offset, isLocal }: Instance,
    name: string,
    from: Unit,
  ): Enumerator | undefined {
    const around = this.enumsOf(unit.full).findLast((start) => start < offset);
    if ((isLocal && unit !== from) || around === undefined) return undefined;
    const die = Die.at(unit, around);
    const type = die && this.types.read(die);
    if (type?.kind !== 'enum') return undefined;
    const found = type.enumerators.find((one) => one.name.replaceAll(UNNAMED_NAMESPACE, '') === name);
    return found && { type, value: found.value };
  }

  private enumsOf(unit: Unit): readonly number[] {
    let offsets = this.enums.get(unit);
    if (offsets === undefined) {
      offsets = tolerant(() => readEnums(unit)) ?? [];
      this.enums.set(unit, offsets);
    }
    return offsets;
  }
}

function readEnums(unit: Unit): number[] {
  const offsets: number[] = [];
  const visitor: SkimVisitor<true> = {
    roleOf: ({ tag }) => (tag === TAG.enumerationType ? true : undefined),
    enter: (_role, offset) => {
      offsets.push(offset);
    },
    leave: () => undefined,
  };
  skimDies(unit, visitor);
  return offsets;
}

const STRUCTS = [TAG.structureType, TAG.classType, TAG.interfaceType];
const TAGS: Readonly<Record<TypeKeyword, ReadonlySet<number>>> = {
  struct: new Set(STRUCTS),
  class: new Set(STRUCTS),
  union: new Set([TAG.unionType]),
  enum: new Set([TAG.enumerationType]),
};
const ANY: ReadonlySet<number> = new Set([
  ...STRUCTS,
  TAG.unionType,
  TAG.enumerationType,
  TAG.typedef,
  TAG.baseType,
]);
const ENUMERATORS: ReadonlySet<number> = new Set([TAG.enumerator]);
