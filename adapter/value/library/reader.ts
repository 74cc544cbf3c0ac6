/** Readers of values of standard libraries' types, by what the types mean (expression/library/view.ts). */
import type { Nested } from '../../capture/captured';
import { byteSize, type PointerType, type StructType } from '../../dwarf/type';
import { modelOf, offsetIn } from '../../expression/library/memberPath';
import { recognise } from '../../expression/library/recognise';
import type { TypedPlace } from '../../expression/typed';
import { chainReader } from './chain';
import { optionalReader, variantReader, type PlacedReader } from './choice';
import { contentsOf, nestedIn, type PartCompiler, type ValueReader } from './compiler';
import { ownerReader } from './owner';
import { sequenceReader } from './sequence';
import { textReader } from './text';
import { tupleReader } from './tuple';

/** Undefined where the type is no library's, or its layout is none that is known. */
export function libraryReader(
  object: StructType | PointerType,
  name: string,
  nested: readonly Nested[],
  compiler: PartCompiler,
): ValueReader | undefined {
  const model = modelOf(object);
  const view = recognise(model);
  if (view === undefined) return undefined;
  const contents = contentsOf(nested, object);
  const part = (place: TypedPlace): PlacedReader | undefined => {
    const offset = offsetIn(model, place);
    if (offset === undefined) return undefined;
    const within = nestedIn(nested, offset, byteSize(place.type) ?? 0);
    return { offset, read: compiler.compile(place.type, within) };
  };
  switch (view.kind) {
    case 'text':
      return textReader(view, contents, compiler.held, name);
    case 'sequence':
      return sequenceReader(view, contents, compiler, name);
    case 'chain':
      return chainReader(view, contents, compiler, name);
    case 'fixed': {
      const array = part(view.array);
      return (
        array &&
        ((bytes, offset, available, gaps) => ({
          ...array.read(bytes, offset + array.offset, available - array.offset, gaps),
          type: name,
        }))
      );
    }
    case 'owner': {
      const at = offsetIn(model, view.holder);
      const behind = offsetBehind(view.target);
      return at === undefined ? undefined : ownerReader(view, at, behind, contents, compiler, name);
    }
    case 'optional': {
      const flag = offsetIn(model, view.isEngaged);
      const value = part(view.value);
      return flag === undefined || !value ? undefined : optionalReader(flag, value, name);
    }
    case 'variant': {
      const offset = offsetIn(model, view.index);
      const size = byteSize(view.index.type);
      const alternatives = view.alternatives.map(part);
      if (offset === undefined || size === undefined || !alternatives.every((one) => one !== undefined))
        return undefined;
      return variantReader({ offset, size }, alternatives, name);
    }
    case 'tuple': {
      const members = view.members.map((member) => ({ name: member.name, placed: part(member.place) }));
      const placed = members.flatMap(({ name: of, placed: one }) => (one ? [{ ...one, name: of }] : []));
      return placed.length === members.length ? tupleReader(placed, view.isNamed, name) : undefined;
    }
  }
}

/** Bytes from where a pointer points to the part that is meant. */
function offsetBehind(target: TypedPlace): number {
  let offset = 0;
  let place: TypedPlace = target;
  while (place.kind === 'part' && place.whole.kind !== 'literal') {
    offset += place.offset;
    place = place.whole as TypedPlace;
  }
  return offset;
}
