import type { Contents } from '../../capture/captured';
import { BYTES_HEADER_SIZE } from '../../capture/recordLayout';
import { byteSize } from '../../dwarf/type';
import type { SequenceView } from '../../expression/library/view';
import { PAGE_NOT_PRESENT } from '../field';
import { summary, unnamed } from '../summary';
import type { NamedValue } from '../value';
import { gapReader, nestedIn, OVER_BUDGET, type PartCompiler, type ValueReader } from './compiler';

/** Reads containers whose elements follow one another, as far as they were captured. */
export function sequenceReader(
  view: SequenceView,
  contents: Contents | undefined,
  compiler: PartCompiler,
  type: string,
): ValueReader {
  if (contents?.kind !== 'block') return gapReader(OVER_BUDGET, type);
  const { held } = compiler;
  const block = held.field(contents.block);
  const number = contents.count === undefined ? undefined : held.field(contents.count);
  const size = byteSize(view.element) ?? 0;
  const element = elementReader(view, contents.nested, compiler, size, block.capacity);
  return () => {
    if (held.hasFaulted(block) || (number && held.hasFaulted(number)))
      return { unavailable: PAGE_NOT_PRESENT, type };
    const length = held.number(block);
    const count = number ? held.number(number) : BigInt(length) / BigInt(size);
    const bytes = length > block.capacity ? block.capacity : Number(length);
    const here = view.isBits ? 8 * bytes : size > 0 ? Math.floor(bytes / size) : 0;
    const shown = Math.min(count > MAX_CHILDREN ? MAX_CHILDREN : Number(count), here);
    const start = held.at(block, BYTES_HEADER_SIZE);
    const children = Array.from({ length: shown }, (_, i): NamedValue => ({
      name: `[${i}]`,
      ...element(i)(held.view, start + (view.isBits ? i >> 3 : i * size), size),
    }));
    const value = `size ${count} ${summary(children, unnamed, shown < count)}`;
    return { value, type, children };
  };
}

/** One reader for all elements but for those of which contents were captured. */
function elementReader(
  { element, isBits }: SequenceView,
  nested: Extract<Contents, { kind: 'block' }>['nested'],
  compiler: PartCompiler,
  size: number,
  capacity: number,
): (index: number) => ValueReader {
  if (isBits) return bitReader(element, compiler);
  const plain = compiler.compile(element, []);
  if (nested.length === 0) return () => plain;
  const own = Array.from({ length: Math.floor(capacity / size) }, (_, i) => {
    const within = nestedIn(nested, i * size, size);
    return within.length > 0 ? compiler.compile(element, within) : plain;
  });
  return (index) => own[index] ?? plain;
}

/** `std::vector<bool>`: the element's type is bool. */
function bitReader(element: SequenceView['element'], compiler: PartCompiler): (index: number) => ValueReader {
  const read = compiler.compile(element, []);
  const bit = new DataView(new ArrayBuffer(1));
  const readers = Array.from({ length: 8 }, (_, position): ValueReader => (bytes, offset) => {
    bit.setUint8(0, (bytes.getUint8(offset) >> position) & 1);
    return read(bit, 0, 1);
  });
  return (index) => readers[index % 8]!;
}

/** Elements that are shown. */
export const MAX_CHILDREN = 200;
