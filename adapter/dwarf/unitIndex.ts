import { DecodeError } from '../elf/decodeError';
import type { Abbreviation } from './abbreviation';
import { AT, TAG } from './constants';
import { skimDies, type SkimVisitor } from './dieSkim';
import type { Unit } from './unit';

/** A namespace, module or type whose name goes before the names of what it holds. */
export interface Container {
  readonly offset: number;
  /** Past its descendants. */
  end: number;
  readonly parent: Container | undefined;
}

/** Where the entries of a unit are that are found by name or address: one pass over its DIEs, names unread. */
export class UnitIndex {
  /** In the file's order, so outer ones before inner ones. */
  readonly containers: Container[] = [];
  /** Offsets of the subprograms that have machine code. */
  readonly functions: number[] = [];
  /** Offsets of the variables of the unit, its namespaces, modules and classes. */
  readonly variables: number[] = [];
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
      const indexing = new Indexing(unit);
      skimDies(unit, indexing);
      return indexing.index;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.damaged.set(unit, error);
      return new UnitIndex();
    }
  }
}

/** What may hold subprograms and variables that are not local. */
const CONTAINERS: ReadonlySet<number> = new Set([
  TAG.namespace,
  TAG.module,
  TAG.structureType,
  TAG.unionType,
  TAG.classType,
  TAG.interfaceType,
]);

/** What an abbreviation's DIEs are to the index. */
interface Role {
  readonly kind: 'container' | 'function' | 'subprogram' | 'variable';
  readonly hasChildren: boolean;
}

class Indexing implements SkimVisitor<Role> {
  readonly index = new UnitIndex();
  /** What was entered and is not yet left, outermost first. */
  private readonly open: (Container | Exclude<Role['kind'], 'container'>)[] = [];
  private container: Container | undefined;
  /** How many subprograms are open: what they hold is local. */
  private subprograms = 0;

  constructor(private readonly unit: Unit) {}

  roleOf(abbreviation: Abbreviation): Role | undefined {
    this.index.hasLocationLists ||= hasLocationList(abbreviation, this.unit.encoding.version);
    const { hasChildren } = abbreviation;
    const kind = kindOf(abbreviation);
    return kind && { kind, hasChildren };
  }

  enter({ kind, hasChildren }: Role, offset: number): void {
    const { index } = this;
    if (kind === 'function') index.functions.push(offset);
    if (kind === 'variable' && this.subprograms === 0) index.variables.push(offset);
    if (!hasChildren) return;
    if (kind === 'container') {
      this.container = { offset, end: this.unit.layout.end, parent: this.container };
      index.containers.push(this.container);
      this.open.push(this.container);
    } else {
      if (kind !== 'variable') this.subprograms++;
      this.open.push(kind);
    }
  }

  leave(end: number): void {
    const left = this.open.pop();
    if (left === 'function' || left === 'subprogram') this.subprograms--;
    if (typeof left !== 'object') return;
    left.end = end;
    this.container = left.parent;
  }
}

function kindOf({ tag, places }: Abbreviation): Role['kind'] | undefined {
  if (CONTAINERS.has(tag)) return 'container';
  if (tag === TAG.variable) return 'variable';
  if (tag !== TAG.subprogram) return undefined;
  return places.has(AT.lowPc) || places.has(AT.ranges) ? 'function' : 'subprogram';
}

const hasLocationList = ({ tag, attributes }: Abbreviation, version: number): boolean =>
  (tag === TAG.variable || tag === TAG.formalParameter) &&
  attributes.some(
    ({ name, form }) => name === AT.location && isLocationList(form.kind, form.layout, version),
  );

const isLocationList = (kind: string, layout: unknown, version: number): boolean =>
  kind === 'sectionOffset' ||
  kind === 'locationListIndex' ||
  (version < 4 && kind === 'constant' && (layout === 4 || layout === 8));
