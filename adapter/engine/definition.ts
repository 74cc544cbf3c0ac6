import type { Where } from './where';

/** A tracepoint as the user defined it. Plain data; two are the same when their parts are. */
export interface Definition {
  readonly where: Where;
  readonly capture: CaptureRequest;
  readonly limits: TracepointLimits;
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
}
export const DEFAULT_LIMITS: TracepointLimits = { bytesPerHit: 1024, sites: 40_000 };

export const sameDefinition = (a: Definition, b: Definition): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
