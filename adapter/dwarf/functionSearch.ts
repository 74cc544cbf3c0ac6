import type { Abbreviation, AttributeSpecification } from './abbreviation';
import { AT, TAG } from './constants';
import type { DebugSections } from './debugSections';
import { Die } from './die';
import { skimDies, type SkimVisitor } from './dieSkim';
import type { NameSearch } from './nameSearch';
import { tolerant } from './tolerance';
import type { Unit } from './unit';

/** An entry that has the machine code of a function: a concrete subprogram, or a copy inlined into one. */
export interface FunctionCode {
  readonly unit: Unit;
  readonly offset: number;
  /** The concrete subprogram that holds it: itself, or where it is inlined. */
  readonly subprogram: number;
}

/**
 * All machine code of the functions whose own name, without namespaces and classes, is this, or this with template
 * arguments: entries with the name, and those that lead to them by DW_AT_abstract_origin or DW_AT_specification, in
 * other units too.
 */
export function functionCode(name: string, names: NameSearch): FunctionCode[] {
  const named = new NamedEntries();
  const read = new Map<Unit, FunctionEntries>();
  const addFrom = (unit: Unit): void => {
    let entries = read.get(unit);
    if (entries === undefined) read.set(unit, (entries = new FunctionEntries(unit, name, names)));
    entries.addTo(named);
  };
  names.units(name).forEach(addFrom);
  for (let rounds = 0, before = 0; named.size > before && rounds < MAX_ORIGINS; rounds++) {
    before = named.size;
    names.unitsReferringTo(named.offsets()).forEach(addFrom);
  }
  return [...read.values()].flatMap((entries) => entries.codeOf(named));
}

/** Offsets of the entries that are instances of the functions, by file. */
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

/** The DW_TAG_subprogram and DW_TAG_inlined_subroutine entries of a unit that have the name or an origin, in columns. */
class FunctionEntries implements SkimVisitor<Role> {
  private readonly offsets: number[] = [];
  /**
   * Where DW_AT_abstract_origin, or else DW_AT_specification, leads; NAMED where the entry has the name itself, and
   * below that for an entry of the supplementary file.
   */
  private readonly origins: number[] = [];
  /** As `subprogram` of FunctionCode; NO_CODE where there is none. */
  private readonly subprograms: number[] = [];
  /** The concrete subprograms, or NO_CODE, around the entries that are open. */
  private readonly open: number[] = [];
  private subprogram = NO_CODE;

  /** A damaged unit has the entries before the damage. */
  constructor(
    private readonly unit: Unit,
    private readonly name: string,
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

  codeOf(named: NamedEntries): FunctionCode[] {
    const { unit } = this;
    const { sections } = unit.full;
    const code: FunctionCode[] = [];
    this.subprograms.forEach((subprogram, index) => {
      const offset = this.offsets[index]!;
      if (subprogram !== NO_CODE && named.has(sections, offset)) code.push({ unit, offset, subprogram });
    });
    return code;
  }

  roleOf({ tag, attributes, hasChildren }: Abbreviation): Role | undefined {
    if (tag !== TAG.subprogram && tag !== TAG.inlinedSubroutine) return undefined;
    const find = (code: number): AttributeSpecification | undefined =>
      attributes.find(({ name }) => name === code);
    return {
      isSubprogram: tag === TAG.subprogram,
      hasCode: (find(AT.lowPc) ?? find(AT.ranges)) !== undefined,
      name: find(AT.name),
      origin: find(AT.abstractOrigin) ?? find(AT.specification),
      hasChildren,
    };
  }

  enter({ isSubprogram, hasCode, name, origin, hasChildren }: Role, offset: number, values: number): void {
    const outer = this.subprogram;
    const subprogram = isSubprogram ? (hasCode ? offset : NO_CODE) : outer;
    const leads =
      name !== undefined && this.hasName(name, offset, values)
        ? NAMED
        : origin && this.originOf(origin, offset, values);
    if (leads !== undefined) {
      this.offsets.push(offset);
      this.origins.push(leads);
      this.subprograms.push(hasCode ? subprogram : NO_CODE);
    }
    if (!hasChildren) return;
    this.open.push(outer);
    this.subprogram = subprogram;
  }

  leave(): void {
    this.subprogram = this.open.pop() ?? NO_CODE;
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
  readonly origin: AttributeSpecification | undefined;
  readonly hasChildren: boolean;
}

const NAMED = -1;
const NO_CODE = -1;
/** Origins of origins. */
const MAX_ORIGINS = 16;
