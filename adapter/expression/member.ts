import { stripped, type Member, type StructType, type Type } from '../dwarf/type';

/** A member as seen from the struct that was asked, anonymous members and base classes on the way added up. */
export interface FoundMember {
  readonly offset: number;
  readonly type: Type;
  readonly bits: Member['bits'];
}

/**
 * Finds a member by name, its own before those of anonymous members (C11, 6.7.2.1) and of base classes. Undefined
 * if there is none.
 */
export function findMember(struct: StructType, name: string): FoundMember | undefined {
  return search(struct, name, 0, new Set());
}

/** The names that `findMember` finds. */
export function memberNames(struct: StructType): string[] {
  const names: string[] = [];
  const seen = new Set<StructType>();
  const pending = [struct];
  for (let next = pending.pop(); next && names.length < MAX_NAMES; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const member of next.members) {
      if (member.name !== undefined) names.push(member.name);
      const inner = transparent(member);
      if (inner) pending.push(inner);
    }
  }
  return names;
}

function search(
  struct: StructType,
  name: string,
  base: number,
  seen: Set<StructType>,
): FoundMember | undefined {
  if (seen.has(struct) || seen.size === MAX_STRUCTS) return undefined;
  seen.add(struct);
  const own = struct.members.find((member) => member.name === name);
  if (own) return { offset: base + own.offset, type: own.type, bits: own.bits };
  for (const member of struct.members) {
    const inner = transparent(member);
    const found = inner && search(inner, name, base + member.offset, seen);
    if (found) return found;
  }
  return undefined;
}

/** The struct whose members are reached as if they were the outer one's. */
function transparent(member: Member): StructType | undefined {
  if (member.name !== undefined && !member.inherited) return undefined;
  const type = stripped(member.type);
  return type.kind === 'struct' ? type : undefined;
}

/** Structs that one search enters: also what ends circles in broken debug information. */
const MAX_STRUCTS = 1000;
const MAX_NAMES = 10_000;
