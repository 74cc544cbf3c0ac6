import { AT, TAG } from './constants';
import { Die } from './die';
import { declared, owner, rootOrigin } from './origin';
import type { Unit } from './unit';
import type { Container, UnitIndices } from './unitIndex';

/** Names with the namespaces and classes around them, joined by `::`. */
export class QualifiedNames {
  /** By the entry at the end of the chain of origins. */
  private readonly known = new Map<Unit, Map<number, string | undefined>>();

  constructor(private readonly indices: UnitIndices) {}

  /** Undefined for what has no name. @throws DecodeError */
  of(die: Die): string | undefined {
    const origin = rootOrigin(die);
    let names = this.known.get(origin.unit);
    if (names === undefined) this.known.set(origin.unit, (names = new Map<number, string | undefined>()));
    if (!names.has(origin.offset)) names.set(origin.offset, this.read(origin));
    return names.get(origin.offset);
  }

  private read(die: Die): string | undefined {
    const own = owner(die, AT.name)?.text(AT.name);
    if (own === undefined) return undefined;
    const place = declared(die);
    return this.within(place, this.indices.of(place.unit).containerOf(place.offset), own);
  }

  private within(place: Die, container: Container | undefined, name: string): string {
    const names = [name];
    for (let outer = container; outer !== undefined; outer = outer.parent) {
      const die = Die.at(place.unit, outer.offset);
      const text = die && (die.text(AT.name) ?? (die.tag === TAG.namespace ? UNNAMED : undefined));
      if (text !== undefined) names.unshift(text);
    }
    return names.join('::');
  }
}

const UNNAMED = '(anonymous namespace)';
/** What names in an unnamed namespace start with, after the namespaces around it. */
export const UNNAMED_NAMESPACE = `${UNNAMED}::`;
