import type { Type } from '../dwarf/type';
import type { Expression } from './expression';

/** What is wrong with an expression, and where: `column` is 0-based in the text that was parsed. */
export class ExpressionError extends Error {
  constructor(
    readonly failure: ExpressionFailure,
    readonly column: number,
    readonly length: number,
  ) {
    super(`${failure.code} at column ${column}`);
    this.name = 'ExpressionError';
  }
}

/** `similar` has up to five names that may have been meant, the likeliest first. */
export type ExpressionFailure =
  /** `expected` are words and quoted tokens in alphabetical order; `found` is undefined at the end of the text. */
  | { readonly code: 'syntax'; readonly expected: readonly string[]; readonly found: string | undefined }
  /** Longer or nested deeper than the parser takes. */
  | { readonly code: 'tooLong'; readonly limit: number }
  | { readonly code: 'tooDeep'; readonly limit: number }
  | { readonly code: 'noSuchName'; readonly name: string; readonly similar: readonly string[] }
  | {
      readonly code: 'noSuchMember';
      readonly name: string;
      readonly type: Type;
      readonly similar: readonly string[];
    }
  /** `.name()`: of standard libraries' types a few methods are known, of others none. */
  | {
      readonly code: 'noSuchMethod';
      readonly name: string;
      readonly type: Type;
      readonly similar: readonly string[];
    }
  /** `.name` on a pointer to a struct: `->name` is meant. */
  | { readonly code: 'useArrow'; readonly name: string; readonly type: Type }
  /** `->name` on a struct: `.name` is meant. */
  | { readonly code: 'useDot'; readonly name: string; readonly type: Type }
  | { readonly code: 'notAStruct'; readonly type: Type }
  /** `*` or `->` on what is no pointer. */
  | { readonly code: 'notAPointer'; readonly type: Type }
  /** `[ ]` on what is neither array nor pointer. */
  | { readonly code: 'notAnArray'; readonly type: Type }
  /** Through a pointer to void or to a function there is no value. */
  | { readonly code: 'voidPointer'; readonly type: Type }
  | { readonly code: 'functionPointer'; readonly type: Type }
  /** The struct, union or array element is declared in this file but not defined, so its layout is not known. */
  | { readonly code: 'incompleteType'; readonly type: Type }
  /** The element is an array of which the length is not known, so the place of the next one is not either. */
  | { readonly code: 'unknownLength'; readonly type: Type }
  /** One for all objects: `name` says which variable of the program it is. */
  | { readonly code: 'staticMember'; readonly name: string }
  /** Only some objects of the type have it, those of one variant. */
  | { readonly code: 'variantMember'; readonly name: string; readonly type: Type }
  | { readonly code: 'indexOutOfRange'; readonly index: string }
  /** Elements that are no whole bytes, by an index that is no constant. */
  | { readonly code: 'bitElements'; readonly type: Type }
  /** `&` before what is no object of the program. */
  | { readonly code: 'notAPlace' }
  | { readonly code: 'bitFieldAddress' }
  /** A struct or a type without arithmetic where a number or a pointer is needed. */
  | { readonly code: 'notScalar'; readonly type: Type }
  | { readonly code: 'notArithmetic'; readonly type: Type }
  | { readonly code: 'notAnInteger'; readonly type: Type }
  /** Two pointers, or a pointer and a number, under an operator that does not take them. */
  | { readonly code: 'pointerOperands'; readonly operator: string }
  /** The branches of `?:`. */
  | { readonly code: 'differentTypes'; readonly left: Type; readonly right: Type }
  /** No integer type holds it. */
  | { readonly code: 'constantTooLarge' }
  /** A string constant that is not compared with a string. */
  | { readonly code: 'lonelyString' }
  | { readonly code: 'notAString'; readonly type: Type }
  /** What `startswith` looks for. */
  | { readonly code: 'notAStringConstant' }
  | { readonly code: 'impossibleCast'; readonly from: Type; readonly to: Type }
  /** Between classes of which one is within the other, but not at its beginning. */
  | { readonly code: 'baseCast'; readonly from: Type; readonly to: Type }
  | { readonly code: 'noSuchType'; readonly name: string }
  /** `$name` */
  | { readonly code: 'noSuchSpecial'; readonly name: string; readonly similar: readonly string[] }
  /** A format that is not for values of the type; `format` as written. */
  | { readonly code: 'formatMismatch'; readonly format: string; readonly type: Type }
  /** The bounds of a slice: constants, and so many elements at most. */
  | { readonly code: 'sliceBounds'; readonly limit: number }
  /** A tag that is not read yet. */
  | { readonly code: 'unsupportedType'; readonly tag: string };

/** A failure at what was written. */
export const refusal = (
  { column, text }: Pick<Expression, 'column' | 'text'>,
  failure: ExpressionFailure,
): ExpressionError => new ExpressionError(failure, column, text.length);
