import type { TypedPlace } from '../typed';
import { textView } from './cplusString';
import { memberAt, pointeeOf, structOf } from './memberPath';
import { number } from './measure';
import { sequenceOf } from './sequence';
import type { LibraryView, SequenceView, TextView } from './view';

/** `String`: a vector of UTF-8. */
export function viewRustString(object: TypedPlace): TextView | undefined {
  const vector = memberAt(object, 'vec');
  const data = vector && bufferOf(vector);
  const count = vector && memberAt(vector, 'len');
  return data && count && textView(data, count);
}

/** `Vec<T>`; what its buffer points to is bytes, whatever T is. */
export function viewVec(object: TypedPlace): SequenceView | undefined {
  const element = structOf(object.type)?.templateTypes[0];
  const [data, count] = [bufferOf(object), memberAt(object, 'len')];
  return element && data && count && sequenceOf(data, count, element);
}

/** `&[T]`, `&str`, `Box<[T]>`: a pointer and a length. */
export function viewSlice(object: TypedPlace): LibraryView | undefined {
  const [data, count] = [memberAt(object, 'data_ptr'), memberAt(object, 'length')];
  const element = data && pointeeOf(data.type);
  if (!element || !count) return undefined;
  return /\bstr\b/.test(structOf(object.type)?.name ?? '')
    ? textView(data, count)
    : sequenceOf(data, count, element);
}

/** `HashMap<K, V>`, `HashSet<T>`: how many there are. */
export function viewHashMap(object: TypedPlace): SequenceView | undefined {
  const count =
    memberAt(object, 'base', 'table', 'table', 'items') ??
    memberAt(object, 'base', 'map', 'table', 'table', 'items');
  const element = structOf(object.type)?.templateTypes[0];
  if (!count || !element) return undefined;
  const whole = sequenceOf(count, count, element);
  return whole && { ...whole, data: number(0), length: number(0), isWhole: false };
}

const bufferOf = (vector: TypedPlace): TypedPlace | undefined =>
  memberAt(vector, 'buf', 'inner', 'ptr', 'pointer', 'pointer') ??
  memberAt(vector, 'buf', 'ptr', 'pointer', 'pointer');
