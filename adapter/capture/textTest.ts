import type { StringTest, Value } from './ir';
import type { StepBuilder } from './stepBuilder';

/**
 * 1 where `length` bytes at an address are the text, or start with it, otherwise 0. What is not there is not read: the
 * bytes are looked at only where the length allows it.
 */
export function textTest(
  { operator, text }: { readonly operator: StringTest; readonly text: Uint8Array },
  address: Value,
  length: Value,
  builder: StepBuilder,
): Value {
  const wanted = builder.constant(text.length);
  const isLongEnough =
    operator === 'equals' ? builder.binary('eq', length, wanted) : builder.binary('ule', wanted, length);
  if (text.length === 0) return isLongEnough;
  const difference = builder.when(isLongEnough, () => differenceOf(text, address, builder));
  return builder.binary('and', isLongEnough, builder.isZero(difference));
}

/** 0 where the bytes are the text. They are loaded in few and large words, of which the last may overlap. */
function differenceOf(text: Uint8Array, address: Value, builder: StepBuilder): Value {
  const size = SIZES.find((candidate) => candidate <= text.length)!;
  let difference = builder.constant(0);
  for (let from = 0; from < text.length; from += size) {
    const at = Math.min(from, text.length - size);
    const word = builder.load(builder.add(address, at), size);
    const other = builder.constant(littleEndian(text.subarray(at, at + size)));
    difference = builder.binary('or', builder.binary('xor', word, other), difference);
  }
  return difference;
}

const littleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

const SIZES = [8, 4, 2, 1] as const;
