import type { VirtualAddress } from '../elf/address';
import type { AddressContext, Scope } from '../dwarf/scope';
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
  /** As in LineSite; absent for a place that is no line. */
  readonly displaced?: () => Scope | undefined;
  readonly alternatives: readonly VirtualAddress[];
}

/** What names mean at a site; undefined where no debug information tells. @throws DecodeError */
export const contextOf = ({ module, address, scope, displaced }: SiteMeaning): AddressContext | undefined =>
  module.debug?.info.contextAt(address, scope, displaced?.());

type SiteMeaning = Pick<CandidateSite, 'module' | 'address' | 'scope' | 'displaced'>;

/** A site that gets no probe. */
export interface RefusedSite {
  readonly site: CandidateSite;
  readonly reason: RefusalReason;
}
