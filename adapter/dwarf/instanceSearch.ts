/**
 * Entries by the name that they have themselves, without namespaces and classes: those with the name, or the name and
 * template arguments, and those that lead to one by DW_AT_abstract_origin or DW_AT_specification.
 */
import type { Abbreviation, AttributeSpecification } from './abbreviation';
import { AT, TAG } from './constants';
import type { DebugSections } from './debugSections';
import { Die } from './die';
import { skimDies, type SkimVisitor } from './dieSkim';
import type { NameSearch } from './nameSearch';
import { tolerant } from './tolerance';
import type { Unit } from './unit';

/** Where an entry is that a name finds. */
export interface Instance {
  readonly unit: Unit;
  readonly offset: number;
  readonly hasCode: boolean;
  /** The concrete subprogram around it; undefined outside subprograms and in those without code. */
  readonly subprogram: number | undefined;
  /** Is it in a subprogram, concrete or not? */
  readonly isLocal: boolean;
}

/**
 * Unit by unit, `first` first, each read when it comes; after all that have the name come those that lead to them from
 * elsewhere, as link-time optimisation leaves them.
 * @param tags DW_TAG_ codes
 */
export function* instances(
  name: string,
  tags: ReadonlySet<number>,
  names: NameSearch,
  first?: Unit,
): Generator<Instance> {
  const named = new NamedEntries();
  const read = new Map<Unit, UnitEntries>();
  const from = (unit: Unit): Iterable<Instance> => {
    let entries = read.get(unit);
    if (entries === undefined) read.set(unit, (entries = new UnitEntries(unit, name, tags, names)));
    entries.addTo(named);
    return entries.rest(named);
  };
  for (const unit of new Set([...(first ? [first] : []), ...names.units(name)])) yield* from(unit);
  for (let rounds = 0, before = 0; named.size > before && rounds < MAX_ORIGINS; rounds++) {
    before = named.size;
    for (const unit of names.unitsReferringTo(named.offsets())) yield* from(unit);
  }
}

/** Offsets of entries, by file. */
class NamedEntries {
  private readonly byFile = new Map<DebugSections, Set<number>>();
  size = 0;

  has(file: DebugSections, offset: number): boolean {
    return this.byFile.get(file)?.has(offset) === true;
  }

  add(file: DebugSections, offset: number): void {
    if (this.has(file, offset)) return;
    const offsets = this.byFile.get(file);
    if (offsets === undefined) this.byFile.set(file, new Set([offset]));
    else offsets.add(offset);
    this.size++;
  }

  /** Of all files. */
  *offsets(): Generator<number> {
    for (const offsets of this.byFile.values()) yield* offsets;
  }
}

/** The entries of a unit with these tags that have the name or an origin, in columns: there may be 10^5 of them. */
class UnitEntries implements SkimVisitor<Role> {
  private readonly offsets: number[] = [];
  /** Where an entry leads; NAMED where it has the name itself, and below that for one of the supplementary file. */
  private readonly origins: number[] = [];
  private readonly roles: Role[] = [];
  /** The concrete subprogram around each entry, or NO_CODE, or OUTSIDE. */
  private readonly subprograms: number[] = [];
  private readonly given = new Set<number>();
  /** As `subprograms`, around the entries that are open. */
  private readonly open: number[] = [];
  private subprogram = OUTSIDE;

  /** A damaged unit has the entries before the damage. */
  constructor(
    private readonly unit: Unit,
    private readonly name: string,
    private readonly tags: ReadonlySet<number>,
    private readonly names: NameSearch,
  ) {
    tolerant(() => {
      skimDies(unit.full, this);
    });
  }

