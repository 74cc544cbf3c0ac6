import type { VariantPart } from '../../dwarf/type';
import type { TypedExpression, TypedPlace } from '../typed';
import { isEqual, isOther, product } from './condition';
import { number } from './measure';

/**
 * 1 where an object of a type with variants is the one at `index`, otherwise 0; undefined where its discriminant is no plain
 * number, or its values are ranges.
 */
export function variantTest(
  { discriminant, variants }: VariantPart,
  place: TypedPlace,
  index: number,
): TypedExpression | undefined {
  if (discriminant?.offset === undefined) return variants.length === 1 ? number(1) : undefined;
  const { offset, type, bits } = discriminant;
  const selector: TypedPlace = { kind: 'part', whole: place, offset, bits, type };
  const values = variants.flatMap((variant) => variant.values);
  if (values.some(({ low, high }) => low !== high)) return undefined;
  const own = variants[index]!.values;
  // The default variant is what none of the others is.
  const others = own.length === 0 ? values : [];
  if (own.length > 1) return undefined;
  return own[0]
    ? isEqual(selector, own[0].low)
    : product(others.map(({ low }) => isOther(selector, { ...number(0), value: low } as TypedExpression)));
}
