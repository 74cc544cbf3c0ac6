/**
 * The debugging information entries of a file: units, functions, scopes, variables and types (DWARF 5, chapters 2 to
 * 5). Everything is read when first asked for, a unit at a time.
 */
import type { VirtualAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import { canonicalName } from './canonicalName';
import { DieContext, type ContextSources } from './addressContext';
import { CallFrames } from './callFrames';
import { DebugSections } from './debugSections';
import { TAG } from './constants';
import { Die } from './die';
import { goesBy, lastComponent, withoutArguments } from './functionName';
import { instances } from './instanceSearch';
import { GlobalVariables } from './globalVariables';
import { NamedTypes } from './namedTypes';
import { NameSearch } from './nameSearch';
import { QualifiedNames } from './qualifiedName';
import { NO_RELATED_FILES, type RelatedFiles } from './relatedFile';
import { programUnits } from './relatedUnits';
import { covers } from './rangeList';
import { threadStorage } from './threadStorage';
import { declared } from './origin';
import { tolerant } from './tolerance';
import type { AddressContext, Scope } from './scope';
import { subprogramOf } from './scopeEntry';
import { innermost, isNode, nodeAt, type ScopeNode } from './scopeNode';
import type { Unit } from './unit';
import { UnitDescription, type UnitHeader } from './unitDescription';
import type { Type } from './type';
import { TypeDefinitions } from './typeDefinitions';
import { typeEntries } from './typeEntries';
import { TypeReader } from './typeReader';
import { UnitIndices } from './unitIndex';
import type { UnitList } from './unitList';
import { UnitMap } from './unitMap';
import { UnitScopes } from './unitScopes';

export type { UnitHeader } from './unitDescription';

/** A function's machine code: a concrete subprogram, or an inlined copy. */
export interface FunctionMatch {
  /** With namespaces and classes. */
  readonly name: string;
  readonly scope: Scope;
  readonly entry: VirtualAddress;
  readonly unit: UnitHeader;
  readonly inlined: boolean;
}

export class DebugInfo {
  private readonly indices = new UnitIndices();
  private readonly names = new QualifiedNames(this.indices, (die) => this.sources.types.typeOf(die));
  private readonly headers = new Map<Unit, UnitHeader>();
  private readonly scopes = new Map<Unit, UnitScopes>();
  private readonly map: UnitMap;
  private readonly search: NameSearch;
  private lineTables: ReadonlyMap<number, Unit> | undefined;

  private readonly sources: ContextSources;

  private constructor(
    private readonly list: UnitList,
    frames: CallFrames,
    threadStorage: number | undefined,
  ) {
    this.search = new NameSearch(list);
    const definitions = new TypeDefinitions(this.search, this.names);
    const types = new TypeReader(this.names, definitions);
    this.sources = {
      types,
      namedTypes: new NamedTypes(this.search, this.names, types),
      globals: new GlobalVariables(this.search, this.indices, this.names),
      frames,
      threadStorage,
    };
    this.map = new UnitMap(list);
  }

  /**
   * Undefined where the file has no .debug_info.
   * @param program the image that has the machine code, where `image` is a separate debug file
   * @param related what finds further files that hold parts of the debug information
   */
  static open(
    image: ElfImage,
    program: ElfImage = image,
    related: RelatedFiles = NO_RELATED_FILES,
  ): DebugInfo | undefined {
    const sections = new DebugSections(image);
    if (sections.size('.debug_info') === 0) return undefined;
    return new DebugInfo(
      programUnits(image, sections, related),
      new CallFrames(image, program),
      tolerant(() => threadStorage(program)),
    );
  }

  /** In the file's order; damaged ones are left out. */
  get units(): readonly UnitHeader[] {
    return this.list.units.map((unit) => this.headerOf(unit));
  }

  unitAt(address: VirtualAddress): UnitHeader | undefined {
    const unit = this.map.at(address);
    return unit && this.headerOf(unit);
  }

  /** The unit whose DW_AT_stmt_list is this offset in .debug_line. */
  unitOfLineTable(offset: number): UnitHeader | undefined {
    const unit = this.unitsByLineTable().get(offset);
    return unit && this.headerOf(unit);
  }

  private unitsByLineTable(): ReadonlyMap<number, Unit> {
    this.lineTables ??= new Map(
      this.list.units
        .filter(({ layout }) => layout.type !== 'type')
        .flatMap((unit) => {
          const { lineOffset } = this.headerOf(unit);
          return lineOffset === undefined ? [] : [[lineOffset, unit] as const];
        })
        .reverse(),
    );
    return this.lineTables;
  }

  innermostScope(address: VirtualAddress): Scope | undefined {
    const subprogram = this.subprogramNode(address);
    return subprogram && (tolerant(() => innermost(subprogram, address)) ?? subprogram);
  }

  /**
   * The innermost scope in each subprogram around an address, that of `innermostScope` first: linkers fold functions of the
   * same code into one.
   */
  innermostScopes(address: VirtualAddress): readonly Scope[] {
    return this.scopesIn(this.map.at(address), address);
  }

  /** As `innermostScopes`, in the unit whose line table is at this offset in .debug_line. */
  innermostScopesOf(lineTable: number, address: VirtualAddress): readonly Scope[] {
    return this.scopesIn(this.unitsByLineTable().get(lineTable), address);
  }

  subprogramAt(address: VirtualAddress): Scope | undefined {
    return this.subprogramNode(address);
  }

  /**
   * What an address means; undefined outside all subprograms.
   * @param within the function around the address whose source is meant (LineSite.scope); otherwise the innermost
   * @param displaced as in LineSite
   * @throws DecodeError where the scopes cannot be read
   */
  contextAt(address: VirtualAddress, within?: Scope, displaced?: Scope): AddressContext | undefined {
    const around = within && subprogramOf(within);
    const subprogram =
      around && isNode(around) && covers(around.ranges, address) ? around : this.subprogramNode(address);
    if (subprogram === undefined) return undefined;
    return new DieContext(address, subprogram, this.headerOf(subprogram.die.unit), this.sources, {
      within,
      displaced,
    });
  }

  /** Is the function defined inside another one: that of a lambda, or of a class in a function? */
  isNested(scope: Scope): boolean {
    if (!isNode(scope)) return false;
    const { unit, offset } = declared(scope.die);
    return this.indices.of(unit).isLocal(offset);
  }

  /** Functions that go by this name, `f` or `ns::f`: their subprograms and their inlined copies. */
  functionsNamed(written: string): readonly FunctionMatch[] {
    const name = canonicalName(written);
    const plain = withoutArguments(lastComponent(name));
    return [...instances(plain, FUNCTIONS, this.search)].flatMap(({ unit, offset, hasCode, subprogram }) => {
      const found = hasCode ? this.nameAt(unit, offset) : undefined;
      if (found === undefined || !goesBy(found, name)) return [];
      const tree = this.scopesOf(unit).subprogram(subprogram ?? offset);
      const scope = tree && tolerant(() => nodeAt(tree, offset));
      return scope === undefined || scope.ranges.length === 0 ? [] : [this.match(found, scope, unit)];
    });
  }

  /** All subprograms that have machine code. */
  *functions(): Iterable<FunctionMatch> {
    for (const unit of this.list.units)
      for (const offset of this.indices.of(unit).functions) {
        const name = this.nameAt(unit, offset);
        const scope = this.scopesOf(unit).subprogram(offset);
        if (name !== undefined && scope !== undefined && scope.ranges.length > 0)
          yield this.match(name, scope, unit);
      }
  }

  /** All structs, unions, classes, enums and typedefs that are defined, those of functions among them. */
  *types(): Iterable<Type> {
    for (const unit of [...this.list.units, ...this.list.typeUnits]) {
      for (const die of typeEntries(unit.full)) {
        const type = tolerant(() => this.sources.types.read(die));
        if (type !== undefined) yield type;
      }
    }
  }

  private match(name: string, scope: ScopeNode, unit: Unit): FunctionMatch {
    const inlined = scope.kind === 'inlined';
    return { name, scope, entry: scope.entry, unit: this.headerOf(unit), inlined };
  }

  private nameAt(unit: Unit, offset: number): string | undefined {
    return tolerant(() => {
      const die = Die.at(unit, offset);
      return die && this.names.of(die);
    });
  }

  private subprogramNode(address: VirtualAddress): ScopeNode | undefined {
    const unit = this.map.at(address);
    return unit && this.scopesOf(unit).subprogramAt(address);
  }

  private scopesIn(unit: Unit | undefined, address: VirtualAddress): readonly Scope[] {
    const subprograms = unit ? this.scopesOf(unit).subprogramsAt(address) : [];
    return subprograms.map((subprogram) => tolerant(() => innermost(subprogram, address)) ?? subprogram);
  }

  private headerOf(unit: Unit): UnitHeader {
    let header = this.headers.get(unit);
    if (header === undefined) {
      header = new UnitDescription(unit, this.indices);
      this.headers.set(unit, header);
    }
    return header;
  }

  private scopesOf(unit: Unit): UnitScopes {
    let scopes = this.scopes.get(unit);
    if (scopes === undefined) {
      scopes = new UnitScopes(unit, this.indices, (die) => tolerant(() => this.names.of(die)));
      this.scopes.set(unit, scopes);
    }
    return scopes;
  }
}

const FUNCTIONS: ReadonlySet<number> = new Set([TAG.subprogram, TAG.inlinedSubroutine]);
