import type { Nested } from '../../capture/captured';
import { stripped, type Type } from '../../dwarf/type';
import type { ByteGap } from '../byteGap';
import type { HeldRecord } from '../heldRecord';
import type { RenderedValue, ValueGap } from '../value';

/** Reads a value from `available` bytes at `offset`, but for the gaps among them. */
export type ValueReader = (
  bytes: DataView,
  offset: number,
  available: number,
  gaps?: readonly ByteGap[],
) => RenderedValue;

/** What the readers of libraries' types need to read the values within them. */
export interface PartCompiler {
  readonly held: HeldRecord;
  /** @param nested what was captured of the contents of objects within the part, from its start on */
  compile(type: Type, nested: readonly Nested[]): ValueReader;
}

/** Of `nested`, what is within the `size` bytes from `offset`, as seen from there. */
export function nestedIn(nested: readonly Nested[], offset: number, size: number): readonly Nested[] {
  if (nested.length === 0) return nested;
  return nested
    .filter((one) => one.offset >= offset && one.offset < offset + size)
    .map((one) => ({ ...one, offset: one.offset - offset }));
}

/** What was captured of the contents of an object that begins with its bytes. */
export const contentsOf = (nested: readonly Nested[], type: Type): Nested['contents'] | undefined =>
  nested.find((one) => one.offset === 0 && stripped(one.type) === stripped(type))?.contents;

export const constantReader =
  (value: RenderedValue): ValueReader =>
  () =>
    value;

export const gapReader = (unavailable: ValueGap, type: string): ValueReader =>
  constantReader({ unavailable, type });

export const OVER_BUDGET: ValueGap = { code: 'overBudget' };
