import { isString } from '../capture/character';
import { isGap, type CapturedExpression, type CaptureSource } from '../capture/captured';
import type { Capture } from '../capture/ir';
import { layoutRecord, RECORD_HEADER, STRING_HEADER_SIZE } from '../capture/recordLayout';
import type { SiteCapture } from '../capture/site';
import { valueReader } from './aggregate';
import type { ByteGap } from './byteGap';
import { quotedString } from './cString';
import { hexadecimal } from './scalar';
import { readUint64 } from './integer';
import { typeName } from '../dwarf/typeName';
import type { NamedValue, RenderedValue, ValueGap } from './value';

/** Reads the values of one record, which begins at `offset`; one for each expression of the site, in order. */
export type RecordReader = (record: DataView, offset: number) => NamedValue[];

/** Makes the reader of a site's records: once, so that no type is looked at again for a record. */
export function compileReader(site: SiteCapture): RecordReader {
  const { offsets } = layoutRecord(site.program.captures);
  const readers = site.expressions.map((expression, i) => {
    const fields = site.indices[i]!.map((index) => ({
      index,
      offset: offsets[index]!,
      capture: site.program.captures[index]!,
    }));
    return { name: expression.text, read: expressionReader(expression, fields) };
  });
  return (record, offset) => readers.map(({ name, read }) => ({ name, ...read(record, offset) }));
}

/** Where one capture's field is in the record. */
interface Field {
  readonly index: number;
  readonly offset: number;
  readonly capture: Capture;
}
type FieldReader = (record: DataView, offset: number) => RenderedValue;

function expressionReader({ type, source }: CapturedExpression, fields: readonly Field[]): FieldReader {
  switch (source.kind) {
    case 'unavailable': {
      const value = { unavailable: source.reason, type: typeName(type) };
      return () => value;
    }
    case 'constant': {
      const { bytes } = source;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const value = valueReader(type, undefined)(view, 0, bytes.length);
      return () => value;
    }
    case 'captured':
      return isString(type) && fields.length === 2
        ? stringReader(typeName(type), fields[0]!, fields[1]!)
        : bytesReader(type, source, fields[0]!);
    case 'parts':
      return partsReader(type, source, fields);
  }
}

function bytesReader(
  type: CapturedExpression['type'],
  source: Extract<CaptureSource, { kind: 'captured' }>,
  { index, offset, capture }: Field,
): FieldReader {
  const read = valueReader(type, source.bits);
  const faulted = { unavailable: PAGE_NOT_PRESENT, type: typeName(type) };
  const available = capture.output.kind === 'memory' ? capture.output.size : 8;
  return (record, base) =>
    hasFaulted(record, base, index) ? faulted : read(record, base + offset, available);
}

/** Puts a value together from its parts, on bytes of its own; those of unavailable parts are gaps. */
function partsReader(
  type: CapturedExpression['type'],
  { parts, size }: Extract<CaptureSource, { kind: 'parts' }>,
  fields: readonly Field[],
): FieldReader {
  const bytes = new Uint8Array(size);
  const value = new DataView(bytes.buffer);
  const read = valueReader(type, undefined);
  const missing: ByteGap[] = [];
  const captured: { offset: number; size: number; field: Field }[] = [];
  for (const { offset, size: length, content } of parts) {
    if (typeof content === 'number') captured.push({ offset, size: length, field: fields[content]! });
    else if (isGap(content)) missing.push({ offset, size: length, reason: content });
    else bytes.set(content, offset);
  }
  return (record, base) => {
    const gaps = [...missing];
    for (const { offset, size: length, field } of captured) {
      if (hasFaulted(record, base, field.index))
        gaps.push({ offset, size: length, reason: PAGE_NOT_PRESENT });
      bytes.set(new Uint8Array(record.buffer, record.byteOffset + base + field.offset, length), offset);
    }
    return read(value, 0, size, gaps);
  };
}

/** The string that a pointer to characters points to; `0x0` for a null pointer. */
function stringReader(type: string, pointer: Field, string: Field): FieldReader {
  const faulted: RenderedValue = { unavailable: PAGE_NOT_PRESENT, type };
  const capacity = string.capture.output.kind === 'string' ? string.capture.output.capacity : 0;
  return (record, base) => {
    if (hasFaulted(record, base, pointer.index)) return faulted;
    const address = readUint64(record, base + pointer.offset);
    if (address === 0) return { value: hexadecimal(0), type };
    if (hasFaulted(record, base, string.index)) return faulted;
    return { value: stringText(record, base + string.offset, capacity), type };
  };
}

/**
 * A full field may hold the whole string or the beginning of a longer one. Its last character is left out, so that
 * the dots are true in both cases.
 */
function stringText(record: DataView, offset: number, capacity: number): string {
  const count = record.getInt32(offset, true);
  const truncated = count >= capacity;
  const length = Math.max(0, Math.min(count, capacity) - (truncated ? 2 : 1));
  const bytes = new Uint8Array(record.buffer, record.byteOffset + offset + STRING_HEADER_SIZE, length);
  return quotedString(bytes, truncated);
}

/** Bit `index` of the header's `faults`. */
function hasFaulted(record: DataView, base: number, index: number): boolean {
  const word = record.getUint32(base + RECORD_HEADER.faults.offset + (index >= 32 ? 4 : 0), true);
  return ((word >>> (index % 32)) & 1) === 1;
}

const PAGE_NOT_PRESENT: ValueGap = { code: 'pageNotPresent' };
