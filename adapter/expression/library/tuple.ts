import type { TypedPlace } from '../typed';
import { basesOf, memberAt, structOf } from './memberPath';
import type { TupleView } from './view';

/** `std::pair`. */
export function viewPair(object: TypedPlace): TupleView | undefined {
  const [first, second] = [memberAt(object, 'first'), memberAt(object, 'second')];
  if (!first || !second) return undefined;
  const members = [
    { name: 'first', place: first },
    { name: 'second', place: second },
  ];
  return { kind: 'tuple', members, isNamed: true };
}

/** `std::tuple`. */
export function viewTuple(object: TypedPlace): TupleView | undefined {
  const places = tupleElements(object);
  return (
    places && {
      kind: 'tuple',
      members: places.map((place, i) => ({ name: `[${i}]`, place })),
      isNamed: false,
    }
  );
}

/** In order; undefined where the tuple is built in another way. The debug information may leave out what it is made of. */
export function tupleElements(object: TypedPlace): TypedPlace[] | undefined {
  const count = structOf(object.type)?.templateTypes.length ?? 0;
  const places = chainedElements(object) ?? leafElements(object);
  return count === 0 || places?.length === count ? places : undefined;
}

/** libstdc++: each `_Tuple_impl` is one element, and derives from that of the rest. */
function chainedElements(object: TypedPlace): TypedPlace[] | undefined {
  const places: TypedPlace[] = [];
  const implementationOf = (place: TypedPlace): TypedPlace | undefined =>
    basesOf(place).find(({ name }) => name.startsWith('std::_Tuple_impl<'))?.place;
  for (let at = implementationOf(object); at; at = implementationOf(at)) {
    const head = basesOf(at).find(({ name }) => name.startsWith('std::_Head_base<'))?.place;
    const element = head && memberAt(head, '_M_head_impl');
    if (element) places.push(element);
    else if (head || places.length === MAX_ELEMENTS) return undefined;
  }
  return places.length > 0 ? places : undefined;
}

/** libc++: one object that derives from a leaf for each element. */
function leafElements(object: TypedPlace): TypedPlace[] | undefined {
  const base = memberAt(object, '__base_');
  if (!base) return undefined;
  return basesOf(base).flatMap(({ name, place }) =>
    name.includes('::__tuple_leaf<') ? [memberAt(place, '__value_') ?? place] : [],
  );
}

const MAX_ELEMENTS = 64;
