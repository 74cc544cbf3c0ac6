import type { Operation } from '../dwarf/location';
import type { Variable } from '../dwarf/scope';
import type { BitRange, Type } from '../dwarf/type';
import type { ComparisonOperator } from './expression';

/**
 * An expression with its types, as C understands it at one address: conversions are written out, references are followed,
 * names are variables. A place is an object of the program, whose value is in its bytes; the others are values.
 */
export type TypedExpression = TypedPlace | TypedValue;

export type TypedPlace =
  | { readonly kind: 'variable'; readonly variable: Variable; readonly type: Type }
  /** Bytes (or bits) of `whole`, a struct or array; the offset may lie outside it, as C lets an index do. */
  | {
      readonly kind: 'part';
      readonly whole: TypedExpression;
      readonly offset: number;
      readonly bits: BitRange | undefined;
      readonly type: Type;
    }
  /** A virtual base of `whole`: the operations make its address of that of `whole`, which is on the stack. */
  | {
      readonly kind: 'computed';
      readonly whole: TypedExpression;
      readonly operations: readonly Operation[];
      readonly type: Type;
    }
  /** What is `offset` bytes from where `pointer` points. */
  | {
      readonly kind: 'target';
      readonly pointer: TypedExpression;
      readonly offset: number;
      readonly type: Type;
    }
  /** `base[index]`: `base` is a pointer value or an array place, `index` an integer that is no constant. */
  | {
      readonly kind: 'element';
      readonly base: TypedExpression;
      readonly index: TypedExpression;
      readonly type: Type;
    };

export type TypedValue =
  /** A bigint for integers, enums, bool and pointers, within the range of the type; a number for floating point. */
  | { readonly kind: 'literal'; readonly value: bigint | number; readonly type: Type }
  /** C's conversion from one scalar type to another (C11, 6.3.1 and 6.3.2.3). */
  | { readonly kind: 'convert'; readonly operand: TypedExpression; readonly type: Type }
  /** `-` and `~` have their promoted operand's type; `!` takes any scalar and gives int. */
  | {
      readonly kind: 'unary';
      readonly operator: '-' | '~' | '!';
      readonly operand: TypedExpression;
      readonly type: Type;
    }
  /**
   * Both operands have one type, that of the result or, in a comparison, which gives int, another. But a shift's right operand
   * has its own promoted type; and `+` and `-` on a pointer have the pointer on the left and on the right a 64-bit signed
   * count of bytes. Pointers are compared, and subtracted from each other, as 64-bit integers.
   */
  | {
      readonly kind: 'binary';
      readonly operator: TypedOperator;
      readonly left: TypedExpression;
      readonly right: TypedExpression;
      readonly type: Type;
    }
  /** Operands are any scalars; gives int. */
  | {
      readonly kind: 'logical';
      readonly operator: '&&' | '||';
      readonly left: TypedExpression;
      readonly right: TypedExpression;
      readonly type: Type;
    }
  /** The condition is any scalar; the others have the type of the whole. */
  | {
      readonly kind: 'conditional';
      readonly condition: TypedExpression;
      readonly then: TypedExpression;
      readonly otherwise: TypedExpression;
      readonly type: Type;
    }
  /** The place is no bit field. An array used as a pointer is one of these, too. */
  | { readonly kind: 'addressOf'; readonly place: TypedPlace; readonly type: Type }
  /**
   * `string` is a pointer to characters, an array of them, or the special `comm` or `function`. `length`: of the string, in
   * bytes, where no NUL ends it. Gives int.
   */
  | {
      readonly kind: 'stringTest';
      readonly operator: 'equals' | 'startsWith';
      readonly text: Uint8Array;
      readonly string: TypedExpression;
      readonly length: TypedExpression | undefined;
      readonly type: Type;
    }
  /** All 64 bits of a general register, by its DWARF number (psABI for x86-64, figure 3.36). */
  | { readonly kind: 'register'; readonly register: number; readonly type: Type }
  | { readonly kind: 'special'; readonly name: SpecialName; readonly type: Type };

export type TypedOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>' | ComparisonOperator;

/** What a hit knows of itself: `$pid`. `time` is CLOCK_MONOTONIC in nanoseconds; `hits` counts from 1. */
export type SpecialName = 'pid' | 'tid' | 'cpu' | 'time' | 'comm' | 'function' | 'hits';

const PLACES: ReadonlySet<TypedExpression['kind']> = new Set<TypedPlace['kind']>([
  'variable',
  'part',
  'computed',
  'target',
  'element',
]);

export const isPlace = (typed: TypedExpression): typed is TypedPlace => PLACES.has(typed.kind);

/** The values that a value is worked out from, in the order in which they are written. */
export function operandsOf(typed: TypedValue): readonly TypedExpression[] {
  switch (typed.kind) {
    case 'convert':
    case 'unary':
      return [typed.operand];
    case 'binary':
    case 'logical':
      return [typed.left, typed.right];
    case 'conditional':
      return [typed.condition, typed.then, typed.otherwise];
    case 'addressOf':
      return [typed.place];
    case 'stringTest':
      return typed.length ? [typed.string, typed.length] : [typed.string];
    case 'literal':
    case 'register':
    case 'special':
      return [];
  }
}
