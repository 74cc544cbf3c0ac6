import type { Type } from '../../dwarf/type';
import type { TypedExpression, TypedPlace } from '../typed';

/**
 * What an object of a standard library's type means to its user, in expressions over the object: whoever captures values,
 * shows them, or types methods evaluates these, and knows nothing of the library. Members are found by their names in the
 * debug information; a type whose members are others has no view, and is shown as the struct it is.
 */
export type LibraryView =
  TextView | SequenceView | ChainView | FixedView | OwnerView | OptionalView | TupleView | VariantView;

/** Characters of one type that follow one another: `std::string`, `&str`. */
export interface TextView {
  readonly kind: 'text';
  /** A pointer to the first. */
  readonly data: TypedExpression;
  /** Bytes; an unsigned number of 64 bits, as `count` is. */
  readonly length: TypedExpression;
  readonly count: TypedExpression;
  readonly character: Type;
}

/** Elements that follow one another: `std::vector`, `&[T]`. */
export interface SequenceView {
  readonly kind: 'sequence';
  readonly data: TypedExpression;
  /** Bytes of the elements that follow one another at `data`. */
  readonly length: TypedExpression;
  readonly count: TypedExpression;
  readonly element: Type;
  /** Are there as many elements as the length has room for? Otherwise more of them are elsewhere, or they are bits. */
  readonly isWhole: boolean;
  /** Elements of one bit, the least significant first: `std::vector<bool>`. */
  readonly isBits: boolean;
  /** Where those that do not follow one another are; what is at no index of theirs cannot be read. Undefined where that is not known. */
  readonly elementAt?: (index: TypedExpression) => TypedPlace;
}

/** Elements in nodes of which each points to the next: `std::list`, `std::unordered_map`. */
export interface ChainView {
  readonly kind: 'chain';
  /** A pointer to the first node; null, or `end`, where there is none. */
  readonly first: TypedExpression;
  /** What the last node points to; undefined for null. */
  readonly end: TypedExpression | undefined;
  /** Undefined where the object does not have it. */
  readonly count: TypedExpression | undefined;
  /** Of how many nodes it is worth to ask for the next. */
  readonly most: number;
  /** Of a pointer to a node. */
  readonly next: (node: TypedExpression) => TypedExpression;
  readonly value: (node: TypedExpression) => TypedPlace;
  readonly element: Type;
  /** Elements are pairs of a key and what it stands for. */
  readonly isMap: boolean;
}

/** An array within the object: `std::array`. */
export interface FixedView {
  readonly kind: 'fixed';
  readonly array: TypedPlace;
}

/** A pointer that owns what it points to: `std::unique_ptr`, `Rc`. */
export interface OwnerView {
  readonly kind: 'owner';
  /** The pointer within the object; null for none. */
  readonly holder: TypedPlace;
  readonly target: TypedPlace;
  /** It owns nothing: what it points to may be gone. */
  readonly isWeak: boolean;
  /** How many own it. */
  readonly useCount: TypedExpression | undefined;
}

export interface OptionalView {
  readonly kind: 'optional';
  readonly isEngaged: TypedPlace;
  readonly value: TypedPlace;
}

/** Values side by side: `std::pair`, `std::tuple`. */
export interface TupleView {
  readonly kind: 'tuple';
  readonly members: readonly { readonly name: string; readonly place: TypedPlace }[];
  /** Have the members names of their own, or are they known by their numbers? */
  readonly isNamed: boolean;
}

/** One value of several types: `std::variant`. */
export interface VariantView {
  readonly kind: 'variant';
  /** Of the alternative; a number that has none where there is no value. */
  readonly index: TypedPlace;
  readonly alternatives: readonly TypedPlace[];
}
