/**
 * The bytes before the opcode (Intel SDM volume 2, 2.1.1 and 2.2.1): legacy prefixes in any order, then REX.
 */
export interface Prefixes {
  /** Distinct legacy prefixes. */
  readonly legacy: ReadonlySet<number>;
  /** The REX byte, 0 if there is none. */
  readonly rex: number;
  /** The first byte that is neither. */
  readonly opcode: number;
}

export const PREFIX = {
  es: 0x26,
  cs: 0x2e,
  ss: 0x36,
  ds: 0x3e,
  fs: 0x64,
  gs: 0x65,
  operandSize: 0x66,
  addressSize: 0x67,
  lock: 0xf0,
  repne: 0xf2,
  rep: 0xf3,
} as const;
const LEGACY: ReadonlySet<number> = new Set(Object.values(PREFIX));

export const REX_W = 8;
export const REX_B = 1;

export const isLegacyPrefix = (byte: number): boolean => LEGACY.has(byte);

const NONE: ReadonlySet<number> = new Set();

/** @param instruction the bytes of one whole instruction. */
export function prefixesOf(instruction: Uint8Array): Prefixes {
  let legacy = NONE;
  let at = 0;
  for (; isLegacyPrefix(instruction[at] ?? 0); at++) legacy = new Set([...legacy, instruction[at]!]);
  const byte = instruction[at] ?? 0;
  const rex = (byte & 0xf0) === 0x40 ? byte : 0;
  return { legacy, rex, opcode: instruction[rex ? at + 1 : at] ?? 0 };
}
