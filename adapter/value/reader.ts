import { stringCharacter } from '../capture/character';
import { holdsPointers } from '../capture/holdsPointers';
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
import { pointedText, stringText } from './library/string';
import { HitSymbols, NO_SYMBOLS, type SymbolLookup } from './symbol';
import { readUint64 } from './integer';
import { typeName } from '../dwarf/typeName';
import { namedValue, type NamedValue, type RenderedValue } from './value';

/** Reads the values of one record, which begins at `offset`; one for each expression of the site, in order. */
export type RecordReader = (record: DataView, offset: number) => NamedValue[];

/** Makes the reader of a site's records: once, so that no type is looked at again for a record. */
export function compileReader(site: SiteCapture, symbolAt: SymbolLookup = NO_SYMBOLS): RecordReader {
  const { symbols, readers } = compileExpressions(site, symbolAt);
  return (record, offset) => {
    symbols.hold(record, offset);
    return readers.map(({ name, read }) => namedValue(name, read(record, offset)));
  };
}

/** How the expressions of a site are read, in their order; pointers are shown with the `symbols` of the record that these hold. */
export interface ExpressionReaders {
  readonly symbols: HitSymbols;
  readonly readers: readonly {
    readonly name: string;
    readonly fields: readonly Field[];
    readonly read: FieldReader;
  }[];
}

export function compileExpressions(site: SiteCapture, symbolAt: SymbolLookup): ExpressionReaders {
  const { captures } = site.program;
  const { offsets } = layoutRecord(captures);
  const field = (index: number): Field => ({ index, offset: offsets[index]!, capture: captures[index]! });
  const symbols = new HitSymbols(symbolAt, site.loadBias === undefined ? undefined : field(site.loadBias));
  const readers = site.expressions.map((expression, i) => {
    const fields = site.indices[i]!.map(field);
    return {
      name: expression.text,
      fields,
      read: expressionReader(expression, new HeldRecord(fields, symbols)),
    };
  });
  return { symbols, readers };
}

export type FieldReader = (record: DataView, offset: number) => RenderedValue;

function expressionReader({ type, source, radix }: CapturedExpression, held: HeldRecord): FieldReader {
  switch (source.kind) {
    case 'unavailable': {
      const value = { unavailable: source.reason, type: typeName(type) };
      return () => value;
    }
    case 'constant': {
      const { bytes } = source;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const read = valueReader(type, undefined, radix, held);
      if (holdsPointers(type)) return () => read(view, 0, bytes.length);
      const value = read(view, 0, bytes.length);
      return () => value;
    }
    case 'captured':
      return held.fields.length === 2 && radix === 10 && stringCharacter(type)
        ? stringReader(type, held.fields[0]!, held.fields[1]!)
        : bytesReader(type, source, held, radix);
    case 'contents':
      return contentsReader(type, source, held, radix);
    case 'parts':
      return partsReader(type, source, held, radix);
    case 'computed':
      return computedReader(type, source, held, radix);
  }
}

/** Works the value out, then shows it as one that was captured. */
function computedReader(
  type: CapturedExpression['type'],
  { tree, leaves }: Extract<CaptureSource, { kind: 'computed' }>,
  held: HeldRecord,
  radix: Radix,
): FieldReader {
  const calculate = compileCalculation(tree, leafCalculations(leaves, held.fields));
  const read = valueReader(type, undefined, radix, held);
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
  held: HeldRecord,
  radix: Radix,
): FieldReader {
  const read = valueReader(type, source.bits, radix, held, source.nested);
  const faulted = { unavailable: PAGE_NOT_PRESENT, type: typeName(type) };
  const { index, offset, capture } = held.fields[0]!;
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
  held: HeldRecord,
  radix: Radix,
): FieldReader {
  const read = valueReader(type, undefined, radix, held, [{ offset: 0, type, contents }]);
  return (record, base) => {
    held.hold(record, base);
    return read(record, base, 0);
  };
}

/** Puts a value together from its parts, on bytes of its own; those of unavailable parts are gaps. */
function partsReader(
  type: CapturedExpression['type'],
  { parts, size }: Extract<CaptureSource, { kind: 'parts' }>,
  held: HeldRecord,
  radix: Radix,
): FieldReader {
  const bytes = new Uint8Array(size);
  const value = new DataView(bytes.buffer);
  const read = valueReader(type, undefined, radix, held);
  const missing: ByteGap[] = [];
  const captured: { offset: number; size: number; field: Field }[] = [];
  for (const { offset, size: length, content } of parts) {
    if (typeof content === 'number') captured.push({ offset, size: length, field: held.fields[content]! });
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

/** The string that a pointer to characters points to; the pointer where it is null, or leads to none. */
function stringReader(of: CapturedExpression['type'], pointer: Field, string: Field): FieldReader {
  const type = typeName(of);
  const character = stringCharacter(of)!;
  const faulted: RenderedValue = { unavailable: PAGE_NOT_PRESENT, type };
  const capacity = capacityOf(string.capture.output);
  return (record, base) => {
    if (hasFaulted(record, base, pointer.index)) return faulted;
    const text = (): string | undefined =>
      hasFaulted(record, base, string.index)
        ? undefined
        : stringText(record, base + string.offset, capacity, character);
    return { value: pointedText(readUint64(record, base + pointer.offset), text), type };
  };
}

/** `__int128` */
const MAX_SCALAR_BYTES = 16;
