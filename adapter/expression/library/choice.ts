import type { Type } from '../../dwarf/type';
import type { TypedPlace } from '../typed';
import { memberAt, readAs, structOf } from './memberPath';
import type { OptionalView, VariantView } from './view';

/** `std::optional`. */
export function viewOptional(object: TypedPlace): OptionalView | undefined {
  const payload = memberAt(object, '_M_payload');
  const gnuFlag = payload && memberAt(payload, '_M_engaged');
  const isEngaged = gnuFlag ?? memberAt(object, '__engaged_');
  const value = payload ? memberAt(payload, '_M_payload', '_M_value') : memberAt(object, '__val_');
  return isEngaged && value && { kind: 'optional', isEngaged, value };
}

/** `std::variant`: a union of the first alternative and a union of the rest. */
export function viewVariant(object: TypedPlace): VariantView | undefined {
  const types = structOf(object.type)?.templateTypes ?? [];
  const [index, union] = [memberAt(object, '_M_index'), memberAt(object, '_M_u')];
  const parts = memberAt(object, '__impl_') ?? memberAt(object, '__impl');
  const found =
    index && union
      ? { index, alternatives: alternativesOf(union, types, '_M_first', '_M_rest', '_M_storage') }
      : parts && viewParts(parts, types);
  return found?.alternatives && { kind: 'variant', index: found.index, alternatives: found.alternatives };
}

/** libc++ */
function viewParts(
  parts: TypedPlace,
  types: readonly Type[],
): { index: TypedPlace; alternatives: TypedPlace[] | undefined } | undefined {
  const [index, union] = [memberAt(parts, '__index'), memberAt(parts, '__data')];
  return (
    index && union && { index, alternatives: alternativesOf(union, types, '__head', '__tail', '__value') }
  );
}

function alternativesOf(
  union: TypedPlace,
  types: readonly Type[],
  first: string,
  rest: string,
  storage: string,
): TypedPlace[] | undefined {
  const places: TypedPlace[] = [];
  let at: TypedPlace | undefined = union;
  for (const type of types) {
    const value: TypedPlace | undefined = at && memberAt(at, first, storage);
    if (!at || !value) return undefined;
    places.push(readAs(value, type));
    at = memberAt(at, rest);
  }
  return places.length > 0 ? places : undefined;
}
