import type { SiteId } from '../elf/address';
import type { Plan } from '../capture/plan';

/**
 * The seam between what the user asked for and what the kernel does. Plans go in, records and counts come out; both
 * are plain data, so an implementation may live in another process.
 */
export interface ProbeBackend {
  /**
   * Puts a plan's probes in. Resolves when the kernel has all of them, rejects with a BackendError and nothing left
   * behind.
   * @param edition without it hits are taken as soon as a probe is in
   */
  install(plan: Plan, edition?: EditionKey): Promise<Installation>;
  /**
   * Hands every complete record to `sink`, oldest first, at most `limit` of them, and frees their space. Returns how
   * many. Never waits.
   */
  drain(sink: RecordSink, limit?: number): number;
  /**
   * What the kernel takes for a hit whose program does nothing, measured once and far from any target. Rejects with a BackendError.
   */
  trapCost(): Promise<TrapCost>;
  /** For so long, programs are timed: see Installation.runTime. Rejects with a BackendError. */
  timePrograms(milliseconds: number): Promise<void>;
  /** Detaches what is still installed and closes everything. */
  dispose(): Promise<void>;
}

/**
 * One of several definitions of a tracepoint, of which an edit puts in the new before the old goes out. Its installations take no hit
 * until they are told to, and share what their filters remember, until the last one is disposed of.
 */
export interface EditionKey {
  /** Positive, of 31 bits, as `number` is. */
  readonly tracepoint: number;
  /** Greater for a newer one. */
  readonly number: number;
}

/**
 * `bytes` from `offset` hold one record (capture/recordLayout.ts) of `size` bytes. They are overwritten after the
 * call: copy what is to be kept.
 */
export type RecordSink = (site: SiteId, bytes: DataView, offset: number, size: number) => void;

export interface Installation {
  /** Ids of the plan's sites, in its order. Unique in the life of the backend. */
  readonly sites: readonly SiteId[];
  /** Counts of each site, in the order of `sites`; exact once detached and drained. */
  counts(): SiteCounts[];
  /** Of its programs, whenever any were timed; only before `dispose`. Throws a BackendError. */
  runTime(): RunTime;
  /** Of an edition's: what it does with the hits from now on. */
  assume(role: Role): void;
  /** Takes the probes out. Afterwards no new record is written; what is in the ring can still be drained, and counts read. */
  detach(): Promise<void>;
  /** After `detach`: closes maps and programs. */
  dispose(): void;
}

/** Nanoseconds a hit, by how the kernel goes on with the instruction under the probe. */
export interface TrapCost {
  readonly emulated: number;
  readonly stepped: number;
}

export interface RunTime {
  readonly runs: number;
  readonly ns: number;
}

/**
 * How an edition's installation goes about hits. Where `older` and `newer` say what other editions of the tracepoint have probes at the same
 * addresses and take hits, every hit is one edition's: the newest that is at it.
 */
export interface Role {
  /** A hit that is not taken is not counted either. */
  readonly takes: boolean;
  readonly older: boolean;
  readonly newer: boolean;
}

/** hits = delivered + lost + filtered + throttled + conditionErrors. */
export interface SiteCounts {
  hits: number;
  delivered: number;
  lost: number;
  filtered: number;
  throttled: number;
  conditionErrors: number;
}

/** Why probes could not be installed. */
export type BackendFailure =
  /** The caller may not load BPF programs or attach probes: CAP_BPF and CAP_PERFMON are missing. */
  | { readonly code: 'noPrivilege'; readonly missing: readonly string[] }
  /** The kernel lacks something; `feature` is one of the names in bpf/features.ts. */
  | { readonly code: 'noFeature'; readonly feature: string }
  | { readonly code: 'noSuchProcess'; readonly pid: number }
  | { readonly code: 'noSuchFile'; readonly path: string }
  /** The file's build-id is not the one that was planned for. */
  | {
      readonly code: 'fileChanged';
      readonly path: string;
      readonly expected: string;
      readonly found: string | undefined;
    }
  /** The verifier refused: a bug of ours. `instruction` is the listing line it stopped at. */
  | {
      readonly code: 'verifier';
      readonly summary: string;
      readonly instruction: string | undefined;
      readonly log: string;
    }
  | { readonly code: 'tooManyCaptures'; readonly limit: number }
  | { readonly code: 'system'; readonly call: string; readonly errno: string };

export class BackendError extends Error {
  constructor(readonly failure: BackendFailure) {
    super(failure.code);
    this.name = 'BackendError';
  }
}
