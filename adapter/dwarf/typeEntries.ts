import { DecodeError } from '../elf/decodeError';
import { AT, TAG } from './constants';
import { Die } from './die';
import { tolerant } from './tolerance';
import type { Unit } from './unit';

const TYPES: ReadonlySet<number> = new Set([
  TAG.structureType,
  TAG.unionType,
  TAG.classType,
  TAG.interfaceType,
  TAG.enumerationType,
  TAG.typedef,
]);

/** The structs, unions, classes, enums and typedefs of a unit that are no declarations, those of functions among them. */
export function* typeEntries(unit: Unit): Generator<Die> {
  const root = tolerant(() => Die.at(unit, unit.layout.firstDie));
  const open = root ? [root.children()] : [];
  while (open.length > 0) {
    const die = nextOf(open.at(-1)!);
    if (die === undefined || open.length > MAX_DEPTH) {
      open.pop();
      continue;
    }
    if (TYPES.has(die.tag) && tolerant(() => isDefinition(die)) === true) yield die;
    open.push(die.children());
  }
}

const isDefinition = (die: Die): boolean => !die.flag(AT.declaration) || die.has(AT.signature);

/** Undefined at the end, which is also where the entries are damaged. */
function nextOf(dies: Generator<Die>): Die | undefined {
  try {
    const next = dies.next();
    return next.done === true ? undefined : next.value;
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Deeper than any compiler nests entries. */
const MAX_DEPTH = 512;
