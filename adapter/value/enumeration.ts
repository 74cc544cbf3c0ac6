import type { EnumType } from '../dwarf/type';
import { narrowed } from './integer';

/** Text of an enum's value: its name, `A | B` for flags, the number where it has no name. */
export function enumerationText({ enumerators }: EnumType): (value: number | bigint) => string {
  const names = new Map<number | bigint, string>();
  for (const { name, value } of enumerators.slice(0, MAX_ENUMERATORS)) {
    const key = narrowed(value);
    if (!names.has(key)) names.set(key, name);
  }
  const flags = [...names]
    .map(([value, name]) => ({ bit: BigInt(value), name }))
    .filter(({ bit }) => bit !== 0n);
  const areFlags = flags.length >= MIN_FLAGS && flags.every(({ bit }) => isSingleBit(bit));
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

/** 1, 2 and 4 without 3 are flags; 1 and 2 alone may just be counted up. */
const MIN_FLAGS = 3;
const MAX_ENUMERATORS = 10_000;
