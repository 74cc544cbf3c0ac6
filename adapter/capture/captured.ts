import type { Type } from '../dwarf/type';
import type { TypedExpression } from '../expression/typed';
import type { Capture } from './ir';

/**
 * One expression as it was compiled for one site: what the record holds of it and how `value/` is to read that.
 */
export interface CapturedExpression {
  /** As the user wrote it; a variable's name in a snapshot. */
  readonly text: string;
  readonly type: Type;
  readonly source: CaptureSource;
  /** How its integers are to be written. */
  readonly radix: Radix;
}

export type Radix = 2 | 8 | 10 | 16;

export type CaptureSource =
  /**
   * `captures[0]` holds the value's bytes. For a pointer to characters `captures[1]` is the string it points to; for
   * a bit field `bits` picks it out of the captured bytes.
   */
  | {
      readonly kind: 'captured';
      readonly captures: readonly Capture[];
      readonly bits: { readonly offset: number; readonly size: number } | undefined;
      /** Bytes of the value that were not captured because of the byte budget; 0 when whole. */
      readonly omitted: number;
      readonly nested: readonly Nested[];
    }
  /** An object of a library's type of which its contents say all: its own bytes are not captured. */
  | { readonly kind: 'contents'; readonly captures: readonly Capture[]; readonly contents: Contents }
  /**
   * In several pieces, which are put together again. `captures` are those of the parts, in order; what no part covers
   * is nowhere.
   */
  | {
      readonly kind: 'parts';
      readonly captures: readonly Capture[];
      readonly parts: readonly SourcePart[];
      /** Bytes of the value. */
      readonly size: number;
    }
  /** Worked out from what is captured, by the adapter; `leaves` are the operands. */
  | { readonly kind: 'computed'; readonly tree: TypedExpression; readonly leaves: readonly Leaf[] }
  /** Known without reading the target. */
  | { readonly kind: 'constant'; readonly bytes: Uint8Array }
  | { readonly kind: 'unavailable'; readonly reason: CaptureGap };

/** An operand of a computed value: a place, an address, a register, or the string of a comparison. */
export interface Leaf {
  readonly typed: TypedExpression;
  readonly source: Exclude<CaptureSource, { kind: 'computed' | 'contents' }>;
}

/** An object within the bytes of another value, of which the contents are elsewhere in memory, and captured, too. */
export interface Nested {
  /** From the start of those bytes. */
  readonly offset: number;
  readonly type: Type;
  readonly contents: Contents;
}

/** What an object has elsewhere in memory. Captures are indices in those of the source. */
export type Contents =
  /** What follows one another, as so many bytes; `count`: of its elements, where the bytes do not tell. */
  | {
      readonly kind: 'block';
      readonly block: number;
      readonly count: number | undefined;
      readonly nested: readonly Nested[];
    }
  /** The first elements of a chain. `links`: pointers to the nodes and to the one behind them, where nothing else tells how many there are. */
  | {
      readonly kind: 'nodes';
      readonly count: number | undefined;
      readonly links: readonly number[];
      readonly nodes: readonly { readonly capture: number; readonly nested: readonly Nested[] }[];
    }
  /** What a pointer points to, as bytes. */
  | {
      readonly kind: 'target';
      readonly target: number | undefined;
      readonly useCount: number | undefined;
      readonly nested: readonly Nested[];
    }
  /** Characters up to a NUL. */
  | { readonly kind: 'string'; readonly string: number }
  /** Of the object that a pointer is to, the pointer to its class's virtual table alone. */
  | { readonly kind: 'virtualTable'; readonly table: number };

/** `size` bytes of a value from `offset`. */
export interface SourcePart {
  readonly offset: number;
  readonly size: number;
  /** An index in `captures`, the bytes themselves, or why there are none. */
  readonly content: number | Uint8Array | CaptureGap;
}

/** Why a value cannot be captured at a site. */
export type CaptureGap =
  | { readonly code: 'optimisedOut' }
  | { readonly code: 'notAtThisAddress' }
  /** The compiler put the code of the inlined function that it belongs to outside the ranges of the copy. */
  | { readonly code: 'displaced'; readonly functionName: string }
  /** In an XMM, x87 or mask register, which a uprobe does not see. */
  | { readonly code: 'vectorRegister' }
  /** A pointer to an object that is nowhere in memory; the object may still be readable. */
  | { readonly code: 'syntheticPointer' }
  /** Only the caller knew it; `operation` is the DW_OP_ name. */
  | { readonly code: 'callerValue'; readonly operation: string }
  /** Thread-local in a library: only the run-time loader knows where. */
  | { readonly code: 'threadLocal' }
  /** `operation` is the DW_OP_ name. */
  | { readonly code: 'unsupportedOperation'; readonly operation: string }
  | { readonly code: 'unsupportedType'; readonly tag: string }
  | { readonly code: 'incompleteType'; readonly name: string | undefined }
  /** An array of which the debug information gives no length, or one that is worked out as the program runs. */
  | { readonly code: 'unknownLength'; readonly extent: 'flexible' | 'computed' }
  /** A virtual base, which is in another place in each object. */
  | { readonly code: 'computedPlace' }
  | { readonly code: 'undecodable'; readonly detail: string }
  /** It is in a register, or known beforehand: it has no address, and no element by an index that is no constant. */
  | { readonly code: 'notInMemory' }
  /** A condition, an address or an index that is worked out by what a probe does not do: floating point arithmetic. */
  | { readonly code: 'notComputed'; readonly operation: string }
  /** `$hits` in a condition: the hits that meet it are numbered. */
  | { readonly code: 'numberedLater' }
  /** The record has no room left: over `bytesPerHit` or MAX_CAPTURES. */
  | { readonly code: 'overBudget' };

export const isGap = (content: SourcePart['content']): content is CaptureGap =>
  typeof content === 'object' && 'code' in content;

/** What the record holds for an expression. */
export function capturesOf(source: CaptureSource): readonly Capture[] {
  if (source.kind === 'computed') return source.leaves.flatMap((leaf) => capturesOf(leaf.source));
  return 'captures' in source ? source.captures : [];
}

/** Bounds on what one hit captures; named once, for launch.json's `limits` too. */
export interface CaptureLimits {
  /** Bytes of a record. */
  readonly bytesPerHit: number;
  /** Bytes of a string with its NUL. */
  readonly stringBytes: number;
}
export const DEFAULT_CAPTURE_LIMITS: CaptureLimits = { bytesPerHit: 1024, stringBytes: 128 };
