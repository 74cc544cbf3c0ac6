import type { Informant } from './informant';
import type { Positions } from './positions';
import type { TraceSession } from './traceSession';

/** What the verbs of a debug session know of it. */
export interface Conversation {
  /** As the client counts. */
  readonly positions: Positions;
  /** There from the launch or attach on: clients may ask before. */
  readonly begun: Promise<TraceSession>;
  /** The session, and before there is one what is to be inspected. */
  readonly informant: Informant | Promise<Informant>;
  /** For what makes no sense before. @throws RequestError */
  readonly running: TraceSession;
}
