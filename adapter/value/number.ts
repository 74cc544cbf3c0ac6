import { fieldSize } from '../capture/recordLayout';
import type { SiteCapture } from '../capture/site';
import { stripped } from '../dwarf/type';
import { hasFaulted, type Field } from './field';
import { narrowed } from './integer';
import { compileExpressions, type FieldReader } from './reader';
import { decimalReader, namedCharacter, type DecimalReader } from './scalar';
import { NO_SYMBOLS } from './symbol';

/** Reads the numbers of one record, without their texts: for what is worked out of every hit. */
export interface NumberReader {
  /** The expression's. */
  readonly name: string;
  /** Undefined where the record has none: it cannot be read, or is infinite or not a number. */
  readonly read: (record: DataView, offset: number) => number | bigint | undefined;
  /** As the value is shown. */
  readonly text: (value: number | bigint) => string;
}

/** Makes the readers of the expressions whose values are shown as one decimal number. */
export function compileNumbers(site: SiteCapture): NumberReader[] {
  const { readers } = compileExpressions(site, NO_SYMBOLS);
  return site.expressions.flatMap(({ text: name, type, source, radix }, i) => {
    const inner = stripped(type);
    const bits = source.kind === 'captured' ? source.bits : undefined;
    const number = inner.kind === 'base' && decimalReader(namedCharacter(type, inner), bits, radix);
    if (!number) return [];
    const { fields, read } = readers[i]!;
    const captured = source.kind === 'captured' ? capturedNumber(fields[0]!, number) : undefined;
    return [{ name, text: number.text, read: captured ?? shownNumber(read) }];
  });
}

type ReadNumber = NumberReader['read'];

function capturedNumber({ index, offset, capture }: Field, number: DecimalReader): ReadNumber | undefined {
  if (fieldSize(capture.output) < number.size) return undefined;
  return (record, base) =>
    hasFaulted(record, base, index) ? undefined : finite(number.read(record, base + offset));
}

/** Of a value that is put together first. */
function shownNumber(read: FieldReader): ReadNumber {
  return (record, base) => {
    const shown = read(record, base);
    if (!('value' in shown)) return undefined;
    return INTEGER.test(shown.value) ? narrowed(BigInt(shown.value)) : finite(Number(shown.value));
  };
}

const finite = (value: number | bigint): number | bigint | undefined =>
  typeof value === 'bigint' || Number.isFinite(value) ? value : undefined;

const INTEGER = /^-?\d+$/;
