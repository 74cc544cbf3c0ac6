import { isGap, type CaptureSource, type Leaf } from '../capture/captured';
import { BYTES_HEADER_SIZE, fieldSize, STRING_HEADER_SIZE } from '../capture/recordLayout';
import { scalarOf } from '../expression/scalarType';
import type { TypedExpression } from '../expression/typed';
import { constant, isExtended, unsupported, type Calculation } from './calculation';
import { hasFaulted, PAGE_NOT_PRESENT, type Field } from './field';
import { bitFieldReader, bytesOfBits, readUint64 } from './integer';
import type { ValueGap } from './value';

/** Reads an operand of a computed value from its fields in the record. */
export function leafCalculation({ typed, source }: Leaf, fields: readonly Field[]): Calculation {
  if (source.kind === 'unavailable') return constant(source.reason);
  const bytes = leafBytes(source, fields);
  const read = typed.kind === 'stringTest' ? stringTest(typed, fields[0]) : scalarReader(typed, source);
  if (typeof read === 'object') return constant(read);
  return (record, offset) => {
    const found = bytes(record, offset);
    return 'code' in found ? found : read(found.view, found.at);
  };
}

interface Bytes {
  readonly view: DataView;
  readonly at: number;
}
type BytesReader = (record: DataView, offset: number) => Bytes | ValueGap;

function leafBytes(
  source: Exclude<Leaf['source'], { kind: 'unavailable' }>,
  fields: readonly Field[],
): BytesReader {
  if (source.kind === 'parts') return partsBytes(source, fields);
  if (source.kind === 'constant') {
    const { bytes } = source;
    const found = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length), at: 0 };
    return () => found;
  }
  const { index, offset: at } = fields[0]!;
  return (record, offset) =>
    hasFaulted(record, offset, index) ? PAGE_NOT_PRESENT : { view: record, at: offset + at };
}

/** A scalar of more than 8 bytes that is in several places. */
function partsBytes(
  { parts, size }: Extract<CaptureSource, { kind: 'parts' }>,
  fields: readonly Field[],
): BytesReader {
  const missing = parts.map(({ content }) => content).find(isGap);
  if (missing) return () => missing;
  const bytes = new Uint8Array(size);
  const found = { view: new DataView(bytes.buffer), at: 0 };
  return (record, base) => {
    for (const { offset, size: length, content } of parts) {
      if (typeof content !== 'number') {
        if (content instanceof Uint8Array) bytes.set(content, offset);
        continue;
      }
      const field = fields[content]!;
      if (hasFaulted(record, base, field.index)) return PAGE_NOT_PRESENT;
      bytes.set(new Uint8Array(record.buffer, record.byteOffset + base + field.offset, length), offset);
    }
    return found;
  };
}

type ScalarBytes = (view: DataView, at: number) => bigint | number;

function scalarReader({ type }: TypedExpression, source: CaptureSource): ScalarBytes | ValueGap {
  const scalar = scalarOf(type);
  if (scalar === undefined || isExtended(type)) return unsupported(type);
  const { size, signed } = scalar;
  if (scalar.kind === 'float')
    return size === 4 ? (view, at) => view.getFloat32(at, true) : (view, at) => view.getFloat64(at, true);
  const bits = (source.kind === 'captured' ? source.bits : undefined) ?? { offset: 0, size: 8 * size };
  const read = bitFieldReader(bits, signed);
  if (source.kind === 'constant' && source.bytes.length < bytesOfBits(bits)) return unsupported(type);
  return (view, at) => BigInt(read(view, at));
}

/** A captured string is its length with the NUL, then its bytes; an array is its bytes alone, as far as they matter. */
function stringTest(
  { operator, text }: Extract<TypedExpression, { kind: 'stringTest' }>,
  field: Field | undefined,
): ScalarBytes {
  const output = field?.capture.output;
  if (output?.kind === 'bytes') return countedTest(operator, text);
  const isPointer = output?.kind === 'string';
  const held = output ? fieldSize(output) : text.length + 1;
  return (view, at) => {
    const length = isPointer ? view.getInt32(at, true) - 1 : Math.min(held, view.byteLength - at);
    const from = isPointer ? at + STRING_HEADER_SIZE : at;
    if (length < text.length) return 0n;
    for (const [i, byte] of text.entries()) if (view.getUint8(from + i) !== byte) return 0n;
    if (operator === 'startsWith') return 1n;
    const ends =
      isPointer || length === text.length ? length === text.length : view.getUint8(from + text.length) === 0;
    return ends ? 1n : 0n;
  };
}

/** A captured string of known length is that, then its bytes, as far as they matter. */
function countedTest(operator: 'equals' | 'startsWith', text: Uint8Array): ScalarBytes {
  return (view, at) => {
    const length = readUint64(view, at);
    if (operator === 'equals' ? Number(length) !== text.length : length < text.length) return 0n;
    for (const [i, byte] of text.entries()) if (view.getUint8(at + BYTES_HEADER_SIZE + i) !== byte) return 0n;
    return 1n;
  };
}
