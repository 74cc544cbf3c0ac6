import { virtualAddress, type VirtualAddress } from '../elf/address';
import type { AddressSymbols } from '../elf/addressSymbols';
import { DecodeError } from '../elf/decodeError';
import { SystemError } from '../sys/systemError';
import { demangledName } from './demangledName';
import type { Module } from './module';
import { SymbolError } from './symbolError';

/** What of the program is at an address. */
export interface AddressSymbol {
  /** Demangled. */
  readonly name: string;
  /** Bytes from its start. */
  readonly offset: number;
}

/** The symbols of the modules of a process, by addresses there. Files are read when one of their addresses is asked for. */
export class ProcessSymbols {
  private readonly byModule = new WeakMap<Module, ModuleSymbols>();
  /** By their addresses; undefined until it is asked for. */
  private ranges: readonly LoadedRange[] | undefined;

  constructor(private modules: readonly Module[]) {}

  /** They have changed, or where they are. */
  setModules(modules: readonly Module[]): void {
    this.modules = modules;
    this.ranges = undefined;
  }

  /**
   * Undefined for an address in no module, or in none of a module's symbols.
   * @param site a module of which it is known, of the hit, where it was then
   */
  at(
    address: number,
    site?: { readonly module: Module; readonly loadBias: number },
  ): AddressSymbol | undefined {
    const own = site && this.of(site.module);
    if (own?.includes(address - site!.loadBias)) return own.at(virtualAddress(address - site!.loadBias));
    this.ranges ??= this.loaded();
    let [low, high] = [0, this.ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ranges[middle]!.low <= address) low = middle + 1;
      else high = middle;
    }
    const range = this.ranges[low - 1];
    return range && address < range.high
      ? range.symbols.at(virtualAddress(address - range.loadBias))
      : undefined;
  }

  private of(module: Module): ModuleSymbols {
    const symbols = this.byModule.get(module) ?? new ModuleSymbols(module);
    this.byModule.set(module, symbols);
    return symbols;
  }

  private loaded(): LoadedRange[] {
    const ranges = this.modules.flatMap((module): LoadedRange[] => {
      const loadBias = tolerant(() => module.loadBias);
      if (loadBias === undefined) return [];
      const symbols = this.of(module);
      return [{ low: symbols.low + loadBias, high: symbols.high + loadBias, loadBias, symbols }];
    });
    return ranges.sort((a, b) => a.low - b.low);
  }
}

interface LoadedRange {
  readonly low: number;
  readonly high: number;
  readonly loadBias: number;
  readonly symbols: ModuleSymbols;
}

/** Those of one file, by link-time addresses. */
class ModuleSymbols {
  readonly low: number;
  readonly high: number;
  private table: AddressSymbols | undefined;
  private isRead = false;
  private known = new Map<VirtualAddress, AddressSymbol | undefined>();

  constructor(private readonly module: Module) {
    const loads = (tolerant(() => module.image.segments) ?? []).filter(({ type }) => type === 'load');
    this.low = Math.min(...loads.map(({ address }) => address));
    this.high = Math.max(...loads.map(({ address, memorySize }) => address + memorySize));
  }

  includes(address: number): boolean {
    return address >= this.low && address < this.high;
  }

  at(address: VirtualAddress): AddressSymbol | undefined {
    const known = this.known.get(address);
    if (known !== undefined || this.known.has(address)) return known;
    if (this.known.size === MAX_KNOWN) this.known = new Map();
    const found = this.find(address);
    this.known.set(address, found);
    return found;
  }

  private find(address: VirtualAddress): AddressSymbol | undefined {
    if (!this.isRead) this.table = tolerant(() => this.module.symbols);
    this.isRead = true;
    const found = tolerant(() => this.table?.at(address));
    return found && { name: demangledName(found.name), offset: found.offset };
  }
}

/** What is wrong with a file costs its symbols. */
function tolerant<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (FAILURES.some((failure) => error instanceof failure)) return undefined;
    throw error;
  }
}

/** A RangeError is from a file that was closed. */
const FAILURES = [SymbolError, DecodeError, SystemError, RangeError];
/** Addresses of a file that are remembered. */
const MAX_KNOWN = 4096;
