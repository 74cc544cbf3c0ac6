import { capacityOf } from './recordLayout';
import type { Capture } from './ir';

/**
 * Something more that can be captured for an expression, if there is room. Each step may make further ones possible: those
 * are offered when every expression of the site had its turn.
 */
export interface Growth {
  /** The smaller, the more useful in few bytes. */
  readonly rank: number;
  /** The capture of the expression in whose bytes the object is, and where it ends there; undefined where it is in none. */
  readonly within: { readonly capture: number; readonly end: number } | undefined;
  /**
   * @param add takes captures into the record, and gives their indices among those of the expression; undefined without room
   * @returns what has become possible
   */
  readonly take: (add: (captures: readonly Capture[]) => readonly number[] | undefined) => readonly Growth[];
}

/** Are the bytes of the object that grows in the record? They may have been cut off. */
export function isHeld({ within }: Growth, captures: readonly Capture[]): boolean {
  if (within === undefined) return true;
  const output = captures[within.capture]?.output;
  if (output === undefined) return false;
  return within.end <= capacityOf(output);
}
