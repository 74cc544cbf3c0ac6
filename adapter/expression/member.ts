import type { Operation } from '../dwarf/location';
import {
  stripped,
  type BitRange,
  type Member,
  type StaticMember,
  type StructType,
  type Type,
} from '../dwarf/type';

/** A member as seen from the struct that was asked, anonymous members and base classes on the way added up. */
export interface FoundMember {
  /** Virtual bases on the way, from the outside in. */
  readonly bases: readonly ComputedBase[];
  /** From the last base, or from the struct. */
  readonly offset: number;
  readonly type: Type;
  readonly bits: BitRange | undefined;
}

/** A part whose address is made of the address of what is `offset` bytes into the struct around it. */
export interface ComputedBase {
  readonly offset: number;
  readonly operations: readonly Operation[];
  readonly type: Type;
}

/**
 * Finds a member by name, its own before those of anonymous members (C11, 6.7.2.1) and of base classes. Undefined
 * if there is none.
 */
export function findMember(struct: StructType, name: string): FoundMember | undefined {
  return search(struct, name, { bases: [], offset: 0 }, new Set());
}

/** Is `base` a base class that does not begin where objects of the struct do, so that pointers to it are others? */
export function isElsewhere(struct: StructType, base: StructType): boolean {
  const pending: { struct: StructType; offset: number | undefined }[] = [{ struct, offset: 0 }];
  for (let seen = 0; seen < MAX_STRUCTS; seen++) {
    const next = pending.pop();
    if (next === undefined) return false;
    if (next.struct !== struct && next.struct.name === base.name && next.offset !== 0) return true;
    for (const { inherited, offset, type } of next.struct.members) {
      const inner = stripped(type);
      if (!inherited || inner.kind !== 'struct') continue;
      const whole = offset === undefined || next.offset === undefined ? undefined : next.offset + offset;
      pending.push({ struct: inner, offset: whole });
    }
  }
  return true;
}

/** A static member by name, of the struct or of a base class. */
export function findStaticMember(
  struct: StructType,
  name: string,
): { owner: StructType; member: StaticMember } | undefined {
  for (const owner of transparentStructs(struct)) {
    const member = owner.staticMembers.find((each) => each.name === name);
    if (member) return { owner, member };
  }
  return undefined;
}

/** Does a variant of the struct have a member of this name? */
export const isVariantMember = (struct: StructType, name: string): boolean =>
  struct.variantPart?.variants.some(({ members }) => members.some((member) => member.name === name)) ?? false;

/** The names that `findMember` finds. */
export function memberNames(struct: StructType): string[] {
  const names: string[] = [];
  for (const { members } of transparentStructs(struct)) {
    for (const { name } of members) if (name !== undefined && names.length < MAX_NAMES) names.push(name);
  }
  return names;
}

/** The struct, and those whose members are reached as if they were its own. */
function* transparentStructs(struct: StructType): Generator<StructType> {
  const seen = new Set<StructType>();
  const pending = [struct];
  for (let next = pending.pop(); next && seen.size < MAX_STRUCTS; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    yield next;
    pending.push(...next.members.flatMap((member) => transparent(member) ?? []));
  }
}

type Place = Pick<FoundMember, 'bases' | 'offset'>;

function search(
  struct: StructType,
  name: string,
  place: Place,
  seen: Set<StructType>,
): FoundMember | undefined {
  if (seen.has(struct) || seen.size === MAX_STRUCTS) return undefined;
  seen.add(struct);
  const own = struct.members.find((member) => member.name === name);
  const inOwn = own && placeWithin(place, own);
  if (own && inOwn) return { ...inOwn, type: own.type, bits: own.bits };
  for (const member of struct.members) {
    const inner = transparent(member);
    const within = placeWithin(place, member);
    const found = inner && within && search(inner, name, within, seen);
    if (found) return found;
  }
  return undefined;
}

/** Undefined where the member's place cannot be read. */
function placeWithin({ bases, offset }: Place, member: Member): Place | undefined {
  if (member.offset !== undefined) return { bases, offset: offset + member.offset };
  const { computed: operations, type } = member;
  return operations && { bases: [...bases, { offset, operations, type }], offset: 0 };
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
