import type { VirtualAddress } from '../elf/address';
import { AT, TAG, tagName } from './constants';
import type { Die } from './die';
import type { Location } from './location';
import { once } from './once';
import { owner } from './origin';
import type { Variable } from './scope';
import { tolerant } from './tolerance';
import type { Type } from './type';
import type { TypeReader } from './typeReader';
import { variableLocation } from './variableLocation';

/** A variable's entry as seen from an address. Type and location are read when touched, and never throw. */
export function variableAt(
  die: Die,
  name: string,
  scope: Variable['scope'],
  address: VirtualAddress,
  types: TypeReader,
): Variable {
  const type = once(() => tolerant(() => typeOf(die, types)) ?? unreadable(die));
  const location = once((): Location => variableLocation(die, address));
  const line = once(() => tolerant(() => owner(die, AT.declarationLine)?.number(AT.declarationLine)));
  return {
    name,
    scope,
    get type() {
      return type();
    },
    get location() {
      return location();
    },
    get declarationLine() {
      return line();
    },
  };
}

/** The name in the source: own, of the abstract instance, or of the declaration. */
export const variableName = (die: Die): string | undefined =>
  tolerant(() => owner(die, AT.name)?.text(AT.name));

/** Is it `extern` in a block: declared here, defined elsewhere? */
export const isExternDeclaration = (die: Die): boolean =>
  die.tag === TAG.variable && die.has(AT.declaration) && !die.has(AT.location);

function typeOf(die: Die, types: TypeReader): Type {
  const typed = owner(die, AT.type);
  return typed === undefined ? { kind: 'void' } : types.typeOf(typed);
}

const unreadable = (die: Die): Type => ({ kind: 'unsupported', tag: tagName(die.tag), name: undefined });
