/**
 * Types of the target program, as DWARF describes them (DWARF 5, chapter 5). Types refer to one another in circles
 * (`struct node { struct node *next; }`), so `target`, `element` and `members` are read from the file when first
 * touched: an implementation defines them as getters that remember.
 */
export type Type =
  | BaseType
  | PointerType
  | StructType
  | ArrayType
  | EnumType
  | TypedefType
  | QualifiedType
  | FunctionType
  | VoidType
  | UnsupportedType;

/** DW_TAG_base_type. `encoding` names DW_ATE_* (DWARF 5, 7.8). */
export interface BaseType {
  readonly kind: 'base';
  readonly name: string;
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
  | 'other';

/** Pointers and references. */
export interface PointerType {
  readonly kind: 'pointer';
  readonly flavour: 'pointer' | 'reference' | 'rvalueReference';
  readonly byteSize: number;
  readonly target: Type;
}

export interface StructType {
  readonly kind: 'struct';
  readonly keyword: 'struct' | 'union' | 'class';
  /** Absent for an anonymous type. */
  readonly name: string | undefined;
  /** Undefined for a declaration that is defined nowhere in this file. */
  readonly byteSize: number | undefined;
  readonly members: readonly Member[];
}
export interface Member {
  /** Absent for an anonymous struct or union member; a base class has its type's name. */
  readonly name: string | undefined;
  /** Bytes from the start of the struct; for a bit field, of the first byte that holds one of its bits. */
  readonly offset: number;
  readonly type: Type;
  /** Little endian: `offset` counts bits up from the least significant bit of the byte at Member.offset. */
  readonly bits: { readonly offset: number; readonly size: number } | undefined;
  readonly inherited: boolean;
}

/** One dimension a level: `int a[2][3]` is an array of 2 arrays of 3. */
export interface ArrayType {
  readonly kind: 'array';
  readonly element: Type;
  /** Undefined for a flexible or variable-length array. */
  readonly count: number | undefined;
  readonly byteSize: number | undefined;
}

export interface EnumType {
  readonly kind: 'enum';
  readonly name: string | undefined;
  readonly byteSize: number;
  readonly signed: boolean;
  readonly enumerators: readonly { readonly name: string; readonly value: bigint }[];
}

export interface TypedefType {
  readonly kind: 'typedef';
  readonly name: string;
  readonly target: Type;
}

export interface QualifiedType {
  readonly kind: 'qualified';
  readonly qualifier: 'const' | 'volatile' | 'restrict' | 'atomic';
  readonly target: Type;
}

export interface FunctionType {
  readonly kind: 'function';
  readonly result: Type;
  readonly parameters: readonly Type[];
}

export interface VoidType {
  readonly kind: 'void';
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
  for (let depth = 0; inner.kind === 'array' && depth < MAX_TYPE_DEPTH; depth++) {
    if (inner.byteSize !== undefined) return elements * inner.byteSize;
    if (inner.count === undefined) return undefined;
    elements *= inner.count;
    inner = stripped(inner.element);
  }
  const size = 'byteSize' in inner ? inner.byteSize : undefined;
  return size === undefined ? undefined : elements * size;
}
