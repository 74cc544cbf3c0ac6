import { DecodeError } from '../elf/decodeError';
import type { Abbreviation } from './abbreviation';
import { AT, TAG } from './constants';
import { skipForm } from './form';
import type { Unit } from './unit';

/** A namespace, module or type whose name goes before the names of what it holds. */
export interface Container {
  readonly offset: number;
  /** Past its descendants. */
  end: number;
  readonly parent: Container | undefined;
}

export interface IndexedEntry {
  readonly offset: number;
  readonly container: Container | undefined;
}

/** Where the entries of a unit are that are found by name or address: one pass over its DIEs, names unread. */
export class UnitIndex {
  /** In the file's order, so outer ones before inner ones. */
  readonly containers: Container[] = [];
  /** Subprograms that have machine code. */
  readonly functions: IndexedEntry[] = [];
  /** Inlined subroutines, and the offset of the subprogram that holds each. */
  readonly inlined: { readonly offset: number; readonly subprogram: number }[] = [];
  /** Variables of the unit, its namespaces, modules and classes. */
  readonly variables: IndexedEntry[] = [];
  /** Named types outside functions that are no declarations. */
  readonly types: IndexedEntry[] = [];
  /** Does any variable or parameter have a location list? */
  hasLocationLists = false;

  /** The innermost container that holds the entry at this offset. */
  containerOf(offset: number): Container | undefined {
    let low = 0;
    let high = this.containers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.containers[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    let container = this.containers[low - 1];
    while (container !== undefined && container.end <= offset) container = container.parent;
    return container;
  }
}

/** The index of each unit, made when first asked for. A unit that cannot be read costs itself only. */
export class UnitIndices {
  private readonly known = new Map<Unit, UnitIndex>();
  private readonly damaged = new Map<Unit, DecodeError>();

  of(unit: Unit): UnitIndex {
    let index = this.known.get(unit);
    if (index === undefined) {
      index = unit.full === unit ? this.read(unit) : this.of(unit.full);
      this.known.set(unit, index);
    }
    return index;
  }

  /** Why a unit's index is empty. */
  damageOf(unit: Unit): DecodeError | undefined {
    this.of(unit);
    return this.damaged.get(unit.full);
  }

  private read(unit: Unit): UnitIndex {
    try {
      return new Indexing(unit).run();
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.damaged.set(unit, error);
      return new UnitIndex();
    }
  }
}

/** What an abbreviation's DIEs are to the index. */
interface Role {
  readonly kind: 'container' | 'function' | 'inlined' | 'variable' | 'type' | 'opaque' | 'other';
  /** A type that holds what a container holds: its members' names start with its own. */
  readonly isType: boolean;
  readonly hasLocationList: boolean;
  /** Index of DW_AT_sibling among the attributes, -1 for none. */
  readonly sibling: number;
}

const CONTAINERS: ReadonlySet<number> = new Set([TAG.namespace, TAG.module]);
const TYPES: ReadonlySet<number> = new Set([
  TAG.structureType,
  TAG.unionType,
  TAG.classType,
  TAG.interfaceType,
  TAG.enumerationType,
  TAG.baseType,
  TAG.typedef,
]);
/** Types that may hold subprograms and types. */
const CLASSES: ReadonlySet<number> = new Set([
  TAG.structureType,
  TAG.unionType,
  TAG.classType,
  TAG.interfaceType,
]);
/** Their children are of no interest here. */
const OPAQUE: ReadonlySet<number> = new Set([
  TAG.arrayType,
  TAG.subroutineType,
  TAG.callSite,
  TAG.gnuCallSite,
]);

class Indexing {
  private readonly index = new UnitIndex();
  private readonly roles = new Map<Abbreviation, Role>();
  /** What each open entry was, outermost first. */
  private readonly open: Level[] = [];
  private level: Level = { container: undefined, subprogram: undefined, local: false };

  constructor(private readonly unit: Unit) {}

  run(): UnitIndex {
    const { unit } = this;
    const cursor = unit.dies();
    while (cursor.remaining > 0) {
      const { offset } = cursor;
      const abbreviation = unit.abbreviationAt(cursor);
      if (abbreviation === undefined) {
        if (!this.close(cursor.offset)) break;
        continue;
      }
      const role = this.role(abbreviation);
      this.record(role, offset, abbreviation);
      const values = cursor.offset;
      unit.abbreviations.skipValues(cursor, abbreviation);
      if (!abbreviation.hasChildren) continue;
      const sibling = role.kind === 'opaque' ? this.siblingOf(abbreviation, role, values) : undefined;
      if (sibling !== undefined && sibling > cursor.offset) cursor.seek(sibling);
      else this.descend(role, offset, abbreviation);
    }
    return this.index;
  }

