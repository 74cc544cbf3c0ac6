import { byteSize, type Type } from '../../dwarf/type';
import type { TypedExpression, TypedPlace } from '../typed';
import { isEqual, isLess, pointerWhere } from './condition';
import { asNumber, dividedBy, lesser, minus, number, plus, remainder, scaledBy, times } from './measure';
import { memberAt, memberNamed, pointeeOf, structOf, targetOf, uncompressed } from './memberPath';
import type { FixedView, SequenceView } from './view';

/** `std::vector`. */
export function viewVector(object: TypedPlace): SequenceView | undefined {
  const element = structOf(object.type)?.templateTypes[0];
  if (element === undefined) return undefined;
  const first = memberNamed(object, '_M_start', '__begin_') ?? memberAt(object, '_M_impl', '_M_start');
  const last = memberNamed(object, '_M_finish', '__end_') ?? memberAt(object, '_M_impl', '_M_finish');
  if (!first) return undefined;
  if (!last || structOf(first.type)) return viewBits(object, first, last);
  return sequenceOfBytes(first, minus(last, first), pointeeOf(first.type) ?? element);
}

/** `std::span`; one of fixed extent has it in its type alone. */
export function viewSpan(object: TypedPlace): SequenceView | undefined {
  const data = memberNamed(object, '_M_ptr', '__data', '__data_');
  const element = data && pointeeOf(data.type);
  if (!element) return undefined;
  const extent = /, (\d+)(?:ul)?>$/.exec(structOf(object.type)?.name ?? '')?.[1];
  const count =
    memberAt(object, '_M_extent', '_M_extent_value') ??
    memberNamed(object, '__size', '__size_') ??
    (extent === undefined ? undefined : number(Number(extent)));
  return count && sequenceOf(data, count, element);
}

/** `std::array`. */
export function viewArray(object: TypedPlace): FixedView | undefined {
  const array = memberNamed(object, '_M_elems', '__elems_');
  return array && { kind: 'fixed', array };
}

/** `std::deque`: blocks of elements, of which those of the first follow one another. */
export const viewDeque = (object: TypedPlace): SequenceView | undefined =>
  viewBlocks(object) ?? viewCounted(object);

/** libc++ has the number of elements, and the size of a block nowhere. */
function viewCounted(object: TypedPlace): SequenceView | undefined {
  const size = memberAt(object, '__size_');
  const element = structOf(object.type)?.templateTypes[0];
  if (!size || !element) return undefined;
  const [data, length] = [number(0), number(0)];
  return {
    kind: 'sequence',
    data,
    length,
    count: asNumber(uncompressed(size)),
    element,
    isWhole: false,
    isBits: false,
  };
}

function viewBlocks(object: TypedPlace): SequenceView | undefined {
  const [start, finish] = [memberAt(object, '_M_impl', '_M_start'), memberAt(object, '_M_impl', '_M_finish')];
  const [first, end, node] = ['_M_cur', '_M_last', '_M_node'].map((name) => start && memberAt(start, name));
  const [last, begin, lastNode] = ['_M_cur', '_M_first', '_M_node'].map(
    (name) => finish && memberAt(finish, name),
  );
  const element = first && pointeeOf(first.type);
  const size = element && byteSize(element);
  if (!element || !size || !end || !node || !last || !begin || !lastNode) return undefined;
  const block = memberAt(start!, '_M_first');
  if (!block) return undefined;
  const capacity = minus(end, block);
  const inFirst = minus(end, first);
  const inLast = minus(last, begin);
  // Between the first block and the last one; -1 where they are the same, whose elements were then counted twice.
  const between = minus(dividedBy(minus(lastNode, node), POINTER_BYTES), number(1));
  const all = plus(plus(inFirst, inLast), times(between, capacity));
  const count = dividedBy(all, size);
  const perBlock = elementsOfBlock(size);
  return {
    kind: 'sequence',
    data: first,
    length: lesser(inFirst, all),
    count,
    element,
    isWhole: false,
    isBits: false,
    elementAt: (index) => {
      const position = plus(dividedBy(minus(first, block), size), index);
      const start = targetOf(plusBytes(node, scaledBy(dividedBy(position, perBlock), POINTER_BYTES)))!;
      const pointer = plusBytes(start, scaledBy(remainder(position, perBlock), size));
      const isThere = times(isLess(index, count), isEqual(capacity, BigInt(perBlock * size)));
      return { kind: 'target', pointer: pointerWhere(isThere, pointer), offset: 0, type: element };
    },
  };
}

/** libstdc++'s __deque_buf_size, as long as nobody has defined another one. */
const elementsOfBlock = (size: number): number => (size < BLOCK_BYTES ? Math.floor(BLOCK_BYTES / size) : 1);

/** The same pointer, so many bytes on. */
const plusBytes = (pointer: TypedExpression, offset: TypedExpression): TypedExpression => ({
  kind: 'convert',
  operand: plus(pointer, offset),
  type: pointer.type,
});

/** `std::vector<bool>`. */
function viewBits(
  object: TypedPlace,
  first: TypedPlace,
  last: TypedPlace | undefined,
): SequenceView | undefined {
  const data = structOf(first.type) ? memberAt(first, '_M_p') : first;
  const lastWord = last && memberAt(last, '_M_p');
  const lastBit = last && memberAt(last, '_M_offset');
  const size = memberNamed(object, '__size_');
  const count =
    data && lastWord && lastBit ? plus(scaledBy(minus(lastWord, data), 8), lastBit) : size && asNumber(size);
  const element = structOf(object.type)?.templateTypes[0];
  if (!data || !count || !element) return undefined;
  const length = dividedBy(plus(count, number(7)), 8);
  return { kind: 'sequence', data, length, count, element, isWhole: false, isBits: true };
}

export function sequenceOf(
  data: TypedExpression,
  count: TypedExpression,
  element: Type,
): SequenceView | undefined {
  const size = byteSize(element);
  if (size === undefined) return undefined;
  const length = scaledBy(count, size);
  return {
    kind: 'sequence',
    data,
    length,
    count: asNumber(count),
    element,
    isWhole: size > 0,
    isBits: false,
  };
}

function sequenceOfBytes(
  data: TypedExpression,
  length: TypedExpression,
  element: Type,
): SequenceView | undefined {
  const size = byteSize(element);
  if (!size) return undefined;
  return {
    kind: 'sequence',
    data,
    length,
    count: dividedBy(length, size),
    element,
    isWhole: true,
    isBits: false,
  };
}

const POINTER_BYTES = 8;
const BLOCK_BYTES = 512;
