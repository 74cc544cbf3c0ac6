import type { Where } from './where';

/** A tracepoint as the user defined it. Plain data; two are the same when their parts are. */
export interface Definition {
  readonly where: Where;
  readonly capture: CaptureRequest;
  /** An expression, not parsed yet; all hits where undefined. */
  readonly condition?: string;
  readonly filter?: FilterRequest;
  readonly limits: TracepointLimits;
}

/** Which of the hits that meet the condition are delivered; as in HitFilter, as written. */
export interface FilterRequest {
  /** Only hits with another value of this expression than the one before. */
  readonly changed?: string;
  /** See parseHitCondition. */
  readonly hitCondition?: string;
  /** Only every so many-th. */
  readonly sampling?: number;
  /** When so many have been delivered, the tracepoint is done, and its probes go out. */
  readonly maxHits?: number;
}

export type CaptureRequest =
  /** The log message, not parsed yet. */
  | { readonly mode: 'log'; readonly message: string }
  /** All arguments and locals. */
  | { readonly mode: 'snapshot' }
  | { readonly mode: 'count' };

export interface TracepointLimits {
  readonly bytesPerHit: number;
  readonly sites: number;
  /** Delivered; undefined: as many as come. */
  readonly hitsPerSecond?: number;
}
export const DEFAULT_LIMITS: TracepointLimits = { bytesPerHit: 1024, sites: 40_000 };

export const sameDefinition = (a: Definition, b: Definition): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
