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
  | { readonly kind: 'gap'; readonly reason: CaptureGap };

/** The first `size` bytes of a place. */
export interface Piece {
  readonly place: Place;
  readonly size: number;
}

export const gap = (reason: CaptureGap): Place => ({ kind: 'gap', reason });
const outside = gap({ code: 'undecodable', detail: 'outside the object' });

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
      return partOfPieces(place.pieces, offset, size, builder);
    case 'gap':
      return place;
  }
}

function partOfPieces(pieces: readonly Piece[], offset: number, size: number, builder: StepBuilder): Place {
  const parts: Piece[] = [];
  let start = 0;
  for (const piece of pieces) {
    const from = Math.max(offset, start);
    const to = Math.min(offset + size, start + piece.size);
    if (from < to) {
      parts.push({ place: partOf(piece.place, from - start, to - from, builder), size: to - from });
    }
    start += piece.size;
  }
  const covered = parts.reduce((sum, part) => sum + part.size, 0);
  if (offset < 0 || covered !== size) return outside;
  return parts.length === 1 ? parts[0]!.place : { kind: 'pieces', pieces: parts };
}

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
        : { code: 'undecodable', detail: `${size} bytes in one register` };
    case 'bytes':
      if (size > place.bytes.length)
        return { code: 'undecodable', detail: `${size} bytes in a constant of ${place.bytes.length}` };
      return builder.constant(littleEndian(place.bytes.subarray(0, size)));
    case 'pieces':
      return joinPieces(place.pieces, size, builder);
    case 'gap':
      return place.reason;
  }
}

function loadBytes(address: Value, size: number, builder: StepBuilder): Value {
  let value = builder.constant(0);
  for (let offset = 0; offset < size;) {
    const chunk = SCALAR_SIZES.find((candidate) => candidate <= size - offset)!;
    const part = builder.load(builder.add(address, offset), chunk);
    value = builder.binary('or', shifted(part, offset, builder), value);
    offset += chunk;
  }
  return value;
}

function joinPieces(pieces: readonly Piece[], size: number, builder: StepBuilder): Value | CaptureGap {
  let value = builder.constant(0);
  let offset = 0;
  for (const piece of pieces) {
    const part = valueAt(piece.place, Math.min(piece.size, size - offset), builder);
    if (typeof part !== 'number') return part;
    value = builder.binary('or', shifted(builder.extend(part, 8 * piece.size), offset, builder), value);
    offset += piece.size;
    if (offset >= size) return value;
  }
  return { code: 'undecodable', detail: `${size} bytes in pieces of ${offset}` };
}

const shifted = (value: Value, bytes: number, builder: StepBuilder): Value =>
  builder.binary('shl', value, builder.constant(8 * bytes));

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

/** Sizes of a load, the largest first. */
export const SCALAR_SIZES: readonly ScalarSize[] = [8, 4, 2, 1];
