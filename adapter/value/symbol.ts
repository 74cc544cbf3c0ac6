import { readUint64 } from './integer';
import type { Field } from './field';

/** What of the program is at an address: the name, and bytes from where that begins. */
export interface ProgramSymbol {
  readonly name: string;
  readonly offset: number;
}

/** @param loadBias of the site's module at the hit; undefined where the record does not tell */
export type SymbolLookup = (address: number, loadBias: number | undefined) => ProgramSymbol | undefined;

export const NO_SYMBOLS: SymbolLookup = () => undefined;

/** The symbols as one record sees them. */
export class HitSymbols {
  private loadBias: number | undefined;

  /** @param bias the field with the load bias of the site's module */
  constructor(
    private readonly lookUp: SymbolLookup,
    private readonly bias: Field | undefined,
  ) {}

  hold(record: DataView, base: number): void {
    if (this.bias) this.loadBias = Number(readUint64(record, base + this.bias.offset));
  }

  at(address: number | bigint): ProgramSymbol | undefined {
    return typeof address === 'number' && address > 0 ? this.lookUp(address, this.loadBias) : undefined;
  }

  /** ` <main+4>` for behind an address; nothing where no symbol is. */
  behind(address: number | bigint): string {
    const symbol = this.at(address);
    if (!symbol) return '';
    return symbol.offset === 0 ? ` <${symbol.name}>` : ` <${symbol.name}+${symbol.offset}>`;
  }
}
