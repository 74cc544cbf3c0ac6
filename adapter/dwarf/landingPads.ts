import { virtualAddress, type AddressRange, type VirtualAddress } from '../elf/address';
import { Cursor } from '../elf/cursor';
import type { ElfImage } from '../elf/image';
import type { ProgramData } from '../elf/programData';
import { OMITTED, readPointer, readUnbased } from './frameEncoding';
import { FrameTable, type DescribedExceptions } from './frameTable';
import { once } from './once';
import { tolerant } from './tolerance';

/**
 * Where exceptions that pass through a function continue in it, by its table in .gcc_except_table (the LSDA of the Itanium
 * C++ ABI's exception handling), which its frame description leads to:
 *
 *     LPStart encoding u8 | LPStart | TType encoding u8 | offset of the types uleb
 *     call-site encoding u8 | length of the call sites uleb | (start, length, landing pad, action uleb)*
 *
 * A landing pad counts from LPStart, otherwise from the start of the frame description; 0 is none.
 */
export class LandingPads {
  private readonly frames: () => FrameTable | undefined;

  constructor(
    image: ElfImage,
    private readonly data: ProgramData,
  ) {
    this.frames = once(() => FrameTable.read(image, '.eh_frame'));
  }

  /** Undefined where they cannot be read. */
  inRanges(ranges: readonly AddressRange[]): readonly VirtualAddress[] | undefined {
    return tolerant(() => ranges.flatMap((range) => [...this.inRange(range)]));
  }

  private *inRange({ low, high }: AddressRange): Generator<VirtualAddress> {
    let described: DescribedExceptions | undefined;
    // Code that is not described lets no exception through.
    for (let at = low; at < high && (described = this.frames()?.exceptionsAt(at)); at = described.high)
      if (described.table !== undefined) yield* this.read(described.table, described.low);
  }

  private *read(table: VirtualAddress, start: VirtualAddress): Generator<VirtualAddress> {
    const bytes = this.data.bytesAt(table, MAX_TABLE_BYTES);
    const cursor = new Cursor(bytes ?? new Uint8Array(0), '.gcc_except_table');
    const startEncoding = cursor.u8();
    const base = startEncoding === OMITTED ? start : readPointer(cursor, startEncoding, table);
    if (cursor.u8() !== OMITTED) cursor.uleb();
    const encoding = cursor.u8();
    for (const end = cursor.uleb() + cursor.offset; cursor.offset < end; cursor.uleb()) {
      readUnbased(cursor, encoding);
      readUnbased(cursor, encoding);
      const pad = readUnbased(cursor, encoding);
      if (pad !== 0) yield virtualAddress(base + pad);
    }
  }
}

const MAX_TABLE_BYTES = 1 << 20;
