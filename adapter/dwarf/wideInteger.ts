import type { FormValue } from './form';

/** An integer constant; one that 64 bits do not hold is a block (DWARF 5, 7.5.5, constant). */
export function wideInteger(value: FormValue | undefined): bigint | undefined {
  if (value?.kind === 'constant') return value.value;
  if (value?.kind !== 'block' || value.value.length > MAX_BYTES) return undefined;
  return value.value.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** Of the widest integers: 128 bits. */
const MAX_BYTES = 16;
