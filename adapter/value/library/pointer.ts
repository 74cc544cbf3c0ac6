import type { Contents } from '../../capture/captured';
import type { Type } from '../../dwarf/type';
import { readUint64 } from '../integer';
import type { PartCompiler, ValueReader } from './compiler';

/** Reads a pointer, and the members of what it points to, unless that leads back to where it came from. */
export function followedReader(
  pointer: ValueReader,
  target: Type,
  contents: Contents | undefined,
  compiler: PartCompiler,
): ValueReader {
  if (contents?.kind !== 'target' || contents.target === undefined) return pointer;
  const { held } = compiler;
  const field = held.field(contents.target);
  const read = compiler.compile(target, contents.nested);
  return (bytes, offset, available, gaps) => {
    const value = pointer(bytes, offset, available, gaps);
    if (!('value' in value)) return value;
    const address = readUint64(bytes, offset);
    if (address === 0 || held.hasFaulted(field) || held.path.includes(address)) return value;
    held.path.push(address);
    const pointee = read(held.view, held.at(field), field.capacity);
    held.path.pop();
    return 'children' in pointee ? { ...value, children: pointee.children } : value;
  };
}
