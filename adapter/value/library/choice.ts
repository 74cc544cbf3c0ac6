import { gapIn } from '../byteGap';
import { integerReader } from '../integer';
import { OVER_BUDGET, type ValueReader } from './compiler';

/** A value within an object, from its start. */
export interface PlacedReader {
  readonly offset: number;
  readonly read: ValueReader;
}

/** Reads `std::optional`: what it holds, as if it were by itself. */
export function optionalReader(flag: number, value: PlacedReader, type: string): ValueReader {
  return (bytes, offset, available, gaps = []) => {
    const unavailable = flag >= available ? OVER_BUDGET : gapIn(gaps, offset + flag, 1);
    if (unavailable) return { unavailable, type };
    if (bytes.getUint8(offset + flag) === 0) return { value: 'nullopt', type };
    return { ...value.read(bytes, offset + value.offset, available - value.offset, gaps), type };
  };
}

/** Reads `std::variant`: which of its alternatives it holds, and that. */
export function variantReader(
  index: { readonly offset: number; readonly size: number },
  alternatives: readonly PlacedReader[],
  type: string,
): ValueReader {
  const readIndex = integerReader(index.size, false);
  return (bytes, offset, available, gaps = []) => {
    const unavailable =
      index.offset + index.size > available ? OVER_BUDGET : gapIn(gaps, offset + index.offset, index.size);
    if (unavailable) return { unavailable, type };
    const chosen = Number(readIndex(bytes, offset + index.offset));
    const alternative = alternatives[chosen];
    if (!alternative) return { value: '<valueless>', type };
    const value = alternative.read(bytes, offset + alternative.offset, available - alternative.offset, gaps);
    return 'value' in value
      ? { ...value, value: `[index ${chosen}] ${value.value}`, type }
      : { ...value, type };
  };
}
