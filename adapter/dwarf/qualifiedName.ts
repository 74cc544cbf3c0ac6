import { canonicalName } from './canonicalName';
import { AT, TAG } from './constants';
import { Die } from './die';
import { languageOf } from './language';
import { declared, owner, rootOrigin } from './origin';
import { templateArguments } from './templateArguments';
import type { Type } from './type';
import type { Unit } from './unit';
import type { Container, UnitIndices } from './unitIndex';

/** Names with the namespaces and classes around them, joined by `::`. */
export class QualifiedNames {
  /** By the entry at the end of the chain of origins. */
  private readonly known = new Map<Unit, Map<number, string | undefined>>();

  private readonly byClang = new Map<Unit, boolean>();

  constructor(
    private readonly indices: UnitIndices,
    /** DW_AT_type of a template parameter. */
    private readonly typeOf: (parameter: Die) => Type,
  ) {}

  /** Undefined for what has no name. @throws DecodeError */
  of(die: Die): string | undefined {
    const origin = rootOrigin(die);
    let names = this.known.get(origin.unit);
    if (names === undefined) this.known.set(origin.unit, (names = new Map<number, string | undefined>()));
    if (!names.has(origin.offset)) {
      names.set(origin.offset, undefined); // ends the circle of a name that is among its own template's arguments
      names.set(origin.offset, this.read(origin));
    }
    return names.get(origin.offset);
  }

  private read(die: Die): string | undefined {
    const named = owner(die, AT.name);
    const own = named && this.ownName(named);
    if (own === undefined) return undefined;
    const place = declared(die);
    return this.within(place, this.indices.of(place.unit).containerOf(place.offset), own);
  }

  private within(place: Die, container: Container | undefined, name: string): string {
    const names = [name];
    for (let outer = container; outer !== undefined; outer = outer.parent) {
      const die = Die.at(place.unit, outer.offset);
      const text = die && (this.ownName(die) ?? (die.tag === TAG.namespace ? UNNAMED : undefined));
      if (text !== undefined) names.unshift(text);
    }
    return names.join('::');
  }

  /** Of a C++ template's instance: in one spelling, with its arguments. */
  private ownName(die: Die): string | undefined {
    const name = die.text(AT.name);
    if (name === undefined || languageOf(die.unit) !== 'cplus') return name;
    if (name.includes('<')) return canonicalName(name);
    return MAY_BE_TEMPLATES.has(die.tag) && this.isByClang(die.unit)
      ? canonicalName(name + templateArguments(die, this.typeOf))
      : name;
  }

  /** Only clang may leave the arguments of templates out of names. */
  private isByClang(unit: Unit): boolean {
    let known = this.byClang.get(unit);
    if (known === undefined) {
      known = unit.stringOf(unit.root(AT.producer))?.includes('clang') ?? false;
      this.byClang.set(unit, known);
    }
    return known;
  }
}

const MAY_BE_TEMPLATES: ReadonlySet<number> = new Set([
  TAG.structureType,
  TAG.classType,
  TAG.unionType,
  TAG.subprogram,
  TAG.typedef,
  TAG.variable,
]);
const UNNAMED = '(anonymous namespace)';
/** What names in an unnamed namespace start with, after the namespaces around it. */
export const UNNAMED_NAMESPACE = `${UNNAMED}::`;
