import { canonicalName } from './canonicalName';
import { AT, TAG } from './constants';
import { Die } from './die';
import { languageOf } from './language';
import { declared, owner, rootOrigin } from './origin';
import { templateArguments } from './templateArguments';
import { tolerant } from './tolerance';
import type { Type } from './type';
import type { Unit } from './unit';
import type { Container, UnitIndices } from './unitIndex';

/** Names with the namespaces and classes around them, joined by `::`. */
export class QualifiedNames {
  /** By the entry at the end of the chain of origins. */
  private readonly known = new Map<Unit, Map<number, string | undefined>>();

  private readonly byClang = new Map<Unit, boolean>();
  /** How many names are being read, each for the sake of the one before. */
  private depth = 0;
  /** Characters of all known names. */
  private length = 0;

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
      try {
        const name = this.readWithin(origin);
        names.set(origin.offset, name);
        this.remembered(name?.length ?? 0);
        return name;
      } catch (error) {
        names.delete(origin.offset);
        throw error;
      }
    }
    return names.get(origin.offset);
  }

  /** @throws DecodeError `tooDeep`, `tooLarge` */
  private readWithin(die: Die): string | undefined {
    if (this.depth === MAX_DEPTH) throw die.error('tooDeep', 'names in names');
    this.depth++;
    try {
      const name = this.read(die);
      if (name !== undefined && name.length > MAX_NAME) throw die.error('tooLarge', 'name');
      return name;
    } finally {
      this.depth--;
    }
  }

  private remembered(length: number): void {
    this.length += length;
    if (this.length <= MAX_KNOWN) return;
    this.known.clear();
    this.length = 0;
  }

  /** Of the namespace or type in which an entry is declared; undefined for none that has a name. @throws DecodeError */
  scopeOf(die: Die): string | undefined {
    const { unit, offset } = declared(rootOrigin(die));
    let container = this.indices.containerOf(unit, offset);
    this.readOutermostFirst(unit, container);
    for (; container !== undefined; container = container.parent) {
      const name = this.ofContainer(unit, container);
      if (name !== undefined) return name;
    }
    return undefined;
  }

  /** So that each name finds that of the one around it, however deep they nest. */
  private readOutermostFirst(unit: Unit, innermost: Container | undefined): void {
    const unknown: Container[] = [];
    for (let outer = innermost; outer !== undefined; outer = outer.parent) {
      if (this.known.get(unit)?.has(outer.offset) === true) break;
      unknown.push(outer);
    }
    for (const container of unknown.reverse()) this.ofContainer(unit, container);
  }

  /** What a unit has of a type only to place others in it has its name in the type's own unit. */
  private ofContainer(unit: Unit, { offset }: Container): string | undefined {
    const die = Die.at(unit, offset);
    if (die === undefined) return undefined;
    const own = die.has(AT.signature) ? tolerant(() => die.reference(AT.signature)) : undefined;
    return this.of(own ?? die);
  }

  private read(die: Die): string | undefined {
    const named = owner(die, AT.name);
    const own = (named && this.ownName(named)) ?? (die.tag === TAG.namespace ? UNNAMED : undefined);
    if (own === undefined) return undefined;
    const scope = this.scopeOf(die);
    return scope === undefined ? own : `${scope}::${own}`;
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
/** Templates in a template's arguments, and types of other units that names are in. */
const MAX_DEPTH = 32;
const MAX_NAME = 1 << 16;
/** Characters of the names that are remembered. */
const MAX_KNOWN = 1 << 25;
const UNNAMED = '(anonymous namespace)';
/** What names in an unnamed namespace start with, after the namespaces around it. */
export const UNNAMED_NAMESPACE = `${UNNAMED}::`;
