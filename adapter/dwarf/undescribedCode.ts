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
   * Does a thunk start there, which adjusts `this` or what is returned, and leaves the rest to a function (Itanium C++ ABI,
   * 2.5.3)? Optimised code may have the function itself in the thunk: that is none. Where the code is not at hand, as in a
   * debug file alone, it is taken for one.
   */
  isThunk(address: VirtualAddress, isEntry: (target: VirtualAddress) => boolean): boolean {
    const bytes = tolerant(() => this.read(address, MAX_THUNK_BYTES));
    if (!bytes) return true;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (const [at, opcode] of bytes.entries()) {
      if (opcode === RET) return false;
      const end = at + (BRANCHES[opcode] ?? Infinity);
      if (end > bytes.length) continue;
      const displacement = opcode === JMP_REL8 ? view.getInt8(at + 1) : view.getInt32(at + 1, true);
      if (isEntry(virtualAddress(address + end + displacement))) return true;
    }
    return false;
  }

  /** Up to so many bytes, within the section. */
  private read(address: VirtualAddress, most: number): Uint8Array | undefined {
    const section = this.code.sections.find(
      (one) => one.executable && one.address <= address && address < one.address + one.size,
    );
    return section && this.code.read(address, Math.min(most, section.address + section.size - address));
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

/** More than compilers make of one up to where it leaves. */
const MAX_THUNK_BYTES = 40;
const RET = 0xc3;
const JMP_REL8 = 0xeb;
/** Lengths of `call rel32`, `jmp rel32` and `jmp rel8`, by their opcodes. */
const BRANCHES: Readonly<Record<number, number>> = { 0xe8: 5, 0xe9: 5, [JMP_REL8]: 2 };
