/**
 * Bytes as a quoted C string. UTF-8 stays as it is; what is not UTF-8, or would not show, is escaped as C does.
 * `truncated`: the string goes on after these bytes, which is shown by dots behind the quote.
 */
export function quotedString(bytes: Uint8Array, truncated: boolean): string {
  const whole = truncated ? bytes.subarray(0, endOfWholeCharacter(bytes)) : bytes;
  return `"${escaped(whole, '"')}"${truncated ? '...' : ''}`;
}

/** A `char` as a C character constant: `'a'`, `'\n'`, `'\377'`. */
export const characterConstant = (byte: number): string => `'${escaped(Uint8Array.of(byte & 0xff), "'")}'`;

function escaped(bytes: Uint8Array, quote: string): string {
  if (isPlain(bytes)) return decoder.decode(bytes);
  let text = '';
  let start = 0;
  for (let i = 0; i < bytes.length;) {
    const length = characterLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    text += visible(bytes.subarray(start, i), quote) + octal(bytes[i]!);
    start = ++i;
  }
  return text + visible(bytes.subarray(start), quote);
}

/** Are they all ASCII that shows as it is, as most strings are? */
function isPlain(bytes: Uint8Array): boolean {
  for (const byte of bytes)
    if (byte < 0x20 || byte > 0x7e || byte === DOUBLE_QUOTE || byte === SINGLE_QUOTE || byte === BACKSLASH)
      return false;
  return true;
}

/** Valid UTF-8 with what does not show escaped. */
const visible = (bytes: Uint8Array, quote: string): string =>
  decoder
    .decode(bytes)
    .replace(ESCAPED, (character) =>
      character === '"' || character === "'"
        ? character === quote
          ? `\\${character}`
          : character
        : escape(character),
    );

export const escape = (character: string): string =>
  NAMED.get(character) ?? [...encoder.encode(character)].map(octal).join('');

/** Three digits always, so that a digit may follow. */
const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;

/** Bytes of the UTF-8 character at `i` (Unicode 15, table 3-7); 0 if there is none. */
function characterLength(bytes: Uint8Array, i: number): number {
  const first = bytes[i]!;
  if (first < 0x80) return 1;
  const length = sequenceLength(first);
  if (length === 0 || i + length > bytes.length) return 0;
  const [low, high] = SECOND_BYTE[first] ?? [0x80, 0xbf];
  if (bytes[i + 1]! < low || bytes[i + 1]! > high) return 0;
  for (let k = 2; k < length; k++) if ((bytes[i + k]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** Bytes of a character that begins with this byte; 0 if none does. */
function sequenceLength(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** Where a cut at the end leaves a character without its last bytes: the start of that character. */
function endOfWholeCharacter(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    return sequenceLength(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Second bytes that are narrower than 80..BF: no overlong forms, no surrogates, nothing above U+10FFFF. */
const SECOND_BYTE: Readonly<Record<number, readonly [number, number]>> = {
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
};

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'], ['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t'], ['\b', '\\b'], ['\f', '\\f'], ['\v', '\\v'], ['\x07', '\\a'],
]); // prettier-ignore
const [DOUBLE_QUOTE, SINGLE_QUOTE, BACKSLASH] = [0x22, 0x27, 0x5c];
/** Quotes, backslash, and characters that do not show or change the direction of text. */
const ESCAPED = /["'\\]|[\p{C}\p{Zl}\p{Zp}]/gu;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();
