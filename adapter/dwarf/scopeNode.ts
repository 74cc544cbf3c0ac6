import type { AddressRange, VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import { AT, TAG } from './constants';
import type { Die } from './die';
import { rootOrigin } from './origin';
import { covers } from './rangeList';
import type { Scope } from './scope';

/** A scope with what it holds, which is read once, when first touched. */
export interface ScopeNode extends Scope {
  readonly die: Die;
  readonly parent: ScopeNode | undefined;
  readonly children: readonly ScopeNode[];
  /**
   * Its variables and parameters: those of the concrete instance, then those that have an entry in the abstract
   * instance alone (DWARF 5, 3.3.8.2), of which nothing is left here.
   */
  readonly variables: readonly Die[];
  /** Is any among `variables`? */
  readonly hasVariables: boolean;
}

/** Gives a subprogram's or inlined subroutine's name in the source. */
export type NameOf = (die: Die) => string | undefined;

/** The scopes of a concrete subprogram, outermost first. @throws DecodeError */
export function readScopes(subprogram: Die, nameOf: NameOf): ScopeNode {
  return new Node('subprogram', subprogram, subprogram.ranges, undefined, nameOf, 0);
}

/** The innermost scope that covers an address. @throws DecodeError */
export function innermost(node: ScopeNode, address: VirtualAddress): ScopeNode {
  let inner = node;
  for (;;) {
    const child = inner.children.find(({ ranges }) => covers(ranges, address));
    if (child === undefined) return inner;
    inner = child;
  }
}

/**
 * The innermost scope that covers an address, not counting copies of other functions that are inlined into `within`
 * there.
 * @param within a function around the address
 * @throws DecodeError
 */
export function innermostWithin(node: ScopeNode, address: VirtualAddress, within: Scope): ScopeNode {
  let inner: ScopeNode | undefined = innermost(node, address);
  let found = inner;
  for (; inner && inner !== within; inner = inner.parent)
    if (inner.kind !== 'block' && inner.parent) found = inner.parent;
  return found;
}

export const isNode = (scope: Scope): scope is ScopeNode => scope instanceof Node;

/** The scope that is described at this offset. @throws DecodeError */
export function nodeAt(node: ScopeNode, offset: number): ScopeNode | undefined {
  if (node.die.offset === offset) return node;
  for (const child of node.children) {
    const found = nodeAt(child, offset);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** All copies of functions that are inlined into one, outer ones first. @throws DecodeError */
export function* inlinedIn(node: ScopeNode): Generator<ScopeNode> {
  for (const child of node.children) {
    if (child.kind === 'inlined') yield child;
    yield* inlinedIn(child);
  }
}

/** The variables of a function and its blocks, the outermost first. @throws DecodeError */
export function* variablesIn(node: ScopeNode): Generator<Die> {
  yield* node.variables;
  for (const child of node.children) if (child.kind === 'block') yield* variablesIn(child);
}

const BLOCKS: ReadonlySet<number> = new Set([
  TAG.lexicalBlock,
  TAG.tryBlock,
  TAG.catchBlock,
  TAG.withStatement,
]);

class Node implements ScopeNode {
  readonly entry: VirtualAddress;
  private knownName: { readonly name: string | undefined } | undefined;
  private contents: Contents | undefined;
  private knownVariables: readonly Die[] | undefined;

  constructor(
    readonly kind: Scope['kind'],
    readonly die: Die,
    readonly ranges: readonly AddressRange[],
    readonly parent: ScopeNode | undefined,
    private readonly nameOf: NameOf,
    private readonly depth: number,
  ) {
    this.entry = entryOf(die, ranges);
  }

  get name(): string | undefined {
    this.knownName ??= { name: this.kind === 'block' ? undefined : this.nameOf(this.die) };
    return this.knownName.name;
  }

  /** @throws DecodeError */
  get children(): readonly ScopeNode[] {
    return this.read().children;
  }

  /** @throws DecodeError */
  get variables(): readonly Die[] {
    this.knownVariables ??= this.readVariables();
    return this.knownVariables;
  }

  /** @throws DecodeError */
  get hasVariables(): boolean {
    return this.read().variables.length > 0 || this.variables.length > 0;
  }

  private read(): Contents {
    if (this.contents === undefined) {
      const contents: Contents = { children: [], variables: [], instances: [] };
      this.readConcrete(contents, this.die, this.depth);
      this.contents = contents;
    }
    return this.contents;
  }

  private readVariables(): readonly Die[] {
    const { variables, instances } = this.read();
    const known = new Set(instances.map((instance) => rootOrigin(instance).offset));
    const origin = rootOrigin(this.die);
    if (origin.unit === this.die.unit && origin.offset === this.die.offset) return variables;
    const abstract: Abstract = { variables: [...variables], known };
    noteInstances(abstract.known, this.die, this.depth);
    readAbstract(abstract, origin, this.depth);
    return abstract.variables;
  }

  private readConcrete(contents: Contents, die: Die, depth: number): void {
    if (depth > MAX_SCOPE_DEPTH) throw die.error('tooDeep', 'scopes');
    for (const child of die.children()) {
      const { tag } = child;
      const isBlock = BLOCKS.has(tag);
      if (isVariable(tag)) contents.variables.push(child);
      else if (tag === TAG.gnuFormalParameterPack) this.readConcrete(contents, child, depth + 1);
      else if (isBlock || tag === TAG.inlinedSubroutine) this.readScope(contents, child, isBlock, depth + 1);
      else continue;
      contents.instances.push(child);
    }
  }

  /** A block without code of its own belongs to the scope around it (as gdb has it). */
  private readScope(contents: Contents, die: Die, isBlock: boolean, depth: number): void {
    if (isBlock && !die.hasCode) {
      this.readConcrete(contents, die, depth);
      return;
    }
    const ranges = die.unit.encoding.version < 3 ? codeWithin(die, depth) : die.ranges;
    if (ranges.length === 0) return;
    const kind = isBlock ? 'block' : 'inlined';
    contents.children.push(new Node(kind, die, ranges, this, this.nameOf, depth));
  }
}

/** What the concrete instance of a scope holds. */
interface Contents {
  readonly children: ScopeNode[];
  readonly variables: Die[];
  /** What may have an entry in the abstract instance: all of these, and blocks without code. */
  readonly instances: Die[];
}

/** What the abstract instance of a scope adds. */
interface Abstract {
  readonly variables: Die[];
  /** Offsets of the entries that have a concrete one. */
  readonly known: Set<number>;
}

/**
 * The code of a scope and of those in it. Before DWARF 3 there is no attribute for several ranges: a scope then says one of
 * them or none, and those in it may lie elsewhere.
 */
function codeWithin(die: Die, depth: number): AddressRange[] {
  if (depth > MAX_SCOPE_DEPTH) throw die.error('tooDeep', 'scopes');
  const inner = [...die.children()].filter(({ tag }) => BLOCKS.has(tag) || tag === TAG.inlinedSubroutine);
  return [...(die.hasCode ? die.ranges : []), ...inner.flatMap((child) => codeWithin(child, depth + 1))];
}

/**
 * What has a concrete entry in a block further in belongs there. A block that refers to its abstract instance stands for
 * all that is in that; clang's do not.
 */
function noteInstances(known: Set<number>, die: Die, depth: number): void {
  if (depth > MAX_SCOPE_DEPTH) throw die.error('tooDeep', 'scopes');
  for (const child of die.children()) {
    if (!BLOCKS.has(child.tag) || child.has(AT.abstractOrigin)) continue;
    for (const inner of child.children()) if (isVariable(inner.tag)) known.add(rootOrigin(inner).offset);
    noteInstances(known, child, depth + 1);
  }
}

function readAbstract(abstract: Abstract, origin: Die, depth: number): void {
  if (depth > MAX_SCOPE_DEPTH) throw origin.error('tooDeep', 'scopes');
  for (const child of origin.children()) {
    if (abstract.known.has(child.offset)) continue;
    const { tag } = child;
    if (isVariable(tag)) abstract.variables.push(child);
    else if (BLOCKS.has(tag) || tag === TAG.gnuFormalParameterPack) readAbstract(abstract, child, depth + 1);
  }
}

const isVariable = (tag: number): boolean => tag === TAG.variable || tag === TAG.formalParameter;

/** DW_AT_entry_pc, an address or an offset from the low end (DWARF 5, 2.18); otherwise the low end. */
function entryOf(die: Die, ranges: readonly AddressRange[]): VirtualAddress {
  const low = ranges[0]?.low ?? virtualAddress(0);
  const offset = die.number(AT.entryPc);
  if (offset !== undefined) return virtualAddress((die.address(AT.lowPc) ?? low) + offset);
  return die.address(AT.entryPc) ?? low;
}

/** Deeper than compilers nest blocks and inlined calls. */
const MAX_SCOPE_DEPTH = 256;
