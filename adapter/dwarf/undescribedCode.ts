import type { AddressRange, VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import { functionSymbols, type FunctionSymbol } from '../elf/symbolTable';
import { AddressSpans, type AddressSpan } from './addressSpans';
import { tolerant } from './tolerance';

/** Machine code around which the debug information describes no function. */
export class UndescribedCode {
  private symbols: AddressSpans<FunctionSymbol> | undefined;

  /**
   * @param images whose symbols to take: those of the first that has any
   * @param code the image that has the machine code
   */
  constructor(
    private readonly images: readonly ElfImage[],
    private readonly code: ElfImage,
  ) {}

  /** The code around the address that belongs together: a symbol's. */
  extentAt(address: VirtualAddress): AddressRange | undefined {
    this.symbols ??= new AddressSpans(this.readSymbols().map(spanOf));
    const symbol = this.symbols.at(address);
    return symbol && spanOf(symbol);
  }

  /**
   * Does a thunk start there, that adjusts `this` or what is returned, and leaves the rest to one of these functions (Itanium
   * C++ ABI, 2.5.3)? Optimised code may have the function itself in the thunk: that is none.
   * @param entries of functions
   */
  isThunk(address: VirtualAddress, entries: ReadonlySet<VirtualAddress>): boolean {
    const bytes = tolerant(() => this.code.read(address, MAX_THUNK_BYTES));
    if (!bytes) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return bytes.some((opcode, at) => {
      const end = at + (BRANCHES[opcode] ?? Infinity);
      if (end > bytes.length) return false;
      const displacement = opcode === JMP_REL8 ? view.getInt8(at + 1) : view.getInt32(at + 1, true);
      return entries.has(virtualAddress(address + end + displacement));
    });
  }

  private readSymbols(): readonly FunctionSymbol[] {
    for (const image of this.images) {
      const symbols = tolerant(() => functionSymbols(image)) ?? [];
      if (symbols.length > 0) return symbols;
    }
    return [];
  }
}

const spanOf = (symbol: FunctionSymbol): AddressSpan<FunctionSymbol> => ({
  low: symbol.address,
  high: virtualAddress(symbol.address + symbol.size),
  holder: symbol,
});

/** More than compilers make of one. */
const MAX_THUNK_BYTES = 48;
const JMP_REL8 = 0xeb;
/** Lengths of `call rel32`, `jmp rel32` and `jmp rel8`, by their opcodes. */
const BRANCHES: Readonly<Record<number, number>> = { 0xe8: 5, 0xe9: 5, [JMP_REL8]: 2 };
