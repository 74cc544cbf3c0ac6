import { named, summary, unnamed } from '../summary';
import { namedValue } from '../value';
import type { PlacedReader } from './choice';
import type { ValueReader } from './compiler';

/** Reads values side by side: `std::pair`, `std::tuple`. */
export function tupleReader(
  members: readonly (PlacedReader & { readonly name: string })[],
  isNamed: boolean,
  type: string,
): ValueReader {
  return (bytes, offset, available, gaps) => {
    const children = members.map(({ name, offset: at, read }) =>
      namedValue(name, read(bytes, offset + at, available - at, gaps)),
    );
    return { value: summary(children, isNamed ? named : unnamed, false), type, children };
  };
}
