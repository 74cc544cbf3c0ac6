/** What the hits panel and the extension say to each other. Types only. */
import type { HitQuery, HitsChangedBody } from '../../adapter/protocol';

export interface HitsSession {
  id: string;
  /** Of all runs: a session that is restarted keeps its id, and has other hits. */
  run: number;
  name: string;
  ended: boolean;
  /** By their places: one that was changed is another tracepoint. */
  tracepoints: { place: string; ids: number[]; label: string }[];
}

export type ToPanel =
  | { type: 'sessions'; sessions: HitsSession[] }
  | { type: 'changed'; session: string; body: HitsChangedBody }
  | { type: 'response'; id: number; body: unknown }
  | { type: 'failure'; id: number; message: string }
  /** What came of an export, in words. */
  | { type: 'said'; text: string };

export type FromPanel =
  | { type: 'ready' }
  | { type: 'request'; id: number; session: string; command: string; args: object }
  /** The source and all values follow this hit. */
  | { type: 'choose'; session: string; hit: number }
  /** They follow what runs again. */
  | { type: 'live' }
  | { type: 'export'; session: string; format: 'ndjson' | 'csv'; query: HitQuery };
