/** The variables in scope at sampled addresses against those of gdb, which is the oracle, with names for what differs. */
import type { DebugInfo } from '../../adapter/dwarf/debugInfo';
import type { Variable } from '../../adapter/dwarf/scope';
import type { ScopeNode } from '../../adapter/dwarf/scopeNode';
import { isExternDeclaration, variableName } from '../../adapter/dwarf/variable';
import { virtualAddress, type VirtualAddress } from '../../adapter/elf/address';
import { openProgram } from '../../adapter/symbols/module';
import { askGdb, signature, type GdbScope } from './gdbVariables';

/** How a variable at an address compares with gdb's of that name. */
export type Agreement =
  | 'same'
  /** We know a place or value, gdb none: an `extern` declaration that another unit completes. */
  | 'better'
  /**
   * clang does not say which block of the abstract instance a concrete one is of. gdb takes what some abstract blocks
   * declare for variables of the whole function (beside those in the concrete block, which is not at this address), or
   * leaves out what has no concrete entry. All of them are optimised out here.
   */
  | 'cloneOfBlock'
  /**
   * DWARF 2 has no DW_AT_call_line, nor ranges: gdb takes inlined functions for blocks, from the first address of one to
   * the last of another, and their parameters for variables.
   */
  | 'beforeDwarf3'
  /** gdb names an unnamed type after its typedef, and leaves out the namespace of one that is local to a function. */
  | 'named'
  /** Declared here and defined where there is no debug information: gdb goes by the symbol table. */
  | 'bySymbol'
  | 'different';

export interface ScopeComparison {
  readonly addresses: number;
  readonly counts: Record<Agreement, number>;
  /** What is in no class that has a reason. */
  readonly different: readonly string[];
}

/** @param sample how many is_stmt addresses, chosen by gdb's script from all of the program or of one file */
export function compareScopes(program: string, sample: number, file = ''): ScopeComparison {
  const { addresses } = askGdb(program, { file, sample });
  const module = openProgram(program);
  const { info } = module.debug!;
  const counts = {
    same: 0,
    better: 0,
    cloneOfBlock: 0,
    beforeDwarf3: 0,
    named: 0,
    bySymbol: 0,
    different: 0,
  };
  const different: string[] = [];
  for (const [address, scope] of Object.entries(addresses))
    for (const { kind, text } of differences(info, addressOf(address), scope)) {
      counts[kind]++;
      if (kind === 'different') different.push(`${address} ${text}`);
    }
  module.close();
  return { addresses: Object.keys(addresses).length, counts, different };
}

/** Exact, and as our addresses are, above 2^63 as well. */
const addressOf = (text: string): VirtualAddress => virtualAddress(Number(BigInt.asIntN(64, BigInt(text))));

interface Difference {
  readonly kind: Agreement;
  readonly text: string;
}

function* differences(info: DebugInfo, address: VirtualAddress, theirs: GdbScope): Generator<Difference> {
  const context = info.contextAt(address);
  const scope = context?.scope as ScopeNode | undefined;
  const ours = new Map((context?.locals() ?? []).map((variable) => [variable.name, variable]));
  const names = visible(theirs);
  for (const name of new Set([...names.keys(), ...ours.keys()])) {
    const place = theirs.places[name];
    const found = compared(name, ours.get(name), names.get(name), place);
    if (found.kind !== 'different' || scope === undefined) yield found;
    else if (place === 'somewhere' && isDeclaredOnly(scope, name)) yield { ...found, kind: 'bySymbol' };
    else if (isWithoutCallSite(scope)) yield { ...found, kind: 'beforeDwarf3' };
    else if (place !== 'somewhere' && isCloneOfBlock(scope, name, names.has(name)))
      yield { ...found, kind: 'cloneOfBlock' };
    else yield found;
  }
}

/** For each name those of the innermost block that has it: several, where parameters of a pack share the name. */
function visible({ blocks }: GdbScope): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { variables } of blocks) {
    const here = new Map<string, string[]>();
    for (const { name, kind, type } of variables)
      here.set(name, [...(here.get(name) ?? []), `${kind} ${type}`]);
    for (const [name, types] of here) if (!found.has(name)) found.set(name, types);
  }
  return found;
}

function compared(
  name: string,
  ours: Variable | undefined,
  theirs: readonly string[] = [],
  place: string | undefined,
): Difference {
  const type = ours && `${ours.scope === 'argument' ? 'argument' : 'variable'} ${signature(ours.type)}`;
  if (type === undefined || !theirs.some((each) => words(each) === words(type))) {
    const isNamed = type !== undefined && theirs.some((each) => withoutNames(each) === withoutNames(type));
    const text = `${name}: ${type ?? 'nothing'}, ${theirs.join(' or ')} for gdb`;
    return { kind: isNamed ? 'named' : 'different', text };
  }
  const isHere = ours?.location.kind !== 'unavailable';
  if (place === undefined || (place !== 'nowhere') === isHere) return { kind: 'same', text: name };
  return { kind: isHere ? 'better' : 'different', text: `${name}: here ${isHere}, ${place} for gdb` };
}

/**
 * The words of a type, in an order of their own: compilers and gdb write template arguments differently, `const T` and
 * `T const`, `1UL` and `1ul`, `long int` and `long`; names in unnamed namespaces are ours without these.
 */
const words = (type: string): string =>
  type
    .toLowerCase()
    .replaceAll('(anonymous namespace)', '')
    .replace(/\b(?:(?:unsigned|signed|long|short|int)\b ?)+/g, (integer) => integer.replace('int', ' '))
    .replace(/\b(\d+)[ul]+\b/g, '$1')
    .match(/\w+|[^\w\s:]/g)!
    .sort()
    .join(' ');

/** What a type is made of, and the sizes. */
const withoutNames = (type: string): string =>
  words(type.replace(/\b(struct|typedef|enum) [^()=]*?(?= \d|\()/g, '$1'));

/** In one of these scopes, is the name one of a block that has no place here, or that only the abstract instance has? */
function isCloneOfBlock(scope: ScopeNode, name: string, isForGdb: boolean): boolean {
  if (!isForGdb) return true;
  return scopesFrom(scope).some(({ children }) =>
    children.some((child) => child.kind === 'block' && hasVariable(child, name)),
  );
}

const hasVariable = (block: ScopeNode, name: string): boolean =>
  block.variables.some((die) => variableName(die) === name) ||
  block.children.some((child) => child.kind === 'block' && hasVariable(child, name));

const isDeclaredOnly = (scope: ScopeNode, name: string): boolean =>
  scopesFrom(scope).some(({ variables }) =>
    variables.some((die) => variableName(die) === name && isExternDeclaration(die)),
  );

const isWithoutCallSite = (scope: ScopeNode): boolean =>
  scopesFrom(scope).some(({ kind, die }) => kind === 'inlined' && !die.has(CALL_LINE));

/** DW_AT_call_line */
const CALL_LINE = 0x59;

const scopesFrom = (scope: ScopeNode): ScopeNode[] =>
  scope.parent ? [scope, ...scopesFrom(scope.parent)] : [scope];
