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
  const table = ['.symtab', '.dynsym'].map((name) => image.section(name)).find((section) => hasBody(section));
  const strings = table && image.sections[table.link];
  if (!table || !strings) return [];
  const count = Math.floor(table.size / SYMBOL_SIZE);
  if (count > MAX_SYMBOLS) throw new DecodeError('tooLarge', table.name, 0, `${count} symbols`);
  return decode(
    new Cursor(image.body(table), table.name),
    count,
    new Cursor(image.body(strings), strings.name),
    extendedIndices(image, table),
  );
}

/** SHT_SYMTAB_SHNDX: the section indices that have no room in a symbol, u32 each (gABI, "Symbol Table"). */
function extendedIndices(image: ElfImage, table: Section): Cursor | undefined {
  const section = image.sections.find(({ type, link }) => type === 'symtab_shndx' && link === table.index);
  return section && new Cursor(image.body(section), section.name);
}

/**
 *     Elf64_Sym:  st_name u32 | st_info u8 | st_other u8 | st_shndx u16 | st_value u64 | st_size u64
 */
function decode(
  cursor: Cursor,
  count: number,
  strings: Cursor,
  indices: Cursor | undefined,
): FunctionSymbol[] {
  const symbols: FunctionSymbol[] = [];
  const stringBytes = strings.remaining;
  let nameBytes = 0;
  for (let index = 0; index < count; index++) {
    const name = cursor.u32();
    const type = cursor.u8() & 0xf;
    cursor.skip(1);
    const section = sectionOf(cursor.u16(), index, indices);
    const address = virtualAddress(cursor.address(8));
    const size = cursor.address(8);
    if ((type !== STT_FUNC && type !== STT_GNU_IFUNC) || section === SHN_UNDEF) continue;
    strings.seek(name);
    symbols.push({ name: strings.string(), address, size, isResolver: type === STT_GNU_IFUNC });
    nameBytes += strings.offset - name;
    if (nameBytes > MIN_NAME_BYTES + MAX_NAME_RATIO * stringBytes)
      throw cursor.error('tooLarge', 'names of symbols');
  }
  return symbols;
}

/** The index of a symbol's section. @throws DecodeError */
function sectionOf(field: number, symbol: number, indices: Cursor | undefined): number {
  if (field !== SHN_XINDEX || indices === undefined) return field;
  indices.seek(4 * symbol);
  return indices.u32();
}

const hasBody = (section: Section | undefined): boolean => section !== undefined && section.type !== 'nobits';

const SYMBOL_SIZE = 24;
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;
const SHN_UNDEF = 0;
/** The index is in the section of type SHT_SYMTAB_SHNDX. */
const SHN_XINDEX = 0xffff;
/** Of all names together: names may share their tails, but few do. Times the bytes of the string table. */
const MAX_NAME_RATIO = 4;
const MIN_NAME_BYTES = 1 << 24;
const MAX_SYMBOLS = 1 << 23;
