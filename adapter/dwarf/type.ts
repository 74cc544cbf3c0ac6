import type { Language } from './language';
import type { Operation } from './location';

/**
 * Types of the target program, as DWARF describes them (DWARF 5, chapter 5). Types refer to one another in circles
 * (`struct node { struct node *next; }`), so `target`, `element` and `members` are read from the file when first
 * touched: an implementation defines them as getters that remember. They never throw: what is damaged in the file is
 * an `unsupported` type in its place.
 */
export type Type =
  | BaseType
  | PointerType
  | MemberPointerType
  | StructType
  | ArrayType
  | EnumType
  | TypedefType
  | QualifiedType
  | FunctionType
  | VoidType
  | UnspecifiedType
  | UnsupportedType;

/** DW_TAG_base_type. `encoding` names DW_ATE_* (DWARF 5, 7.8). */
export interface BaseType {
  readonly kind: 'base';
  readonly name: string;
  /** 0 for types that have one value, as Rust's `()`. */
  readonly byteSize: number;
  readonly encoding: BaseEncoding;
}
export type BaseEncoding =
  | 'address'
  | 'boolean'
  | 'float'
  | 'signed'
  | 'signedChar'
  | 'unsigned'
  | 'unsignedChar'
  | 'utf'
  | 'complexFloat'
  /** GCC's `_Complex int`. */
  | 'complexSigned'
  | 'complexUnsigned'
  | 'decimalFloat'
  | 'other';

/** Pointers and references. */
export interface PointerType {
  readonly kind: 'pointer';
  readonly flavour: 'pointer' | 'reference' | 'rvalueReference';
  readonly language: Language;
  /** Where the language names its pointers: Rust's `&str`, `*const u8`. */
  readonly name: string | undefined;
  readonly byteSize: number;
  readonly target: Type;
}

/** C++'s `int A::*` and `int (A::*)(char)` (DWARF 5, 5.14); in memory as the Itanium ABI, 2.3, has it. */
export interface MemberPointerType {
  readonly kind: 'memberPointer';
  readonly byteSize: number;
  /** A function for a pointer to member functions. */
  readonly target: Type;
  readonly containing: Type;
}

export interface StructType {
  readonly kind: 'struct';
  readonly keyword: 'struct' | 'union' | 'class';
  readonly language: Language;
  /** Absent for an anonymous type. */
  readonly name: string | undefined;
  /** Undefined for a declaration that is defined nowhere in this file. */
  readonly byteSize: number | undefined;
  /** Those of every object; those of single variants are in `variantPart`. */
  readonly members: readonly Member[];
  readonly variantPart: VariantPart | undefined;
  /** Shared by all objects; their values are variables of the program: `A::count`. */
  readonly staticMembers: readonly StaticMember[];
  /** The types among the arguments of a template or generic type, those of packs in their places (DWARF 5, 2.23). */
  readonly templateTypes: readonly Type[];
}

export interface Member {
  /** Absent for an anonymous struct or union member; a base class has its type's name. */
  readonly name: string | undefined;
  /**
   * Bytes from the start of the struct; for a bit field, of the first byte that holds one of its bits. Undefined
   * where that is not the same in all objects: see `computed`.
   */
  readonly offset: number | undefined;
  /** What makes the member's address of the object's, which is on the stack: a virtual base (DWARF 5, 5.7.3). */
  readonly computed: readonly Operation[] | undefined;
  readonly type: Type;
  /** Little endian: `offset` counts bits up from the least significant bit of the byte at Member.offset. */
  readonly bits: BitRange | undefined;
  readonly inherited: boolean;
}

export interface BitRange {
  readonly offset: number;
  readonly size: number;
}

export interface StaticMember {
  readonly name: string;
  readonly type: Type;
}

/** Members of which an object has one variant's at a time: a Rust enum (DWARF 5, 5.7.10). */
export interface VariantPart {
  /** Its value selects the variant; undefined where there is but one. */
  readonly discriminant: Member | undefined;
  readonly variants: readonly Variant[];
}
export interface Variant {
  /**
   * Values of the discriminant, both ends included, in two's complement of its size; none for the default variant,
   * which all other values select.
   */
  readonly values: readonly { readonly low: bigint; readonly high: bigint }[];
  readonly members: readonly Member[];
}

