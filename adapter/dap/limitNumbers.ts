/** Which numbers limits and filters may be. */
import type { HitFilter, Limits } from '../protocol';

/** The least that a limit or the number of a filter may be. */
export const leastOf = (name: string): number => (MAY_BE_ZERO.has(name) ? 0 : 1);
const MAY_BE_ZERO: ReadonlySet<string> = new Set(['consoleLinesPerSecond', 'history']);

/** What is wrong with the limits of a tracepoint, in words. */
export function wrongNumbers(limits: Partial<Limits> & HitFilter): string | undefined {
  const counts = { ...limits, changed: undefined };
  const wrong = Object.entries(counts).find(
    ([name, value]) =>
      value !== undefined && value !== null && !(Number.isSafeInteger(value) && value >= leastOf(name)),
  );
  return (
    wrong && `${wrong[0]} is ${JSON.stringify(wrong[1])}: give a whole number, ${leastOf(wrong[0])} or more.`
  );
}
