import { stringCharacter } from '../capture/character';
import {
  capturesOf,
  isGap,
  type CapturedExpression,
  type CaptureSource,
  type Radix,
  type Leaf,
} from '../capture/captured';
import { capacityOf, fieldSize, layoutRecord } from '../capture/recordLayout';
import type { SiteCapture } from '../capture/site';
import { scalarOf } from '../expression/scalarType';
import type { TypedExpression } from '../expression/typed';
import type { ScalarValue } from './arithmetic';
import { compileCalculation, isGapValue, type Calculation } from './calculation';
import { hasFaulted, PAGE_NOT_PRESENT, type Field } from './field';
import { leafCalculation } from './leaf';
import { valueReader } from './aggregate';
import type { ByteGap } from './byteGap';
import { HeldRecord } from './heldRecord';
import { stringValue } from './library/string';
import { hexadecimal } from './scalar';
import { readUint64 } from './integer';
import { typeName } from '../dwarf/typeName';
import type { NamedValue, RenderedValue } from './value';

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

type FieldReader = (record: DataView, offset: number) => RenderedValue;

function expressionReader(
  { type, source, radix }: CapturedExpression,
  fields: readonly Field[],
): FieldReader {
  switch (source.kind) {
    case 'unavailable': {
      const value = { unavailable: source.reason, type: typeName(type) };
      return () => value;
    }
    case 'constant': {
      const { bytes } = source;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const value = valueReader(type, undefined, radix)(view, 0, bytes.length);
      return () => value;
    }
    case 'captured':
      return fields.length === 2 && radix === 10 && stringCharacter(type)
        ? stringReader(type, fields[0]!, fields[1]!)
        : bytesReader(type, source, fields, radix);
    case 'contents':
      return contentsReader(type, source, fields, radix);
    case 'parts':
      return partsReader(type, source, fields, radix);
    case 'computed':
      return computedReader(type, source, fields, radix);
  }
}

/** Works the value out, then shows it as one that was captured. */
function computedReader(
  type: CapturedExpression['type'],
  { tree, leaves }: Extract<CaptureSource, { kind: 'computed' }>,
  fields: readonly Field[],
  radix: Radix,
): FieldReader {
  const calculate = compileCalculation(tree, leafCalculations(leaves, fields));
  const read = valueReader(type, undefined, radix);
  const name = typeName(type);
  const scalar = scalarOf(type);
  const bytes = new DataView(new ArrayBuffer(MAX_SCALAR_BYTES));
  return (record, offset) => {
    const value = calculate(record, offset);
    if (isGapValue(value)) return { unavailable: value, type: name };
    if (Number.isNaN(value)) return { value: 'nan', type: name };
    writeScalar(bytes, value, scalar?.size ?? MAX_SCALAR_BYTES);
    return read(bytes, 0, MAX_SCALAR_BYTES);
  };
}

/** The fields are those of the leaves, one leaf after another. */
function leafCalculations(
  leaves: readonly Leaf[],
  fields: readonly Field[],
): Map<TypedExpression, Calculation> {
  let next = 0;
  return new Map(
    leaves.map((leaf) => {
      const count = capturesOf(leaf.source).length;
      const own = fields.slice(next, (next += count));
      return [leaf.typed, leafCalculation(leaf, own)];
    }),
  );
}

function writeScalar(bytes: DataView, value: ScalarValue, size: number): void {
  if (typeof value === 'bigint') {
    bytes.setBigInt64(0, BigInt.asIntN(64, value), true);
    bytes.setBigInt64(8, BigInt.asIntN(64, value >> 64n), true);
  } else if (size === 4) bytes.setFloat32(0, value, true);
  else bytes.setFloat64(0, value, true);
}

function bytesReader(
  type: CapturedExpression['type'],
  source: Extract<CaptureSource, { kind: 'captured' }>,
  fields: readonly Field[],
  radix: Radix,
): FieldReader {
  const held = new HeldRecord(fields);
  const read = valueReader(type, source.bits, radix, source.nested, held);
  const faulted = { unavailable: PAGE_NOT_PRESENT, type: typeName(type) };
  const { index, offset, capture } = fields[0]!;
  const available = fieldSize(capture.output);
  return (record, base) => {
    if (hasFaulted(record, base, index)) return faulted;
    held.hold(record, base);
    return read(record, base + offset, available);
  };
}

/** An object whose bytes were not captured: its reader looks at none. */
function contentsReader(
  type: CapturedExpression['type'],
  { contents }: Extract<CaptureSource, { kind: 'contents' }>,
  fields: readonly Field[],
  radix: Radix,
): FieldReader {
  const held = new HeldRecord(fields);
  const read = valueReader(type, undefined, radix, [{ offset: 0, type, contents }], held);
  return (record, base) => {
    held.hold(record, base);
    return read(record, base, 0);
  };
}

/** Puts a value together from its parts, on bytes of its own; those of unavailable parts are gaps. */
function partsReader(
  type: CapturedExpression['type'],
  { parts, size }: Extract<CaptureSource, { kind: 'parts' }>,
  fields: readonly Field[],
  radix: Radix,
): FieldReader {
  const bytes = new Uint8Array(size);
  const value = new DataView(bytes.buffer);
  const read = valueReader(type, undefined, radix);
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
function stringReader(of: CapturedExpression['type'], pointer: Field, string: Field): FieldReader {
  const type = typeName(of);
  const character = stringCharacter(of)!;
  const faulted: RenderedValue = { unavailable: PAGE_NOT_PRESENT, type };
  const shape = { capacity: capacityOf(string.capture.output), character, type };
  return (record, base) => {
    if (hasFaulted(record, base, pointer.index)) return faulted;
    const address = readUint64(record, base + pointer.offset);
    if (address === 0) return { value: hexadecimal(0), type };
    if (hasFaulted(record, base, string.index)) return faulted;
    return stringValue(record, base + string.offset, shape);
  };
}

/** `__int128` */
const MAX_SCALAR_BYTES = 16;
