import { virtualAddress, type VirtualAddress } from './address';
import { Cursor } from './cursor';
import { DecodeError } from './decodeError';
import type { ElfImage, Section } from './image';

export interface FunctionSymbol {
  readonly name: string;
  readonly address: VirtualAddress;
  /** 0 where the symbol does not say. */
  readonly size: number;
  /** STT_GNU_IFUNC: the code finds the function of that name when the program is loaded. */
  readonly isResolver: boolean;
}

/**
 * Defined functions (STT_FUNC, STT_GNU_IFUNC) of .symtab, or of .dynsym in a stripped file, in the file's order.
 * @throws DecodeError `truncated`, `outOfRange`, `tooLarge`
 */
export function functionSymbols(image: ElfImage): readonly FunctionSymbol[] {
  const table = SymbolTable.open(image, '.symtab') ?? SymbolTable.open(image, '.dynsym');
  if (!table) return [];
  const symbols: FunctionSymbol[] = [];
  let nameBytes = 0;
  for (const { name: at, type, address, size } of table.entries()) {
    if (type !== SYMBOL_TYPES.function && type !== SYMBOL_TYPES.resolver) continue;
    const name = table.name(at);
    symbols.push({ name, address, size, isResolver: type === SYMBOL_TYPES.resolver });
    nameBytes += name.length + 1;
    if (nameBytes > MIN_NAME_BYTES + MAX_NAME_RATIO * table.stringBytes)
      throw new DecodeError('tooLarge', table.section, 0, 'names of symbols');
  }
  return symbols;
}

/** A defined symbol. */
export interface SymbolEntry {
  /** For `SymbolTable.name`. */
  readonly name: number;
  /** STT_ */
  readonly type: number;
  readonly isLocal: boolean;
  /** Index of the section it is in; SHN_ABS and the like for none. */
  readonly section: number;
  readonly address: VirtualAddress;
  readonly size: number;
}

/** .symtab or .dynsym (gABI, "Symbol Table"). */
export class SymbolTable {
  /** Of the table of names. */
  readonly stringBytes: number;

  private constructor(
    readonly section: string,
    private readonly symbols: Cursor,
    private readonly count: number,
    private readonly strings: Cursor,
    private readonly indices: Cursor | undefined,
  ) {
    this.stringBytes = strings.remaining;
  }

  /** Undefined where the image has none of that name. @throws DecodeError `truncated`, `outOfRange`, `tooLarge` */
  static open(image: ElfImage, name: '.symtab' | '.dynsym'): SymbolTable | undefined {
    const table = image.section(name);
    const strings = table && image.sections[table.link];
    if (!table || !strings || table.type === 'nobits') return undefined;
    const count = Math.floor(table.size / SYMBOL_SIZE);
    if (count > MAX_SYMBOLS) throw new DecodeError('tooLarge', table.name, 0, `${count} symbols`);
    return new SymbolTable(
      table.name,
      new Cursor(image.body(table), table.name),
      count,
      new Cursor(image.body(strings), strings.name),
      extendedIndices(image, table),
    );
  }

  /**
   * In the file's order.
   *
   *     Elf64_Sym:  st_name u32 | st_info u8 | st_other u8 | st_shndx u16 | st_value u64 | st_size u64
   *
   * @throws DecodeError
   */
  *entries(): Generator<SymbolEntry> {
    for (let index = 0; index < this.count; index++) {
      this.symbols.seek(index * SYMBOL_SIZE);
      const name = this.symbols.u32();
      const info = this.symbols.u8();
      this.symbols.skip(1);
      const section = sectionOf(this.symbols.u16(), index, this.indices);
      if (section === SHN_UNDEF) continue;
      const address = virtualAddress(this.symbols.address(8));
      const size = this.symbols.address(8);
      yield { name, type: info & 0xf, isLocal: info >> 4 === STB_LOCAL, section, address, size };
    }
  }

  /** @throws DecodeError */
  name(offset: number): string {
    this.strings.seek(offset);
    return this.strings.string();
  }
}

/** SHT_SYMTAB_SHNDX: the section indices that have no room in a symbol, u32 each (gABI, "Symbol Table"). */
function extendedIndices(image: ElfImage, table: Section): Cursor | undefined {
  const section = image.sections.find(({ type, link }) => type === 'symtab_shndx' && link === table.index);
  return section && new Cursor(image.body(section), section.name);
}

/** The index of a symbol's section. @throws DecodeError */
function sectionOf(field: number, symbol: number, indices: Cursor | undefined): number {
  if (field !== SHN_XINDEX || indices === undefined) return field;
  indices.seek(4 * symbol);
  return indices.u32();
}

/** STT_ */
export const SYMBOL_TYPES = { none: 0, object: 1, function: 2, common: 5, resolver: 10 } as const;

const SYMBOL_SIZE = 24;
const STB_LOCAL = 0;
const SHN_UNDEF = 0;
/** The index is in the section of type SHT_SYMTAB_SHNDX. */
const SHN_XINDEX = 0xffff;
/** Of all names together: names may share their tails, but few do. Times the bytes of the string table. */
const MAX_NAME_RATIO = 4;
const MIN_NAME_BYTES = 1 << 24;
const MAX_SYMBOLS = 1 << 23;
