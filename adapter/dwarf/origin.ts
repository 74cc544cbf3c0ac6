import { AT } from './constants';
import type { Die } from './die';

/**
 * The entry at the end of the DW_AT_abstract_origin chain, which holds what all instances have in common (DWARF 5,
 * 3.3.8); the entry itself where it has none.
 * @throws DecodeError `tooDeep`, `outOfRange`
 */
export function rootOrigin(die: Die): Die {
  let origin = die;
  for (let steps = 0; ; steps++) {
    if (steps === MAX_ORIGINS) throw die.error('tooDeep', 'abstract origins');
    const next = origin.reference(AT.abstractOrigin);
    if (next === undefined) return origin;
    origin = next;
  }
}

/** The entry that a declaration elsewhere completes (DW_AT_specification), by way of origins. */
export function declared(die: Die): Die {
  const origin = rootOrigin(die);
  return origin.reference(AT.specification) ?? origin;
}

/** The entry itself, its origin or its declaration: the first that has the attribute. */
export function owner(die: Die, attribute: number): Die | undefined {
  let entry: Die | undefined = die;
  for (let steps = 0; entry !== undefined; steps++) {
    if (entry.has(attribute)) return entry;
    if (steps === MAX_ORIGINS) throw die.error('tooDeep', 'abstract origins');
    entry = entry.reference(AT.abstractOrigin) ?? entry.reference(AT.specification);
  }
  return undefined;
}

const MAX_ORIGINS = 16;
