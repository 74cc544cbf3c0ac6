import type { VirtualAddress } from '../elf/address';
import type { Scope } from '../dwarf/scope';
import type { Module } from '../symbols/module';
import type { RefusalReason } from '../x86/placement';

/** A machine address that a tracepoint is to be at, before it is known whether a probe may go there. */
export interface CandidateSite {
  readonly module: Module;
  /** Path on this machine. Absent, like the lines, for an address without line information. */
  readonly file: string | undefined;
  /** The line that was asked for. */
  readonly line: number | undefined;
  readonly resolvedLine: number | undefined;
  /** As in LineSite; present where it was asked for. */
  readonly column?: number | undefined;
  readonly address: VirtualAddress;
  /** The function, inlined ones included, that the place belongs to. */
  readonly scope: Scope | undefined;
  readonly alternatives: readonly VirtualAddress[];
}

/** A site that gets no probe. */
export interface RefusedSite {
  readonly site: CandidateSite;
  readonly reason: RefusalReason;
}
