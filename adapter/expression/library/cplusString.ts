import { byteSize, stripped, type Type } from '../../dwarf/type';
import type { TypedExpression, TypedPlace } from '../typed';
import { asNumber, dividedBy, either, lowestBit, scaledBy } from './measure';
import { addressOf, memberAt, memberNamed, pointeeOf } from './memberPath';
import type { TextView } from './view';

/** `std::basic_string`. */
export function viewString(object: TypedPlace): TextView | undefined {
  return viewPointerString(object) ?? viewShortString(object);
}

/** `std::basic_string_view`. */
export function viewStringView(object: TypedPlace): TextView | undefined {
  const data = memberNamed(object, '_M_str', '__data', '__data_');
  const count = memberNamed(object, '_M_len', '__size', '__size_');
  return data && count && textView(data, count);
}

/** libstdc++: a pointer that points into the object where the string is short. */
function viewPointerString(object: TypedPlace): TextView | undefined {
  const data = memberAt(object, '_M_dataplus', '_M_p');
  const count = memberAt(object, '_M_string_length');
  return data && count && textView(data, count);
}

/** libc++: a short string is where a long one has pointer, size and capacity; the lowest bit of the first byte tells which. */
function viewShortString(object: TypedPlace): TextView | undefined {
  const whole = memberAt(object, '__r_', '__value_') ?? memberAt(object, '__rep_');
  const [long, short] = [whole && memberAt(whole, '__l'), whole && memberAt(whole, '__s')];
  const longData = long && memberAt(long, '__data_');
  const longSize = long && memberAt(long, '__size_');
  const shortData = short && memberAt(short, '__data_');
  const shortSize = short && memberAt(short, '__size_');
  if (!longData || !longSize || !shortData || !shortSize) return undefined;
  const flag = memberAt(short, '__is_long_');
  const isLong = flag ? asNumber(flag) : lowestBit(shortSize);
  const shortCount = flag ? asNumber(shortSize) : dividedBy(shortSize, 2);
  const address = either(isLong, longData, addressOf(shortData));
  return textView(
    { kind: 'convert', operand: address, type: longData.type },
    either(isLong, longSize, shortCount),
  );
}

/** From a pointer to the characters and their number. */
export function textView(data: TypedExpression, count: TypedExpression): TextView | undefined {
  const character = pointeeOf(data.type);
  const size = character && characterSize(character);
  if (character === undefined || size === undefined) return undefined;
  return { kind: 'text', data, length: scaledBy(count, size), count: asNumber(count), character };
}

function characterSize(type: Type): number | undefined {
  const size = byteSize(type);
  return stripped(type).kind === 'base' && (size === 1 || size === 2 || size === 4) ? size : undefined;
}
