import type { VirtualAddress } from './address';
import type { ElfImage, Section } from './image';
import { SYMBOL_TYPES, SymbolTable, type SymbolEntry } from './symbolTable';

/** A symbol that an address is in. */
export interface FoundSymbol {
  /** As the file has it: mangled. */
  readonly name: string;
  /** Bytes from its start. */
  readonly offset: number;
}

/** The functions and variables of a file, to be found by an address in them. */
export class AddressSymbols {
  private readonly addresses: Float64Array;
  private readonly ends: Float64Array;
  /** The highest end of a symbol up to this one. */
  private readonly reach: Float64Array;

  /** @param entries by their addresses */
  private constructor(
    private readonly table: SymbolTable | undefined,
    private readonly entries: readonly SymbolEntry[],
    sections: readonly Section[],
  ) {
    this.addresses = Float64Array.from(entries, ({ address }) => address);
    this.ends = Float64Array.from(entries, (entry, i) => {
      if (entry.size > 0) return entry.address + entry.size;
      // One that does not say how long it is goes on to the next, in its section.
      const section = sections[entry.section]!;
      return Math.min(entries[i + 1]?.address ?? Infinity, section.address + section.size);
    });
    let highest = -Infinity;
    this.reach = this.ends.map((end) => (highest = Math.max(highest, end)));
  }

  /** Those of .symtab of the first image that has one, otherwise those of .dynsym. @throws DecodeError */
  static of(images: readonly ElfImage[]): AddressSymbols {
    for (const name of ['.symtab', '.dynsym'] as const)
      for (const image of images) {
        const table = SymbolTable.open(image, name);
        if (table) return AddressSymbols.from(table, image.sections);
      }
    return new AddressSymbols(undefined, [], []);
  }

  private static from(table: SymbolTable, sections: readonly Section[]): AddressSymbols {
    const entries = [...table.entries()].filter((entry) => isPlace(entry, sections[entry.section]));
    entries.sort((a, b) => a.address - b.address || Number(a.size > 0) - Number(b.size > 0));
    return new AddressSymbols(table, entries, sections);
  }

  /** The nearest one at or below the address that reaches it; those that say how far they reach come first. @throws DecodeError */
  at(address: VirtualAddress): FoundSymbol | undefined {
    const last = this.lastAtOrBelow(address);
    let found = -1;
    for (let i = last; i >= 0 && i > last - MAX_TRIES && this.reach[i]! > address; i--) {
      if (this.ends[i]! <= address) continue;
      const isSized = this.entries[i]!.size > 0;
      if (isSized || found < 0) found = i;
      if (isSized) break;
    }
    return found < 0 ? undefined : { name: this.nameOf(found), offset: address - this.addresses[found]! };
  }

  /** One thing may have several names. */
  private nameOf(index: number): string {
    const { address, size } = this.entries[index]!;
    let best = '';
    let bestRank = -Infinity;
    for (let i = index; i >= 0 && index - i < MAX_TRIES; i--) {
      const entry = this.entries[i]!;
      if (entry.address !== address || entry.size !== size) break;
      const name = this.table!.name(entry.name);
      const rank = preference(name, entry);
      if (rank > bestRank) [best, bestRank] = [name, rank];
    }
    return best;
  }

  private lastAtOrBelow(address: number): number {
    let [low, high] = [0, this.addresses.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.addresses[middle]! <= address) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Without a size it may be anything but code: the end of a section, or a mark within it. */
const isPlace = ({ type, size }: SymbolEntry, section: Section | undefined): boolean =>
  TYPES.has(type) && section?.allocated === true && (size > 0 || section.executable);

/** Names that everybody may use come before those that are local, versioned or reserved, as `__libc_free` is for `free`. */
const preference = (name: string, { isLocal }: SymbolEntry): number =>
  -4 * Number(isLocal) - 2 * Number(name.includes('@')) - Number(/^_(?![ZR])/.test(name));

const TYPES: ReadonlySet<number> = new Set(Object.values(SYMBOL_TYPES));
/** Symbols that end before an address, and are passed on the way to a longer one. */
const MAX_TRIES = 64;
