import { AT, TAG, tagName } from './constants';
import type { Die } from './die';
import { defaultLowerBound, languageOf } from './language';
import { once } from './once';
import type { ArrayType, Type } from './type';
import type { TypeSource } from './typeSource';

/** DW_TAG_array_type (DWARF 5, 5.5): a subrange or enumeration for each dimension, the outermost first. @throws DecodeError */
export function readArray(die: Die, types: TypeSource): Type {
  if (DESCRIPTOR.some((attribute) => die.has(attribute)) || hasComputedStride(die))
    return { kind: 'unsupported', tag: tagName(die.tag), name: types.nameOf(die) };
  const dimensions: Dimension[] = [];
  for (const child of die.children()) {
    if (!DIMENSIONS.has(child.tag)) continue;
    if (dimensions.length === MAX_DIMENSIONS) throw die.error('tooLarge', 'dimensions');
    dimensions.push(dimensionOf(child));
  }
  return nested(dimensions.length === 0 ? [FLEXIBLE] : dimensions, {
    flavour: die.flag(AT.gnuVector) ? 'vector' : 'array',
    language: languageOf(die.unit),
    byteSize: die.size(AT.byteSize),
    strideBits: strideOf(die),
    element: () => types.typeOf(die),
  });
}

/** DW_TAG_string_type (DWARF 5, 5.11): characters of one byte. @throws DecodeError */
export function readString(die: Die): Type {
  const count = die.has(AT.stringLength) ? undefined : die.size(AT.byteSize);
  return nested([{ count, extent: count === undefined ? 'computed' : 'fixed', strideBits: undefined }], {
    flavour: 'array',
    language: languageOf(die.unit),
    byteSize: undefined,
    strideBits: undefined,
    element: () => ({ kind: 'base', name: 'char', byteSize: 1, encoding: 'unsignedChar' }),
  });
}

type Dimension = Pick<ArrayType, 'count' | 'extent' | 'strideBits'>;

/** What all dimensions share; size and stride are the outermost's and the innermost's. */
interface Whole extends Pick<ArrayType, 'flavour' | 'language' | 'byteSize' | 'strideBits'> {
  readonly element: () => Type;
}

const DIMENSIONS: ReadonlySet<number> = new Set([TAG.subrangeType, TAG.enumerationType, TAG.genericSubrange]);
/** Attributes of arrays that a descriptor in memory describes, as Fortran's. */
const DESCRIPTOR = [AT.dataLocation, AT.allocated, AT.associated];
const FLEXIBLE: Dimension = { count: undefined, extent: 'flexible', strideBits: undefined };

function nested(dimensions: readonly Dimension[], whole: Whole): ArrayType {
  const [{ count, extent, strideBits }, ...inner] = dimensions as [Dimension, ...Dimension[]];
  const isInnermost = inner.length === 0;
  const element = once(() =>
    isInnermost ? whole.element() : nested(inner, { ...whole, byteSize: undefined }),
  );
  return {
    kind: 'array',
    flavour: whole.flavour,
    language: whole.language,
    count,
    extent,
    strideBits: strideBits ?? (isInnermost ? whole.strideBits : undefined),
    byteSize: whole.byteSize,
    get element() {
      return element();
    },
  };
}

/** DWARF 5, 5.13: a count, an upper bound, or neither. Either may be an expression or a variable of the program. */
function dimensionOf(dimension: Die): Dimension {
  const strideBits = strideOf(dimension);
  if (hasComputedStride(dimension)) return { count: undefined, extent: 'computed', strideBits };
  if (dimension.tag === TAG.enumerationType) {
    const count = [...dimension.children()].filter(({ tag }) => tag === TAG.enumerator).length;
    return { count, extent: 'fixed', strideBits };
  }
  const bound = dimension.has(AT.count) ? AT.count : AT.upperBound;
  if (!dimension.has(bound)) return { ...FLEXIBLE, strideBits };
  const count = countOf(dimension, bound);
  return { count, extent: count === undefined ? 'computed' : 'fixed', strideBits };
}

function countOf(dimension: Die, bound: number): number | undefined {
  if (bound === AT.count) return dimension.size(AT.count);
  const upper = dimension.integer(AT.upperBound);
  const lower = dimension.has(AT.lowerBound)
    ? dimension.integer(AT.lowerBound)
    : defaultLowerBound(dimension.unit);
  if (upper === undefined || lower === undefined) return undefined;
  // An array of none has an upper bound of -1, which data8 makes 2^64 - 1.
  const count = BigInt.asIntN(64, upper) - lower + 1n;
  return count >= 0n && count <= Number.MAX_SAFE_INTEGER ? Number(count) : undefined;
}

/** Undefined where the elements follow one another. */
function strideOf(die: Die): number | undefined {
  const bytes = die.size(AT.byteStride);
  return bytes === undefined ? die.size(AT.bitStride) : 8 * bytes;
}

/** A stride that is no constant of the program. */
const hasComputedStride = (die: Die): boolean =>
  (die.has(AT.byteStride) || die.has(AT.bitStride)) && strideOf(die) === undefined;

const MAX_DIMENSIONS = 32;
