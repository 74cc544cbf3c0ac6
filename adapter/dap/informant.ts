import type { LineWhere } from '../engine/where';
import type { CheckResponseBody, Draft } from '../protocol';
import type { LineSource } from './probeableLines';

/** Who is asked about lines: a session of its target, or an inspection of programs that are only looked at. */
export interface Informant {
  /** Where the lines of a file are looked up; undefined where nothing has it. */
  lineSource(path: string): LineSource | undefined;
  check(where: LineWhere, draft: Draft): CheckResponseBody;
}
