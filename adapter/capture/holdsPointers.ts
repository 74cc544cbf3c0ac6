import { stripped, type Type } from '../dwarf/type';
import { modelOf } from '../expression/library/memberPath';
import { recognise } from '../expression/library/recognise';
import { stringCharacter } from './character';

/** Are there pointers in a value of the type that are shown as addresses? Of types too large to be looked through, yes. */
export function holdsPointers(type: Type): boolean {
  const pending = [type];
  for (let seen = 0; pending.length > 0; seen++) {
    const inner = stripped(pending.pop()!);
    if (seen === MAX_TYPES) return true;
    if (inner.kind === 'memberPointer' || (inner.kind === 'pointer' && !stringCharacter(inner))) return true;
    if (inner.kind === 'array') pending.push(inner.element);
    if (inner.kind !== 'struct' || recognise(modelOf(inner))?.kind === 'text') continue;
    const variants = inner.variantPart?.variants.flatMap(({ members }) => members) ?? [];
    pending.push(...[...inner.members, ...variants].map((member) => member.type));
  }
  return false;
}

const MAX_TYPES = 200;