  /** Adds the offsets of the entries that have the name, or lead to one that is there. */
  addTo(named: NamedEntries): void {
    const { sections, directory } = this.unit.full;
    const supplement = directory.supplement();
    const leadsToNamed = (origin: number): boolean =>
      origin > NAMED
        ? named.has(sections, origin)
        : supplement.ok && named.has(supplement.value.sections, NAMED - 1 - origin);
    for (let rounds = 0, before = -1; named.size > before && rounds < MAX_ORIGINS; rounds++) {
      before = named.size;
      this.origins.forEach((origin, index) => {
        if (origin === NAMED || leadsToNamed(origin)) named.add(sections, this.offsets[index]!);
      });
    }
  }

  /** Those of the named entries that were not given before. */
  *rest(named: NamedEntries): Generator<Instance> {
    const { unit } = this;
    const { sections } = unit.full;
    for (const [index, offset] of this.offsets.entries()) {
      if (this.given.has(offset) || !named.has(sections, offset)) continue;
      this.given.add(offset);
      const around = this.subprograms[index]!;
      const subprogram = around >= 0 ? around : undefined;
      yield { unit, offset, hasCode: this.roles[index]!.hasCode, subprogram, isLocal: around !== OUTSIDE };
    }
  }

  roleOf({ tag, attributes, hasChildren }: Abbreviation): Role | undefined {
    const find = (code: number): AttributeSpecification | undefined =>
      attributes.find(({ name }) => name === code);
    const isWanted = this.tags.has(tag);
    const isSubprogram = tag === TAG.subprogram;
    if (!isWanted && !isSubprogram) return undefined;
    return {
      isSubprogram,
      hasCode: (find(AT.lowPc) ?? find(AT.ranges)) !== undefined,
      name: isWanted ? find(AT.name) : undefined,
      origin: isWanted ? (find(AT.abstractOrigin) ?? find(AT.specification)) : undefined,
      hasChildren,
    };
  }

  enter(role: Role, offset: number, values: number): void {
    const { name, origin } = role;
    const leads =
      name !== undefined && this.hasName(name, offset, values)
        ? NAMED
        : origin && this.originOf(origin, offset, values);
    if (leads !== undefined) {
      this.offsets.push(offset);
      this.origins.push(leads);
      this.roles.push(role);
      this.subprograms.push(this.subprogram);
    }
    if (!role.hasChildren) return;
    this.open.push(this.subprogram);
    if (role.isSubprogram) this.subprogram = role.hasCode ? offset : NO_CODE;
  }

  leave(): void {
    this.subprogram = this.open.pop() ?? OUTSIDE;
  }

  private hasName({ form, position }: AttributeSpecification, offset: number, values: number): boolean {
    const unit = this.unit.full;
    if (position !== undefined && form.kind === 'stringOffset') {
      const string = unit.at(values + position).sectionOffset(unit.encoding.offsetSize);
      return this.names.isAt(this.name, unit, string);
    }
    const text = tolerant(() => Die.at(unit, offset)?.text(AT.name));
    return text !== undefined && (text === this.name || text.startsWith(`${this.name}<`));
  }

  private originOf(
    { name, form, position }: AttributeSpecification,
    offset: number,
    values: number,
  ): number | undefined {
    const unit = this.unit.full;
    if (position !== undefined && form.kind === 'unitReference' && form.layout === 4)
      return unit.layout.offset + unit.at(values + position).u32();
    const value = tolerant(() => Die.at(unit, offset)?.value(name));
    if (value?.kind === 'unitReference') return unit.layout.offset + value.value;
    if (value?.kind === 'infoReference') return unit.start('.debug_info') + value.value;
    return value?.kind === 'supplementaryReference' ? NAMED - 1 - value.value : undefined;
  }
}

/** What the entries with an abbreviation are to the search. */
interface Role {
  readonly isSubprogram: boolean;
  readonly hasCode: boolean;
  readonly name: AttributeSpecification | undefined;
  /** DW_AT_abstract_origin, or else DW_AT_specification. */
  readonly origin: AttributeSpecification | undefined;
  readonly hasChildren: boolean;
}

const NAMED = -1;
const NO_CODE = -1;
const OUTSIDE = -2;
/** Origins of origins. */
const MAX_ORIGINS = 16;
