import { byteSize, type Member, type Variant, type VariantPart } from '../dwarf/type';
import { bitFieldReader, bytesOfBits, integerReader, type IntegerReader } from './integer';
import { gapIn, type ByteGap } from './byteGap';
import type { ValueGap } from './value';

/** Which variant's members an object has: its index, or why that is not known. */
export type VariantChoice = (
  bytes: DataView,
  offset: number,
  available: number,
  gaps: readonly ByteGap[],
) => number | ValueGap;

/** Reads the discriminant (DWARF 5, 5.7.10). */
export function variantChoice({ discriminant, variants }: VariantPart): VariantChoice {
  if (discriminant === undefined) return () => (variants.length === 1 ? 0 : NO_DISCRIMINANT);
  const reader = discriminantReader(discriminant);
  if (reader === undefined) return () => NO_DISCRIMINANT;
  const { size, end } = reader;
  return (bytes, offset, available, gaps) => {
    const unavailable = end > available ? OVER_BUDGET : gapIn(gaps, offset + reader.offset, size);
    if (unavailable) return unavailable;
    const found = indexOf(variants, BigInt(reader.read(bytes, offset + reader.offset)));
    return found < 0 ? NO_VARIANT : found;
  };
}

/** The variant that names the value, otherwise the default one. */
function indexOf(variants: readonly Variant[], value: bigint): number {
  const named = variants.findIndex(({ values }) =>
    values.some(({ low, high }) => low <= value && value <= high),
  );
  return named >= 0 ? named : variants.findIndex(({ values }) => values.length === 0);
}

interface DiscriminantReader {
  readonly offset: number;
  readonly size: number;
  readonly end: number;
  readonly read: IntegerReader;
}

/** As unsigned, which is how Variant.values are. */
function discriminantReader({ offset, type, bits }: Member): DiscriminantReader | undefined {
  const size = bits ? bytesOfBits(bits) : byteSize(type);
  if (offset === undefined || size === undefined || size === 0) return undefined;
  const read = bits ? bitFieldReader(bits, false) : integerReader(size, false);
  return { offset, size, end: offset + size, read };
}

const OVER_BUDGET: ValueGap = { code: 'overBudget' };
const NO_DISCRIMINANT: ValueGap = { code: 'undecodable', detail: 'nothing says which variant it is' };
const NO_VARIANT: ValueGap = { code: 'undecodable', detail: 'no variant has its discriminant' };
