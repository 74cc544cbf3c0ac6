import { AT, TAG } from './constants';
import { Die } from './die';
import { withoutArguments } from './functionName';
import { instances } from './instanceSearch';
import type { NameSearch } from './nameSearch';
import type { QualifiedNames } from './qualifiedName';
import { tolerant } from './tolerance';
import type { Unit } from './unit';

/** Finds the type that completes a declaration: of the same name and kind, in the same unit or else in another. */
export class TypeDefinitions {
  /** What completes declarations, by unit and key. */
  private readonly known = new Map<Unit, Map<string, Die | undefined>>();

  constructor(
    private readonly search: NameSearch,
    private readonly names: QualifiedNames,
  ) {}

  /** @throws DecodeError */
  of(declaration: Die): Die | undefined {
    const key = this.keyOf(declaration);
    const name = declaration.text(AT.name);
    if (key === undefined || name === undefined) return undefined;
    const { unit } = declaration;
    const known = this.known.get(unit) ?? new Map<string, Die | undefined>();
    this.known.set(unit, known);
    if (!known.has(key)) known.set(key, this.find(key, withoutArguments(name), unit));
    return known.get(key);
  }

  private find(key: string, name: string, from: Unit): Die | undefined {
    for (const { unit, offset, isLocal } of instances(name, TAGS, this.search, from)) {
      const die = isLocal ? undefined : tolerant(() => Die.at(unit, offset));
      if (die && !die.has(AT.declaration) && tolerant(() => this.keyOf(die)) === key) return die;
    }
    return undefined;
  }

  private keyOf(die: Die): string | undefined {
    const kind = KINDS.get(die.tag);
    return kind !== undefined && die.has(AT.name) ? `${kind} ${this.names.of(die) ?? ''}` : undefined;
  }
}

/** `struct` may complete `class`, in C++. */
const KINDS = new Map<number, string>([
  [TAG.structureType, 'struct'],
  [TAG.classType, 'struct'],
  [TAG.interfaceType, 'struct'],
  [TAG.unionType, 'union'],
  [TAG.enumerationType, 'enum'],
]);
const TAGS: ReadonlySet<number> = new Set(KINDS.keys());
