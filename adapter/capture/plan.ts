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
  readonly sites: readonly PlanSite[];
  /** Sites with the same captures share a program. */
  readonly programs: readonly CaptureProgram[];
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
}
