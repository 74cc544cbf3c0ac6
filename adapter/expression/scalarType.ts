import {
  byteSize,
  MAX_TYPE_DEPTH,
  stripped,
  type ArrayType,
  type BaseType,
  type PointerType,
  type Type,
} from '../dwarf/type';

/** The representation of a scalar: what conversions depend on. Pointers are unsigned integers. */
export interface Scalar {
  readonly kind: 'integer' | 'float' | 'boolean' | 'pointer';
  /** Bytes. */
  readonly size: number;
  readonly signed: boolean;
}

/** Undefined for types that have no arithmetic here: structs, arrays, complex numbers, member pointers. */
export function scalarOf(type: Type): Scalar | undefined {
  const inner = stripped(type);
  if (inner.kind === 'enum') return integer(inner.byteSize, inner.signed);
  if (inner.kind === 'pointer') return { kind: 'pointer', size: inner.byteSize, signed: false };
  if (inner.kind !== 'base' || inner.byteSize === 0) return undefined;
  const { encoding, byteSize: size } = inner;
  if (encoding === 'boolean') return { kind: 'boolean', size, signed: false };
  if (encoding === 'float') return FLOATS.has(size) ? { kind: 'float', size, signed: true } : undefined;
  const signed = INTEGERS.get(encoding);
  return signed === undefined ? undefined : integer(size, signed);
}

/** Integers, enums and floating point, as C11, 6.2.5, has it: all scalars but pointers. */
export function arithmeticOf(type: Type): Scalar | undefined {
  const scalar = scalarOf(type);
  return scalar?.kind === 'pointer' ? undefined : scalar;
}

/** Do values of the two types have the same bytes? */
export const isSameScalar = (a: Scalar, b: Scalar): boolean =>
  a.kind === b.kind && a.size === b.size && a.signed === b.signed;

const integer = (size: number, signed: boolean): Scalar | undefined =>
  size > 0 && size <= MAX_INTEGER_BYTES ? { kind: 'integer', size, signed } : undefined;

const base = (name: string, byteSize: number, encoding: BaseType['encoding']): BaseType => ({
  kind: 'base',
  name,
  byteSize,
  encoding,
});

/** The types of constants and of results, in the sizes of the psABI for x86-64, table 3.1. */
export const CHAR = base('char', 1, 'signedChar');
export const BOOL = base('bool', 1, 'boolean');
export const INT = base('int', 4, 'signed');
export const UNSIGNED_INT = base('unsigned int', 4, 'unsigned');
export const LONG = base('long', 8, 'signed');
export const UNSIGNED_LONG = base('unsigned long', 8, 'unsigned');
export const FLOAT = base('float', 4, 'float');
export const DOUBLE = base('double', 8, 'float');
export const LONG_DOUBLE = base('long double', 16, 'float');

/** By bytes and sign; that of one byte is no character. */
export const integerType = (size: number, signed: boolean): BaseType =>
  base(
    `${signed ? '' : 'unsigned '}${SIZE_NAMES.get(size) ?? '__int128'}`,
    size,
    signed ? 'signed' : 'unsigned',
  );

/** Of one byte that holds a character or a small number. */
export function isCharacterType(type: Type): boolean {
  const inner = stripped(type);
  return inner.kind === 'base' && inner.byteSize === 1 && CHARACTERS.has(inner.encoding);
}

/**
 * `wchar_t`, `char16_t` or `char32_t`, whichever the type is: types of their own in C++, in C typedefs, which are known by
 * their names alone. Rust's `char` is none of them: it is in no string that ends with a NUL.
 */
export function wideCharacterName(type: Type): string | undefined {
  if (!WIDE_SIZES.has(byteSize(type))) return undefined;
  let inner = type;
  for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
    if ((inner.kind === 'typedef' || inner.kind === 'base') && WIDE.has(inner.name)) return inner.name;
    if (inner.kind !== 'typedef' && inner.kind !== 'qualified') return undefined;
    inner = inner.target;
  }
  return undefined;
}

export const pointerTo = (target: Type): PointerType => ({
  kind: 'pointer',
  flavour: 'pointer',
  language: 'c',
  name: undefined,
  byteSize: 8,
  target,
});

/** `count` elements that follow one another. */
export const arrayOf = (element: Type, count: number): ArrayType => ({
  kind: 'array',
  flavour: 'array',
  language: 'c',
  element,
  count,
  extent: 'fixed',
  strideBits: undefined,
  byteSize: undefined,
});

const SIZE_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'char'],
  [2, 'short'],
  [4, 'int'],
  [8, 'long'],
]);
const CHARACTERS: ReadonlySet<string> = new Set(['signedChar', 'unsignedChar', 'utf']);
const WIDE: ReadonlySet<string> = new Set(['wchar_t', 'char16_t', 'char32_t']);
const WIDE_SIZES: ReadonlySet<number | undefined> = new Set([2, 4]);
const INTEGERS: ReadonlyMap<BaseType['encoding'], boolean> = new Map<BaseType['encoding'], boolean>([
  ['signed', true],
  ['signedChar', true],
  ['unsigned', false],
  ['unsignedChar', false],
  ['utf', false],
  ['address', false],
]);
/** float, double and long double; of other sizes there is no arithmetic. */
const FLOATS: ReadonlySet<number> = new Set([4, 8, 16]);
/** `__int128` */
const MAX_INTEGER_BYTES = 16;
