/** IEEE 754 values of 4 and 8 bytes as the shortest text that reads back as the same value; specials as gdb prints them. */
export function float64Text(bytes: DataView, offset: number): string {
  const value = bytes.getFloat64(offset, true);
  if (!Number.isNaN(value)) return numberText(value);
  const bits = bytes.getBigUint64(offset, true);
  return nanText(bits >> 63n === 1n, bits & 0xf_ffff_ffff_ffffn);
}

export function float32Text(bytes: DataView, offset: number): string {
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

/** FLT_DIG and FLT_DECIMAL_DIG of <float.h>. */
const DIGITS_ALWAYS_KEPT = 6;
const DIGITS_ALWAYS_ENOUGH = 9;
const MIN_NORMAL_32 = 2 ** -126;
