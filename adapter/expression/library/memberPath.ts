import { stripped, type StructType, type Type } from '../../dwarf/type';
import { findMember } from '../member';
import { partOfStruct } from '../part';
import { pointerTo } from '../scalarType';
import type { TypedExpression, TypedPlace } from '../typed';

/** A member of a member ..., by their names, those of base classes and anonymous members among them. */
export function memberAt(object: TypedPlace, ...names: readonly string[]): TypedPlace | undefined {
  let place = object;
  for (const name of names) {
    const type = stripped(place.type);
    const found = type.kind === 'struct' ? findMember(type, name) : undefined;
    if (found === undefined) return undefined;
    place = partOfStruct(place, found);
  }
  return place;
}

/** The first of the names that is a member. */
export function memberNamed(object: TypedPlace, ...names: readonly string[]): TypedPlace | undefined {
  for (const name of names) {
    const found = memberAt(object, name);
    if (found) return found;
  }
  return undefined;
}

/** What a pointer points to, read as another type where one is given. */
export function targetOf(pointer: TypedExpression, type?: Type): TypedPlace | undefined {
  const inner = stripped(pointer.type);
  if (inner.kind !== 'pointer') return undefined;
  return { kind: 'target', pointer, offset: 0, type: type ?? inner.target };
}

/** The same bytes as a value of another type. */
export const readAs = (whole: TypedPlace, type: Type): TypedPlace => ({
  kind: 'part',
  whole,
  offset: 0,
  bits: undefined,
  type,
});

export const addressOf = (place: TypedPlace): TypedExpression => ({
  kind: 'addressOf',
  place,
  type: pointerTo(place.type),
});

export function structOf(type: Type): StructType | undefined {
  const inner = stripped(type);
  return inner.kind === 'struct' ? inner : undefined;
}

export function pointeeOf(type: Type): Type | undefined {
  const inner = stripped(type);
  return inner.kind === 'pointer' ? inner.target : undefined;
}

/** libc++'s `__compressed_pair` of a value and something empty; other members are the value themselves. */
export const uncompressed = (place: TypedPlace): TypedPlace => memberAt(place, '__value_') ?? place;

/** Base classes at fixed places, in order. */
export function basesOf(object: TypedPlace): { readonly name: string; readonly place: TypedPlace }[] {
  return (structOf(object.type)?.members ?? []).flatMap(({ type, offset, inherited }) => {
    const name = structOf(type)?.name;
    if (!inherited || offset === undefined || name === undefined) return [];
    return [{ name, place: { kind: 'part', whole: object, offset, bits: undefined, type } as const }];
  });
}

/**
 * An object to describe a type by, at address 0: the offsets of its parts are their addresses.
 */
export const modelOf = (type: Type): TypedPlace => ({
  kind: 'target',
  pointer: { kind: 'literal', value: 0n, type: pointerTo(type) },
  offset: 0,
  type,
});

/** Bytes from the start of `object` to a part of it; undefined for what is elsewhere. */
export function offsetIn(object: TypedPlace, part: TypedExpression): number | undefined {
  let offset = 0;
  for (let place: TypedExpression = part; place !== object; place = place.whole) {
    if (place.kind !== 'part') return undefined;
    offset += place.offset;
  }
  return offset;
}
