import type { FileOffset, VirtualAddress } from '../elf/address';
import type { Capture } from './ir';

/**
 * Everything a backend needs to probe the sites of one tracepoint in one module. Plain data: it can be sent to
 * another process (structured clone).
 */
export interface Plan {
  /** Path that the kernel opens: `/proc/PID/exe`, `/proc/PID/root/...` or the file itself. */
  readonly path: string;
  /** Build-id of the file whose debug information was read, in hex; the backend refuses another file. */
  readonly buildId: string | undefined;
  /** Thread group to probe, or 0 for every process that maps the file, now and later. */
  readonly pid: number;
  /** Under 0: whose hits are taken; of others nothing is known. */
  readonly only?: ProcessScope;
  readonly sites: readonly PlanSite[];
  /** Sites with the same captures share a program. */
  readonly programs: readonly CaptureProgram[];
}

/** Processes that meet all of this. */
export interface ProcessScope {
  /** Their real user, who may look into them: not where they are not dumpable (prctl(2), PR_SET_DUMPABLE). */
  readonly uid?: number;
  /** Path of the program that they run. */
  readonly program?: string;
}

export interface PlanSite {
  /** Where the probe goes. */
  readonly offset: FileOffset;
  /** Link-time address of that instruction (of the probe, also where it was moved from the line's own address). */
  readonly address: VirtualAddress;
  /** Index into `programs`. */
  readonly program: number;
}

export interface CaptureProgram {
  /** None: the program only counts. */
  readonly captures: readonly Capture[];
  /** `count`: hits are counted and pass as delivered, no record is written. */
  readonly mode: 'record' | 'count';
  /** A scalar; hits with 0 are `filtered`, those where a read of it fails are `conditionErrors`. */
  readonly condition?: Capture;
  readonly filter?: HitFilter;
}

/**
 * Which of the hits that meet the condition are delivered; asked in this order. The state behind it is that of the
 * tracepoint: all sites, all processes, all processors.
 */
export interface HitFilter {
  /** A scalar: hits with the same value as the hit before are `filtered`. Where it cannot be read, `conditionErrors`. */
  readonly changed?: Capture;
  /** By the hit's ordinal, from 1, among those that have come so far. The others are `filtered`. */
  readonly ordinal?: { readonly operator: OrdinalOperator; readonly value: number };
  /** Only the first of every so many. The others are `throttled`. */
  readonly sampling?: number;
  /** At most so many a second, by a bucket of one second's tokens. The others are `throttled`. */
  readonly hitsPerSecond?: number;
  /** Only so many at all. The others are `throttled`. */
  readonly maxHits?: number;
}
/** `%`: every multiple. */
export type OrdinalOperator = '==' | '>' | '>=' | '<' | '<=' | '%';
