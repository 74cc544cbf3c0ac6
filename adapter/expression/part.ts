import type { FoundMember } from './member';
import type { TypedExpression, TypedPlace } from './typed';

/** A member of a struct, through the virtual bases on the way. */
export function partOfStruct(
  struct: TypedExpression,
  { bases, offset, type, bits }: FoundMember,
): TypedPlace {
  let whole = struct;
  for (const base of bases) {
    const around: TypedExpression = {
      kind: 'part',
      whole,
      offset: base.offset,
      bits: undefined,
      type: whole.type,
    };
    whole = { kind: 'computed', whole: around, operations: base.operations, type: base.type };
  }
  return { kind: 'part', whole, offset, bits, type };
}
