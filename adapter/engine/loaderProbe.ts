import { BackendError, type Installation, type ProbeBackend } from '../backend/backend';
import { DecodeError } from '../elf/decodeError';
import type { FileOffset } from '../elf/address';
import { functionSymbols, type FunctionSymbol } from '../elf/symbolTable';
import type { Module } from '../symbols/module';
import { SymbolError } from '../symbols/symbolError';
import { SubprogramCode } from '../x86/subprogramCode';
import { processesIn } from './planner';
import type { Target } from './target';

/**
 * Counts how often the dynamic linker of a process says that its list of objects changes: before and after each change
 * it calls `_dl_debug_state`, the empty function that r_brk of <link.h> points to, for debuggers to stop in. Reading the
 * count takes no system call, so that the memory maps need to be read only when there is something new in them.
 */
export class LoaderProbe {
  private constructor(private readonly installation: Installation) {}

  /** Undefined for a module that is no dynamic linker, and where the kernel refuses. */
  static async install(
    backend: ProbeBackend,
    module: Module,
    { pid, scope, modules: [program] }: Target,
  ): Promise<LoaderProbe | undefined> {
    try {
      const site = announcement(module);
      if (!site) return undefined;
      const { openPath: path, buildId } = module;
      const programs = [{ captures: [], mode: 'count' }] as const;
      const processes = processesIn(module, { pid, scope, program });
      const plan = { path, buildId, ...processes, sites: [site], programs };
      return new LoaderProbe(await backend.install(plan));
    } catch (error) {
      if (REFUSALS.some((refusal) => error instanceof refusal)) return undefined;
      throw error;
    }
  }

  /** Grows at each change. */
  get changes(): number {
    return this.installation.counts()[0]!.hits;
  }

  async remove(): Promise<void> {
    await this.installation.detach();
    this.installation.dispose();
  }
}

interface Announcement extends Pick<FunctionSymbol, 'address'> {
  readonly offset: FileOffset;
  readonly program: 0;
}

function announcement({ image }: Module): Announcement | undefined {
  const symbol = functionSymbols(image).find(({ name }) => name === '_dl_debug_state');
  const offset = symbol && image.fileOffset(symbol.address);
  const code = symbol && image.read(symbol.address, Math.max(symbol.size, 1));
  if (offset === undefined || !code) return undefined;
  const { address } = symbol;
  const allowed = SubprogramCode.decode(address, code).verdictAt(address).kind === 'here';
  return allowed ? { address, offset, program: 0 } : undefined;
}

const REFUSALS = [BackendError, SymbolError, DecodeError];
