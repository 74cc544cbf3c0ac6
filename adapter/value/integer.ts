/** Reads an integer; a bigint only where a number cannot hold it exactly. */
export type IntegerReader = (bytes: DataView, offset: number) => number | bigint;

/** A little-endian integer of `size` bytes. */
export function integerReader(size: number, signed: boolean): IntegerReader {
  switch (size) {
    case 1:
      return signed ? (bytes, offset) => bytes.getInt8(offset) : (bytes, offset) => bytes.getUint8(offset);
    case 2:
      return signed
        ? (bytes, offset) => bytes.getInt16(offset, true)
        : (bytes, offset) => bytes.getUint16(offset, true);
    case 4:
      return signed
        ? (bytes, offset) => bytes.getInt32(offset, true)
        : (bytes, offset) => bytes.getUint32(offset, true);
    case 8:
      return signed ? readInt64 : readUint64;
    default:
      return bitFieldReader({ offset: 0, size: 8 * size }, signed);
  }
}

/** `bits.size` bits, counted from the least significant bit of the first byte. */
export function bitFieldReader(
  bits: { readonly offset: number; readonly size: number },
  signed: boolean,
): IntegerReader {
  const count = bytesOfBits(bits);
  if (bits.offset + bits.size <= 32) return narrowBitFieldReader(bits, signed);
  return (bytes, offset) => {
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes.getUint8(offset + i));
    value >>= BigInt(bits.offset);
    return narrowed(signed ? BigInt.asIntN(bits.size, value) : BigInt.asUintN(bits.size, value));
  };
}

/** The same where 32 bits hold the field. */
function narrowBitFieldReader(
  bits: { readonly offset: number; readonly size: number },
  signed: boolean,
): IntegerReader {
  const count = bytesOfBits(bits);
  const above = 32 - bits.offset - bits.size;
  return (bytes, offset) => {
    let word = 0;
    for (let i = 0; i < count; i++) word |= bytes.getUint8(offset + i) << (8 * i);
    const top = word << above;
    return signed ? top >> (32 - bits.size) : top >>> (32 - bits.size);
  };
}

export const bytesOfBits = (bits: { readonly offset: number; readonly size: number }): number =>
  Math.ceil((bits.offset + bits.size) / 8);

export function readUint64(bytes: DataView, offset: number): number | bigint {
  const high = bytes.getUint32(offset + 4, true);
  return high < 0x20_0000
    ? high * 0x1_0000_0000 + bytes.getUint32(offset, true)
    : bytes.getBigUint64(offset, true);
}

function readInt64(bytes: DataView, offset: number): number | bigint {
  const high = bytes.getInt32(offset + 4, true);
  const exact = high < 0x20_0000 && high >= -0x20_0000;
  return exact ? high * 0x1_0000_0000 + bytes.getUint32(offset, true) : bytes.getBigInt64(offset, true);
}

/** As a number, if that is exact. */
export const narrowed = (value: bigint): number | bigint => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};
