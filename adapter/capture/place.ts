import type { Referent } from '../dwarf/location';
import type { CaptureGap } from './captured';
import type { ScalarSize, Value } from './ir';
import type { StepBuilder } from './stepBuilder';

/** Where an object, or a part of one, is at a hit. */
export type Place =
  | { readonly kind: 'memory'; readonly address: Value }
  /** In the low `size` bytes of a value: a register, or computed. Nowhere in memory. */
  | { readonly kind: 'value'; readonly value: Value; readonly size: number }
  /** Known when the plan is made. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** In several places; the pieces follow one another without gaps (DWARF 5, 2.6.1.2). */
  | { readonly kind: 'pieces'; readonly pieces: readonly Piece[] }
  /** A pointer to byte `offset` of an object that may be nowhere in memory (DWARF 5, 2.6.1.1.4). */
  | { readonly kind: 'implicitPointer'; readonly referent: Referent; readonly offset: number }
  | { readonly kind: 'gap'; readonly reason: CaptureGap };

/** The first `bits` bits of a place. */
export interface Piece {
  readonly place: Place;
  readonly bits: number;
}

export const gap = (reason: CaptureGap): Place => ({ kind: 'gap', reason });
const outside = gap({ code: 'undecodable', detail: 'outside the object' });
const SYNTHETIC: CaptureGap = { code: 'syntheticPointer' };

/** The `size` bytes from `offset` of the object at a place. */
export function partOf(place: Place, offset: number, size: number, builder: StepBuilder): Place {
  switch (place.kind) {
    case 'memory':
      return { kind: 'memory', address: builder.add(place.address, offset) };
    case 'value': {
      if (offset < 0 || offset + size > place.size) return outside;
      const value = builder.binary('shr', place.value, builder.constant(8 * offset));
      return { kind: 'value', value, size: place.size - offset };
    }
    case 'bytes':
      if (offset < 0 || offset + size > place.bytes.length) return outside;
      return { kind: 'bytes', bytes: place.bytes.subarray(offset) };
    case 'pieces':
      return partOfPieces(place.pieces, 8 * offset, 8 * size, builder);
    case 'implicitPointer':
      return offset === 0 ? place : gap(SYNTHETIC);
    case 'gap':
      return place;
  }
}

/** The `count` bits from `first` on, counted up from the least significant one of the first byte. */
export function bitsOf(place: Place, first: number, count: number, builder: StepBuilder): Place {
  const size = Math.ceil((first + count) / 8);
  if (first % 8 === 0) return partOf(place, first / 8, size - first / 8, builder);
  if (size > 8) return gap({ code: 'unsupportedOperation', operation: 'DW_OP_bit_piece' });
  const value = valueAt(place, size, builder);
  if (typeof value !== 'number') return gap(value);
  const shifted = builder.binary('shr', value, builder.constant(first));
  return { kind: 'value', value: shifted, size: Math.ceil(count / 8) };
}

function partOfPieces(pieces: readonly Piece[], first: number, count: number, builder: StepBuilder): Place {
  const parts: Piece[] = [];
  let start = 0;
  for (const piece of pieces) {
    const from = Math.max(first, start);
    const to = Math.min(first + count, start + piece.bits);
    if (from < to)
      parts.push({ place: bitsOf(piece.place, from - start, to - from, builder), bits: to - from });
    start += piece.bits;
  }
  if (first < 0 || bitsIn(parts) !== count) return outside;
  return parts.length === 1 ? parts[0]!.place : { kind: 'pieces', pieces: parts };
}

/** Consecutive pieces that begin and end at bytes. */
export interface ByteRun {
  readonly offset: number;
  readonly size: number;
  readonly place: Place;
}

/** The pieces of an object of `size` bytes; those that share a byte are one run. */
export function byteRuns(pieces: readonly Piece[], size: number): ByteRun[] {
  const runs: ByteRun[] = [];
  let open: Piece[] = [];
  let offset = 0;
  for (const piece of pieces) {
    open.push(piece);
    const bits = bitsIn(open);
    if (bits % 8 !== 0 || bits === 0) continue;
    const length = Math.min(bits / 8, size - offset);
    if (length <= 0) break;
    runs.push({
      offset,
      size: length,
      place: open.length === 1 ? piece.place : { kind: 'pieces', pieces: open },
    });
    offset += length;
    open = [];
  }
  return runs;
}

const bitsIn = (pieces: readonly Piece[]): number => pieces.reduce((sum, { bits }) => sum + bits, 0);

/**
 * The first `size` bytes, at most 8, of the object at a place as one value; the bytes above them are anything. A
 * gap's reason where there is none.
 */
export function valueAt(place: Place, size: number, builder: StepBuilder): Value | CaptureGap {
  switch (place.kind) {
    case 'memory':
      return loadBytes(place.address, size, builder);
    case 'value':
      return size <= place.size
        ? place.value
        : { code: 'undecodable', detail: `${size} bytes in a value of ${place.size}` };
    case 'bytes':
      if (size > place.bytes.length)
        return { code: 'undecodable', detail: `${size} bytes in a constant of ${place.bytes.length}` };
      return builder.constant(littleEndian(place.bytes.subarray(0, size)));
    case 'pieces':
      return joinPieces(place.pieces, size, builder);
    case 'implicitPointer':
      return SYNTHETIC;
    case 'gap':
      return place.reason;
  }
}

function loadBytes(address: Value, size: number, builder: StepBuilder): Value {
  let value = builder.constant(0);
  for (let offset = 0; offset < size;) {
    const chunk = SCALAR_SIZES.find((candidate) => candidate <= size - offset)!;
    const part = builder.load(builder.add(address, offset), chunk);
    value = builder.binary('or', shifted(part, 8 * offset, builder), value);
    offset += chunk;
  }
  return value;
}

function joinPieces(pieces: readonly Piece[], size: number, builder: StepBuilder): Value | CaptureGap {
  if (size > 8) return { code: 'unsupportedOperation', operation: 'DW_OP_bit_piece' };
  let value = builder.constant(0);
  let first = 0;
  for (const { place, bits } of pieces) {
    const wanted = Math.min(bits, 8 * size - first);
    const part = valueAt(place, Math.ceil(wanted / 8), builder);
    if (typeof part !== 'number') return part;
    value = builder.binary('or', shifted(builder.extend(part, bits), first, builder), value);
    first += bits;
    if (first >= 8 * size) return value;
  }
  return { code: 'undecodable', detail: `${size} bytes in pieces of ${Math.floor(first / 8)}` };
}

const shifted = (value: Value, bits: number, builder: StepBuilder): Value =>
  builder.binary('shl', value, builder.constant(bits));

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Sizes of a load, the largest first. */
export const SCALAR_SIZES: readonly ScalarSize[] = [8, 4, 2, 1];
