import type { AddressRange, VirtualAddress } from '../elf/address';
import { virtualAddress } from '../elf/address';
import type { ElfImage } from '../elf/image';
import { functionSymbols, type FunctionSymbol } from '../elf/symbolTable';
import { AddressSpans, type AddressSpan } from './addressSpans';
import { tolerant } from './tolerance';

/** Machine code around which the debug information describes no function, by the symbols that it has. */
export class UndescribedCode {
  private known: { readonly symbols: readonly FunctionSymbol[]; readonly spans: Spans } | undefined;

  /**
   * @param symbols images whose symbols to take: those of the first that has any
   * @param code the image that has the machine code
   */
  constructor(
    private readonly symbols: readonly ElfImage[],
    private readonly code: ElfImage,
  ) {}

  /** The code around the address that belongs together: a symbol's. */
  extentAt(address: VirtualAddress): AddressRange | undefined {
    const symbol = this.read().spans.at(address);
    return symbol && spanOf(symbol);
  }

  /**
   * Does the code around the address only adjust `this` or what is returned, and leave the rest to the function whose line
   * it has (Itanium C++ ABI, 5.1.4.3)? Optimised code may have the function itself in the thunk.
   */
  isThunk(address: VirtualAddress): boolean {
    const { symbols, spans } = this.read();
    const thunk = spans.at(address);
    const [, encoding] = THUNK.exec(thunk?.name ?? '') ?? [];
    if (thunk === undefined || encoding === undefined) return false;
    const target = symbols.find(({ name }) => name === `_Z${encoding}`);
    return target !== undefined && this.branches(thunk, target.address);
  }

  /** Is there a call or a jump to the address? */
  private branches({ address, size }: FunctionSymbol, target: VirtualAddress): boolean {
    const bytes = tolerant(() => this.code.read(address, Math.min(size, MAX_THUNK_BYTES)));
    if (!bytes) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return bytes.some((opcode, at) => {
      const displacement =
        opcode === JMP_REL8 && at + 2 <= bytes.length
          ? 2 + view.getInt8(at + 1)
          : (opcode === CALL_REL32 || opcode === JMP_REL32) && at + 5 <= bytes.length
            ? 5 + view.getInt32(at + 1, true)
            : undefined;
      return displacement !== undefined && address + at + displacement === target;
    });
  }

  private read(): NonNullable<UndescribedCode['known']> {
    this.known ??= this.readSymbols();
    return this.known;
  }

  private readSymbols(): NonNullable<UndescribedCode['known']> {
    for (const image of this.symbols) {
      const symbols = tolerant(() => functionSymbols(image)) ?? [];
      if (symbols.length > 0) return { symbols, spans: new AddressSpans(symbols.map(spanOf)) };
    }
    return { symbols: [], spans: new AddressSpans<FunctionSymbol>([]) };
  }
}

type Spans = AddressSpans<FunctionSymbol>;

const spanOf = (symbol: FunctionSymbol): AddressSpan<FunctionSymbol> => ({
  low: symbol.address,
  high: virtualAddress(symbol.address + symbol.size),
  holder: symbol,
});

/** `_ZT` [`c` of a covariant return type] <call-offset>... <encoding of the function> */
const THUNK = /^_ZTc?(?:hn?\d+_|vn?\d+_n?\d+_)+(.+)$/;
const MAX_THUNK_BYTES = 256;
const CALL_REL32 = 0xe8;
const JMP_REL32 = 0xe9;
const JMP_REL8 = 0xeb;