  private record(role: Role, offset: number, abbreviation: Abbreviation): void {
    const { index } = this;
    const { container, subprogram, local } = this.level;
    index.hasLocationLists ||= role.hasLocationList;
    if (role.kind === 'function') index.functions.push({ offset, container });
    else if (role.kind === 'inlined' && subprogram !== undefined) index.inlined.push({ offset, subprogram });
    else if (role.kind === 'variable' && !local) index.variables.push({ offset, container });
    if (role.isType && !local && !has(abbreviation, AT.declaration)) index.types.push({ offset, container });
  }

  private descend(role: Role, offset: number, { tag }: Abbreviation): void {
    if (this.open.length === MAX_DEPTH) throw this.unit.at(offset).error('tooDeep');
    this.open.push(this.level);
    const { container: parent, subprogram, local } = this.level;
    if (role.kind === 'container') {
      const container: Container = { offset, end: this.unit.layout.end, parent };
      this.index.containers.push(container);
      this.level = { container, subprogram, local };
    } else {
      this.level = {
        container: parent,
        subprogram: role.kind === 'function' ? offset : tag === TAG.subprogram ? undefined : subprogram,
        local: local || tag === TAG.subprogram,
      };
    }
  }

  /** @returns whether entries are still open */
  private close(end: number): boolean {
    const outer = this.open.pop();
    if (outer === undefined) return false;
    const { container } = this.level;
    if (container !== undefined && container !== outer.container) container.end = end;
    this.level = outer;
    return this.open.length > 0;
  }

  private siblingOf(abbreviation: Abbreviation, role: Role, values: number): number | undefined {
    const found = abbreviation.attributes[role.sibling];
    if (found?.form.layout !== 4) return undefined;
    const cursor = this.unit.at(values + (found.position ?? 0));
    if (found.position === undefined)
      for (const { form } of abbreviation.attributes.slice(0, role.sibling))
        skipForm(cursor, form, this.unit.encoding);
    return this.unit.layout.offset + cursor.u32();
  }

  private role(abbreviation: Abbreviation): Role {
    let role = this.roles.get(abbreviation);
    if (role === undefined) {
      role = roleOf(abbreviation, this.unit.encoding.version);
      this.roles.set(abbreviation, role);
    }
    return role;
  }
}

/** What holds the entries at the present depth. */
interface Level {
  readonly container: Container | undefined;
  readonly subprogram: number | undefined;
  /** Inside a subprogram, concrete or not. */
  readonly local: boolean;
}

function roleOf(abbreviation: Abbreviation, version: number): Role {
  const { tag, attributes } = abbreviation;
  return {
    kind: kindOf(abbreviation),
    isType: TYPES.has(tag) && has(abbreviation, AT.name),
    hasLocationList:
      (tag === TAG.variable || tag === TAG.formalParameter) &&
      attributes.some(
        ({ name, form }) => name === AT.location && isLocationList(form.kind, form.layout, version),
      ),
    sibling: attributes.findIndex(({ name }) => name === AT.sibling),
  };
}

function kindOf(abbreviation: Abbreviation): Role['kind'] {
  const { tag } = abbreviation;
  if (CONTAINERS.has(tag) || CLASSES.has(tag)) return 'container';
  if (OPAQUE.has(tag) || tag === TAG.enumerationType) return 'opaque';
  if (tag === TAG.inlinedSubroutine) return 'inlined';
  if (tag === TAG.variable) return 'variable';
  const hasCode = has(abbreviation, AT.lowPc) || has(abbreviation, AT.ranges);
  return tag === TAG.subprogram && hasCode ? 'function' : 'other';
}

const isLocationList = (kind: string, layout: unknown, version: number): boolean =>
  kind === 'sectionOffset' ||
  kind === 'locationListIndex' ||
  (version < 4 && kind === 'constant' && (layout === 4 || layout === 8));

const has = (abbreviation: Abbreviation, attribute: number): boolean =>
  abbreviation.attributes.some(({ name }) => name === attribute);

/** Deeper than any compiler nests entries. */
const MAX_DEPTH = 512;
