import { DecodeError } from '../elf/decodeError';
import type { Abbreviation } from './abbreviation';
import { AT, TAG } from './constants';
import { DieSkim, skimDies, type SkimVisitor } from './dieSkim';
import { tolerant } from './tolerance';
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
  private readonly containers: Container[] = [];
  private readonly containerStarts: number[] = [];
  /** Offsets of the subprograms that have machine code. */
  readonly functions: number[] = [];
  /** Offsets of the variables of the unit, its namespaces, modules and classes. */
  readonly variables: number[] = [];
  /** Does any variable or parameter have a location list? */
  hasLocationLists = false;
  /** From where to where the outermost subprograms are that have children. */
  private readonly subprogramStarts: number[] = [];
  private readonly subprogramEnds: number[] = [];

  addContainer(container: Container): void {
    this.containers.push(container);
    this.containerStarts.push(container.offset);
  }

  addSubprogram(start: number, end: number): void {
    this.subprogramStarts.push(start);
    this.subprogramEnds.push(end);
  }

  /** Is the entry at this offset inside a subprogram? */
  isLocal(offset: number): boolean {
    const before = firstFrom(this.subprogramStarts, offset) - 1;
    return before >= 0 && offset < this.subprogramEnds[before]!;
  }

  /** Does the subprogram at this offset, which is in no other one, hold others that have machine code? */
  holdsFunctions(offset: number): boolean {
    const at = firstFrom(this.subprogramStarts, offset);
    if (this.subprogramStarts[at] !== offset) return false;
    const next = this.functions[firstFrom(this.functions, offset + 1)];
    return next !== undefined && next < this.subprogramEnds[at]!;
  }

  /** The innermost container that holds the entry at this offset. */
  containerOf(offset: number): Container | undefined {
    let container = this.containers[firstFrom(this.containerStarts, offset) - 1];
    while (container !== undefined && container.end <= offset) container = container.parent;
    return container;
  }
}

/** Index of the first of some ascending numbers that is not below a bound. */
function firstFrom(numbers: readonly number[], bound: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The indices of each unit, made when first asked for: what subprograms hold is most of a unit, and left out where it has
 * nothing to do with what is asked. A unit that cannot be read costs itself only.
 */
export class UnitIndices {
  private readonly known = new Map<Unit, UnitIndex>();
  private readonly knownOuter = new Map<Unit, UnitIndex>();
  private readonly bodies = new Map<Unit, Bodies>();
  private readonly damaged = new Map<Unit, DecodeError>();

  of(unit: Unit): UnitIndex {
    let index = this.known.get(unit);
    if (index === undefined) {
      index = unit.full === unit ? this.read(unit) : this.of(unit.full);
      this.known.set(unit, index);
    }
    return index;
  }

  /** Without what subprograms hold, where the unit says how to get past that. */
  outerOf(unit: Unit): UnitIndex {
    const { full } = unit;
    let index = this.known.get(full) ?? this.knownOuter.get(full);
    if (index === undefined) {
      index = tolerant(() => indexOf(full, true)) ?? this.of(full);
      this.knownOuter.set(full, index);
    }
    return index;
  }

  /** As `UnitIndex.containerOf`. */
  containerOf(unit: Unit, offset: number): Container | undefined {
    const outer = this.outerOf(unit);
    return (outer.isLocal(offset) ? this.of(unit) : outer).containerOf(offset);
  }

  /** Does a subprogram that is in no other one hold others that have machine code? @throws DecodeError */
  holdsFunctions(unit: Unit, offset: number): boolean {
    const index = this.known.get(unit.full);
    return index && !this.damaged.has(unit.full)
      ? index.holdsFunctions(offset)
      : this.bodiesOf(unit).holdFunctions(offset);
  }

  /** Does any variable or parameter of the unit have a location list? Mostly one seen before has. */
  hasLocationLists(unit: Unit): boolean {
    return (
      this.outerOf(unit).hasLocationLists ||
      this.bodiesOf(unit).haveLocationLists ||
      this.of(unit).hasLocationLists
    );
  }

  /** Why a unit's index is empty. */
  damageOf(unit: Unit): DecodeError | undefined {
    this.of(unit);
    return this.damaged.get(unit.full);
  }

  private bodiesOf({ full }: Unit): Bodies {
    let bodies = this.bodies.get(full);
    if (bodies === undefined) {
      bodies = new Bodies(full);
      this.bodies.set(full, bodies);
    }
    return bodies;
  }

  private read(unit: Unit): UnitIndex {
    try {
      return indexOf(unit, false);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.damaged.set(unit, error);
      return new UnitIndex();
    }
  }
}

/** @throws DecodeError */
function indexOf(unit: Unit, isOuter: boolean): UnitIndex {
  const indexing = new Indexing(unit, isOuter);
  skimDies(unit, indexing);
  return indexing.index;
}

/** What single subprograms of a unit hold. */
class Bodies implements SkimVisitor<true> {
  haveLocationLists = false;
  private readonly skim: DieSkim<true>;
  private functions = 0;

  constructor(private readonly unit: Unit) {
    this.skim = new DieSkim(unit, this);
  }

  /** @throws DecodeError */
  holdFunctions(offset: number): boolean {
    this.functions = 0;
    this.skim.run(offset);
    return this.functions > 1;
  }

  roleOf(abbreviation: Abbreviation): true | undefined {
    this.haveLocationLists ||= hasLocationList(abbreviation, this.unit.encoding.version);
    return kindOf(abbreviation) === 'function' ? true : undefined;
  }

  enter(): void {
    this.functions++;
  }

  leave(): void {
    // what it holds is told anyway
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
  /** Of the outermost one. */
  private subprogramStart = 0;

  /** @param isOuter leaves out what subprograms hold */
  constructor(
    private readonly unit: Unit,
    private readonly isOuter: boolean,
  ) {}

  skips({ tag }: Abbreviation): boolean {
    return this.isOuter && tag === TAG.subprogram;
  }

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
      index.addContainer(this.container);
      this.open.push(this.container);
    } else {
      if (kind !== 'variable' && this.subprograms++ === 0) this.subprogramStart = offset;
      this.open.push(kind);
    }
  }

  leave(end: number): void {
    const left = this.open.pop();
    if ((left === 'function' || left === 'subprogram') && --this.subprograms === 0)
      this.index.addSubprogram(this.subprogramStart, end);
    if (typeof left !== 'object') return;
    left.end = end;
    this.container = left.parent;
  }
}

function kindOf({ tag, places }: Abbreviation): Role['kind'] | undefined {
  if (CONTAINERS.has(tag)) return 'container';
  if (tag === TAG.variable || (tag === TAG.member && isStaticConstant(places))) return 'variable';
  if (tag !== TAG.subprogram) return undefined;
  return places.has(AT.lowPc) || places.has(AT.ranges) ? 'function' : 'subprogram';
}

/** As clang describes them, and all compilers until DWARF 4: there may be no other entry of such a member. */
const isStaticConstant = (places: Abbreviation['places']): boolean =>
  places.has(AT.declaration) && places.has(AT.constantValue);

const hasLocationList = ({ tag, attributes }: Abbreviation, version: number): boolean =>
  (tag === TAG.variable || tag === TAG.formalParameter) &&
  attributes.some(
    ({ name, form }) => name === AT.location && isLocationList(form.kind, form.layout, version),
  );

const isLocationList = (kind: string, layout: unknown, version: number): boolean =>
  kind === 'sectionOffset' ||
  kind === 'locationListIndex' ||
  (version < 4 && kind === 'constant' && (layout === 4 || layout === 8));
