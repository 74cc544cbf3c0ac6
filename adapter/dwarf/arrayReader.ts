import { AT, TAG, tagName } from './constants';
import type { Die } from './die';
import { once } from './once';
import type { ArrayType, Type } from './type';
import type { TypeSource } from './typeSource';
import { sizeOf } from './typeSize';

/** An array type (DWARF 5, 5.5): a subrange or enumeration for each dimension, the outermost first. */
export function readArray(die: Die, types: TypeSource): Type {
  if (die.has(AT.byteStride) || die.has(AT.bitStride) || die.has(AT.dataLocation))
    return { kind: 'unsupported', tag: tagName(die.tag), name: types.nameOf(die) };
  const counts = [...die.children()].filter(({ tag }) => DIMENSIONS.has(tag)).map((child) => countOf(child));
  if (counts.length > MAX_DIMENSIONS) throw die.error('tooLarge', `${counts.length} dimensions`);
  return nested(counts.length === 0 ? [undefined] : counts, () => types.typeOf(die));
}

const DIMENSIONS: ReadonlySet<number> = new Set([TAG.subrangeType, TAG.enumerationType, TAG.genericSubrange]);

function nested(counts: readonly (number | undefined)[], readElement: () => Type): ArrayType {
  const [count, ...inner] = counts;
  const element = once(() => (inner.length === 0 ? readElement() : nested(inner, readElement)));
  const array: ArrayType = {
    kind: 'array',
    count,
    get element() {
      return element();
    },
    get byteSize() {
      return sizeOf(array);
    },
  };
  return array;
}

/** Undefined where it is not a constant of the program (DWARF 5, 5.13). */
function countOf(dimension: Die): number | undefined {
  if (dimension.tag === TAG.enumerationType)
    return [...dimension.children()].filter(({ tag }) => tag === TAG.enumerator).length;
  if (dimension.has(AT.count)) return dimension.size(AT.count);
  const upper = dimension.integer(AT.upperBound);
  if (upper === undefined) return undefined;
  const lower = dimension.integer(AT.lowerBound) ?? defaultLowerBound(dimension);
  // An array of none has an upper bound of -1, which data8 makes 2^64 - 1.
  const count = BigInt.asIntN(64, upper) - lower + 1n;
  return count >= 0n && count <= Number.MAX_SAFE_INTEGER ? Number(count) : undefined;
}

/** 1 in Fortran, COBOL, Pascal, Ada, Modula and PL/I; otherwise 0 (DWARF 5, table 7.17). */
function defaultLowerBound({ unit }: Die): bigint {
  const language = unit.root(AT.language);
  return language?.kind === 'constant' && ONE_BASED.has(Number(language.value)) ? 1n : 0n;
}

const ONE_BASED: ReadonlySet<number> = new Set([
  0x03, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x0e, 0x0f, 0x17, 0x1f, 0x22, 0x23,
]);
const MAX_DIMENSIONS = 32;
