/** What is said at the end of a line that could be traced: `3 copies · i, n optimised out`. Most lines say nothing. */
import type { LineView } from '../../adapter/protocol';

/** Names that are listed; the others are counted. */
const MAX_NAMES = 3;

export function probeableText({ copies, probeable, reason, optimisedOut = [] }: LineView): string {
  if (!probeable) return `no probe: ${reason ?? 'not possible here'}`;
  const more = optimisedOut.length - MAX_NAMES;
  const names = optimisedOut.slice(0, MAX_NAMES).join(', ');
  return [
    ...(copies > 1 ? [`${copies} copies`] : []),
    ...(optimisedOut.length > 0 ? [`${names}${more > 0 ? ` and ${more} more` : ''} optimised out`] : []),
  ].join(' · ');
}
