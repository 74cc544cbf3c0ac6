import type { EnumType } from '../dwarf/type';
import { narrowed } from './integer';

/**
 * Text of an enum's value: its name, or the number. An enum whose values are single bits holds flags, as for gdb:
 * `A | B`.
 */
export function enumerationText({ enumerators }: EnumType): (value: number | bigint) => string {
  const names = new Map<number | bigint, string>();
  for (const { name, value } of enumerators.slice(0, MAX_ENUMERATORS)) {
    const key = narrowed(value);
    if (!names.has(key)) names.set(key, name);
  }
  const flags = [...names]
    .map(([value, name]) => ({ bit: BigInt(value), name }))
    .filter(({ bit }) => bit !== 0n);
  const areFlags = flags.every(({ bit }) => isSingleBit(bit));
  return (value) =>
    names.get(value) ?? (areFlags ? combined(BigInt(value), flags) : undefined) ?? String(value);
}

interface Flag {
  readonly bit: bigint;
  readonly name: string;
}

/** `A | B`, if named flags make up the whole value. */
function combined(value: bigint, flags: readonly Flag[]): string | undefined {
  const set = flags.filter(({ bit }) => (value & bit) !== 0n);
  const covered = set.reduce((sum, { bit }) => sum | bit, 0n);
  return set.length > 0 && covered === value ? set.map(({ name }) => name).join(' | ') : undefined;
}

const isSingleBit = (value: bigint): boolean => value > 0n && (value & (value - 1n)) === 0n;

const MAX_ENUMERATORS = 10_000;
