import type { Contents } from '../../capture/captured';
import { BYTES_HEADER_SIZE } from '../../capture/recordLayout';
import { byteSize } from '../../dwarf/type';
import type { TextView } from '../../expression/library/view';
import { PAGE_NOT_PRESENT } from '../field';
import type { HeldRecord } from '../heldRecord';
import { quotedCharacters } from '../wideString';
import { gapReader, OVER_BUDGET, type ValueReader } from './compiler';

/** Reads strings whose length is known: NULs are characters, and where the string is longer than its bytes it says how long. */
export function textReader(
  { character }: TextView,
  contents: Contents | undefined,
  held: HeldRecord,
  type: string,
): ValueReader {
  if (contents?.kind !== 'block') return gapReader(OVER_BUDGET, type);
  const field = held.field(contents.block);
  const size = byteSize(character) ?? 1;
  return () => {
    if (held.hasFaulted(field)) return { unavailable: PAGE_NOT_PRESENT, type };
    const length = held.number(field);
    const isTruncated = length > field.capacity;
    const shown = isTruncated ? field.capacity : Number(length);
    const text = quotedCharacters(held.bytes(field, BYTES_HEADER_SIZE, shown), character, isTruncated);
    return {
      value: isTruncated ? `${text} (length ${BigInt(length) / BigInt(size)}, truncated)` : text,
      type,
    };
  };
}
