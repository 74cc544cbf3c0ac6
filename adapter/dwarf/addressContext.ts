import type { VirtualAddress } from '../elf/address';
import type { CallFrames } from './callFrames';
import { canonicalName } from './canonicalName';
import type { Die } from './die';
import type { GlobalVariables } from './globalVariables';
import type { CfaRule, Location, LocationGap } from './location';
import { once } from './once';
import type { NamedTypes } from './namedTypes';
import type { AddressContext, Enumerator, Scope, TypeKeyword, Variable } from './scope';
import type { Type } from './type';
import { UNNAMED_NAMESPACE } from './qualifiedName';
import { innermost, innermostWithin, isNode, variablesIn, type ScopeNode } from './scopeNode';
import { TAG } from './constants';
import type { TypeReader } from './typeReader';
import type { UnitHeader } from './unitDescription';
import { isExternDeclaration, variableAt, variableName } from './variable';
import { frameBase } from './variableLocation';

/** What variables are made of. */
export interface ContextSources {
  readonly types: TypeReader;
  readonly globals: GlobalVariables;
  readonly namedTypes: NamedTypes;
  readonly frames: CallFrames;
  /** As in AddressContext. */
  readonly threadStorage: number | undefined;
}

/** Which function of those at the address the source is in (LineSite). */
interface MeantFunction {
  readonly within: Scope | undefined;
  readonly displaced: Scope | undefined;
}

/** Reads a context when it is asked; a variable that cannot be read costs itself only. */
export class DieContext implements AddressContext {
  readonly scope: ScopeNode;
  readonly locals: () => readonly Variable[];
  readonly frameLocals: () => readonly Variable[];
  readonly globals: () => readonly Variable[];

  /** @throws DecodeError where the scopes cannot be read */
  constructor(
    readonly address: VirtualAddress,
    readonly subprogram: ScopeNode,
    private readonly unit: UnitHeader,
    private readonly sources: ContextSources,
    { within, displaced }: MeantFunction,
  ) {
    this.scope = within ? innermostWithin(subprogram, address, within) : innermost(subprogram, address);
    this.locals = once(() =>
      this.withDisplaced(
        displaced,
        this.readLocals(() => false),
      ),
    );
    this.frameLocals = once(() =>
      this.withDisplaced(
        displaced,
        this.readLocals(({ kind }) => kind !== 'block'),
      ),
    );
    this.globals = once(() => this.readGlobals());
  }

  get producer(): string | undefined {
    return this.unit.producer;
  }

  get language(): number | undefined {
    return this.unit.language;
  }

  get frameBase(): Location {
    return frameBase(this.subprogram.die, this.address);
  }

  get cfa(): CfaRule | undefined {
    return this.sources.frames.cfaAt(this.address);
  }

  get threadStorage(): number | undefined {
    return this.sources.threadStorage;
  }

  lookup(name: string): Variable | undefined {
    const local = this.locals().find((variable) => variable.name === name);
    if (local !== undefined) return local;
    for (const candidate of namesSeenFrom(this.functionName, name)) {
      const found = this.sources.globals.find(candidate, this.subprogram.die.unit);
      if (found !== undefined) return this.variable(found.die, found.name, 'global');
    }
    return undefined;
  }

  global(written: string, file: string | undefined): Variable | undefined {
    const { globals } = this.sources;
    const name = canonicalName(written);
    const found =
      file === undefined ? globals.find(name, this.subprogram.die.unit) : globals.findIn(file, name);
    return found && this.variable(found.die, found.name, 'global');
  }

  typeNamed(name: string, keyword: TypeKeyword | undefined): Type | undefined {
    for (const candidate of namesSeenFrom(this.functionName, name)) {
      const found = this.sources.namedTypes.find(candidate, keyword, this.subprogram.die.unit);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  enumerator(name: string): Enumerator | undefined {
    for (const candidate of namesSeenFrom(this.functionName, name)) {
      const found = this.sources.namedTypes.enumerator(candidate, this.subprogram.die.unit);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private readLocals(isLast: (scope: ScopeNode) => boolean): Variable[] {
    const found = new Map<string, Variable>();
    for (let scope: ScopeNode | undefined = this.scope; scope !== undefined; scope = scope.parent) {
      for (const [name, variable] of this.variablesOf(scope)) if (!found.has(name)) found.set(name, variable);
      if (isLast(scope)) break;
    }
    return [...found.values()];
  }

  /** The names of a function that is displaced here hide those around. What is in one place for all copies has its value. */
  private withDisplaced(displaced: Scope | undefined, around: readonly Variable[]): readonly Variable[] {
    if (!displaced || !isNode(displaced)) return around;
    const found = new Map<string, Variable>();
    for (const die of variablesIn(displaced)) {
      const name = variableName(die);
      if (name === undefined || name === '' || found.has(name)) continue;
      const variable = this.local(die, name);
      const { type, scope, declarationLine } = variable;
      const reason: LocationGap = { code: 'displaced', functionName: displaced.name ?? '?' };
      const elsewhere: Variable = {
        name,
        type,
        scope,
        declarationLine,
        location: { kind: 'unavailable', reason },
      };
      found.set(name, isStatic(variable) ? variable : elsewhere);
    }
    return [...found.values(), ...around.filter(({ name }) => !found.has(name))];
  }

  /** Where one scope has a name twice (blocks without code are part of it), the one that is somewhere. */
  private variablesOf(scope: ScopeNode): ReadonlyMap<string, Variable> {
    const found = new Map<string, Variable>();
    for (const die of scope.variables) {
      const name = variableName(die);
      if (name === undefined || name === '') continue;
      if ((found.get(name)?.location.kind ?? 'unavailable') === 'unavailable')
        found.set(name, this.local(die, name));
    }
    return found;
  }

  private local(die: Die, name: string): Variable {
    if (die.tag === TAG.formalParameter) return this.variable(die, name, 'argument');
    const defined = isExternDeclaration(die)
      ? this.sources.globals.find(name, this.subprogram.die.unit)
      : undefined;
    return defined === undefined
      ? this.variable(die, name, 'local')
      : this.variable(defined.die, name, 'global');
  }

  private readGlobals(): Variable[] {
    const variables = this.sources.globals.of(this.subprogram.die.unit);
    return [...variables.values()].map(({ die, name }) => this.variable(die, name, 'global'));
  }

  private variable(die: Die, name: string, scope: Variable['scope']): Variable {
    return variableAt(die, name, scope, this.address, this.sources.types);
  }

  /** Of the innermost function, inlined ones included. */
  private get functionName(): string {
    let scope: ScopeNode = this.scope;
    while (scope.kind === 'block' && scope.parent !== undefined) scope = scope.parent;
    return scope.name ?? '';
  }
}

/** Is it at an address of its own, whatever runs? */
const isStatic = ({ location }: Variable): boolean =>
  location.kind === 'expression' && location.operations[0]?.op === 'address';

/** `x` in `a::b::f` is `a::b::x`, `a::x` or `x`, whichever there is first. */
function namesSeenFrom(functionName: string, written: string): string[] {
  const name = canonicalName(written);
  const names: string[] = [];
  let space = functionName.replaceAll(UNNAMED_NAMESPACE, '');
  for (let end = space.lastIndexOf('::'); end >= 0; end = space.lastIndexOf('::')) {
    space = space.slice(0, end);
    names.push(`${space}::${name}`);
  }
  return [...names, name];
}