/** One dimension a level: `int a[2][3]` is an array of 2 arrays of 3. */
export interface ArrayType {
  readonly kind: 'array';
  /** `vector`: a SIMD vector (DW_AT_GNU_vector). */
  readonly flavour: 'array' | 'vector';
  readonly language: Language;
  readonly element: Type;
  /** Undefined where `extent` is not `fixed`. */
  readonly count: number | undefined;
  /** `flexible`: C's `int a[]`. `computed`: worked out as the program runs, as of a variable-length array. */
  readonly extent: 'fixed' | 'flexible' | 'computed';
  /** Bits from one element to the next, where that is not the size of an element. */
  readonly strideBits: number | undefined;
  /** Where the file says it; `byteSize()` works it out otherwise. */
  readonly byteSize: number | undefined;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly language: Language;
  readonly name: string | undefined;
  readonly byteSize: number;
  readonly signed: boolean;
  /** Of C++'s `enum class`. */
  readonly isScoped: boolean;
  /** The integer type beneath, where the file says. */
  readonly underlying: Type | undefined;
  /** Names as one writes them outside the enum: with its own before them where it is scoped. */
  readonly enumerators: readonly { readonly name: string; readonly value: bigint }[];
}

export interface TypedefType {
  readonly kind: 'typedef';
  readonly name: string;
  readonly target: Type;
}

export interface QualifiedType {
  readonly kind: 'qualified';
  readonly language: Language;
  readonly qualifier: 'const' | 'volatile' | 'restrict' | 'atomic' | 'packed' | 'shared';
  readonly target: Type;
}

export interface FunctionType {
  readonly kind: 'function';
  readonly language: Language;
  readonly result: Type;
  readonly parameters: readonly Type[];
  /** Are there more arguments: `...`? */
  readonly isVariadic: boolean;
  /** Not so for C's `int f()`, whose arguments are not known. */
  readonly isPrototyped: boolean;
}

export interface VoidType {
  readonly kind: 'void';
}

/** DW_TAG_unspecified_type: a type of which there is only the name, as `decltype(nullptr)`. */
export interface UnspecifiedType {
  readonly kind: 'unspecified';
  readonly name: string;
}

/** A tag that is not read yet; the value of such a variable is refused by this name. */
export interface UnsupportedType {
  readonly kind: 'unsupported';
  /** `DW_TAG_...` */
  readonly tag: string;
  readonly name: string | undefined;
}

/** A type without its typedefs and qualifiers. */
export function stripped(type: Type): Exclude<Type, TypedefType | QualifiedType> {
  let inner = type;
  for (let depth = 0; inner.kind === 'typedef' || inner.kind === 'qualified'; depth++) {
    if (depth === MAX_TYPE_DEPTH) return { kind: 'unsupported', tag: 'DW_TAG_typedef', name: 'endless' };
    inner = inner.target;
  }
  return inner;
}

/** Longest chain of typedefs and qualifiers that is followed. */
export const MAX_TYPE_DEPTH = 64;

/** Bytes of a value; undefined where the type has none or does not say. */
export function byteSize(type: Type): number | undefined {
  let inner = stripped(type);
  let elements = 1;
  for (let depth = 0; inner.kind === 'array' && inner.byteSize === undefined; depth++) {
    if (inner.count === undefined || depth === MAX_TYPE_DEPTH) return undefined;
    elements *= inner.count;
    if (inner.strideBits !== undefined) return exact(Math.ceil((elements * inner.strideBits) / 8));
    inner = stripped(inner.element);
  }
  const size = 'byteSize' in inner ? inner.byteSize : undefined;
  return size === undefined ? undefined : exact(elements * size);
}

const exact = (size: number): number | undefined => (Number.isSafeInteger(size) ? size : undefined);

/** Why an array has no size: the extent of the first dimension that has no count. */
export function unknownExtent(array: ArrayType): 'flexible' | 'computed' {
  let inner: Type = array;
  for (let depth = 0; inner.kind === 'array' && depth < MAX_TYPE_DEPTH; depth++) {
    if (inner.extent !== 'fixed') return inner.extent;
    inner = stripped(inner.element);
  }
  return 'computed';
}
