import { AT, TAG } from './constants';
import { Die } from './die';
import { declared, owner } from './origin';
import type { Container, UnitIndices } from './unitIndex';

/** Names with the namespaces and classes around them, joined by `::`. */
export class QualifiedNames {
  constructor(private readonly indices: UnitIndices) {}

  /** Undefined for what has no name. @throws DecodeError */
  of(die: Die): string | undefined {
    const own = owner(die, AT.name)?.text(AT.name);
    if (own === undefined) return undefined;
    const place = declared(die);
    return this.within(place, this.indices.of(place.unit).containerOf(place.offset), own);
  }

  private within(place: Die, container: Container | undefined, name: string): string {
    const names = [name];
    for (let outer = container; outer !== undefined; outer = outer.parent) {
      const die = Die.at(place.unit, outer.offset);
      const text =
        die && (die.text(AT.name) ?? (die.tag === TAG.namespace ? '(anonymous namespace)' : undefined));
      if (text !== undefined) names.unshift(text);
    }
    return names.join('::');
  }
}
