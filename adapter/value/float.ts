import type { FloatFormat } from '../capture/floatFormat';

/**
 * Text of a floating point value from its bytes: the shortest decimal that reads back as the same value, as JavaScript
 * writes numbers; specials as gdb prints them.
 */
export function floatText(format: FloatFormat, size: number): (bytes: DataView, offset: number) => string {
  if (size === 8) return float64Text;
  if (size === 4) return float32Text;
  return (bytes, offset) => wideText(format, bitsOf(bytes, offset, format));
}

/** A `float` or a `double` as a number, and the number's text; undefined for formats that JavaScript has no numbers of. */
export function floatNumber(
  size: number,
): { read: (bytes: DataView, offset: number) => number; text: (value: number) => string } | undefined {
  if (size === 8) return { read: (bytes, offset) => bytes.getFloat64(offset, true), text: numberText };
  if (size === 4)
    return {
      read: (bytes, offset) => bytes.getFloat32(offset, true),
      text: (value) => numberText(shortest32(value)),
    };
  return undefined;
}

function float64Text(bytes: DataView, offset: number): string {
  const value = bytes.getFloat64(offset, true);
  if (!Number.isNaN(value)) return numberText(value);
  const bits = bytes.getBigUint64(offset, true);
  return nanText(bits >> 63n === 1n, bits & 0xf_ffff_ffff_ffffn);
}

function float32Text(bytes: DataView, offset: number): string {
  const value = bytes.getFloat32(offset, true);
  if (!Number.isNaN(value)) return numberText(shortest32(value));
  const bits = bytes.getUint32(offset, true);
  return nanText(bits >>> 31 === 1, BigInt(bits & 0x7f_ffff));
}

/** The double nearest to a float that has the fewest digits among those which round to the float. */
function shortest32(value: number): number {
  if (value === 0) return value; // toPrecision drops the sign of -0
  for (
    let digits = Math.abs(value) < MIN_NORMAL_32 ? 1 : DIGITS_ALWAYS_KEPT;
    digits < DIGITS_ALWAYS_ENOUGH;
    digits++
  ) {
    const candidate = Number(value.toPrecision(digits));
    if (Math.fround(candidate) === value) return candidate;
  }
  return Number(value.toPrecision(DIGITS_ALWAYS_ENOUGH));
}

function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? 'inf' : '-inf';
}

const nanText = (negative: boolean, mantissa: bigint): string =>
  `${negative ? '-' : ''}nan(0x${mantissa.toString(16)})`;

function bitsOf(bytes: DataView, offset: number, format: FloatFormat): bigint {
  let bits = 0n;
  for (let i = storedBits(format) / 8 - 1; i >= 0; i--)
    bits = (bits << 8n) | BigInt(bytes.getUint8(offset + i));
  return bits;
}

const storedBits = ({ exponentBits, fractionBits, hasIntegerBit }: FloatFormat): number =>
  1 + exponentBits + fractionBits + (hasIntegerBit ? 1 : 0);

/** Formats that JavaScript has no numbers of. */
function wideText(format: FloatFormat, bits: bigint): string {
  const mantissaBits = format.fractionBits + (format.hasIntegerBit ? 1 : 0);
  const negative = bits >> BigInt(storedBits(format) - 1) === 1n;
  const biased = Number((bits >> BigInt(mantissaBits)) & ((1n << BigInt(format.exponentBits)) - 1n));
  const stored = bits & ((1n << BigInt(mantissaBits)) - 1n);
  const fraction = bits & ((1n << BigInt(format.fractionBits)) - 1n);
  const sign = negative ? '-' : '';
  const top = 2 ** format.exponentBits - 1;
  if (biased === top) return fraction === 0n ? `${sign}inf` : nanText(negative, stored);
  const implied = format.hasIntegerBit || biased === 0 ? 0n : 1n << BigInt(format.fractionBits);
  const mantissa = stored | implied;
  if (mantissa === 0n) return `${sign}0`;
  const exponent = Math.max(biased, 1) - (top - 1) / 2 - format.fractionBits;
  return sign + shortestDecimal(mantissa, exponent, format.fractionBits + 1);
}

/** The fewest digits that only `mantissa` * 2^`exponent` is nearest to, among numbers of `precision` bits. */
function shortestDecimal(mantissa: bigint, exponent: number, precision: number): string {
  // value = numerator / denominator; its neighbours are half a unit of the last place away, below a power of 2 a quarter.
  const scale = exponent < 0 ? 1n << BigInt(-exponent) : 1n;
  const numerator = (exponent > 0 ? mantissa << BigInt(exponent) : mantissa) * 4n;
  const unit = exponent > 0 ? 1n << BigInt(exponent) : 1n;
  const isPower = mantissa === 1n << BigInt(precision - 1);
  const value = { numerator, denominator: scale * 4n, below: isPower ? unit : 2n * unit, above: 2n * unit };
  const point = decimalPoint(value.numerator, value.denominator);
  for (let digits = 1; ; digits++) {
    const rounded = roundedTo(value, digits - point, mantissa % 2n === 0n);
    if (rounded !== undefined) return decimalText(rounded, point - digits);
  }
}

interface Interval {
  readonly numerator: bigint;
  readonly denominator: bigint;
  /** What may be taken away, in units of 1 / denominator. */
  readonly below: bigint;
  readonly above: bigint;
}

/** The integer nearest to value * 10^`places`, if that is within the interval; the ends count for even mantissas. */
function roundedTo(value: Interval, places: number, closed: boolean): bigint | undefined {
  const up = places > 0 ? 10n ** BigInt(places) : 1n;
  const down = places < 0 ? 10n ** BigInt(-places) : 1n;
  const [numerator, denominator] = [value.numerator * up, value.denominator * down];
  const nearest = (2n * numerator + denominator) / (2n * denominator);
  const difference = nearest * denominator - numerator;
  const room = (difference < 0n ? value.below : value.above) * up;
  const distance = difference < 0n ? -difference : difference;
  return distance < room || (closed && distance === room) ? nearest : undefined;
}

/** Digits before the decimal point: p with 10^(p-1) <= value < 10^p. */
function decimalPoint(numerator: bigint, denominator: bigint): number {
  const isBelow = (power: number): boolean =>
    power < 0
      ? numerator * 10n ** BigInt(-power) < denominator
      : numerator < denominator * 10n ** BigInt(power);
  const hexadecimalDigits = numerator.toString(16).length - denominator.toString(16).length;
  let point = Math.floor((hexadecimalDigits - 1) * Math.log10(16));
  while (!isBelow(point)) point++;
  return point;
}

/** `digits` * 10^`exponent` as JavaScript writes a number (ECMA-262, Number::toString). */
function decimalText(digits: bigint, exponent: number): string {
  const text = digits.toString().replace(/0+$/, '');
  const point = digits.toString().length + exponent;
  if (point > 21 || point < -5) {
    const rest = text.length > 1 ? `.${text.slice(1)}` : '';
    return `${text[0]!}${rest}e${point > 0 ? '+' : ''}${point - 1}`;
  }
  if (point <= 0) return `0.${'0'.repeat(-point)}${text}`;
  return text.length <= point ? text.padEnd(point, '0') : `${text.slice(0, point)}.${text.slice(point)}`;
}

/** FLT_DIG and FLT_DECIMAL_DIG of <float.h>. */
const DIGITS_ALWAYS_KEPT = 6;
const DIGITS_ALWAYS_ENOUGH = 9;
const MIN_NORMAL_32 = 2 ** -126;
