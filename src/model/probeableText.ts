/** What is said at the end of a line that could be traced: `3 copies · i, n optimised out`. Most lines say nothing. */
import { visibleStart } from '../../adapter/inertText';
import type { LineView } from '../../adapter/protocol';

/** Names that are listed; the others are counted. */
const MAX_NAMES = 3;
/** Characters. */
const MAX_NAME = 40;
const MAX_REASON = 120;

export function probeableText({ copies, probeable, reason, optimisedOut = [] }: LineView): string {
  if (!probeable) return `no probe: ${visibleStart(reason ?? 'not possible here', MAX_REASON)}`;
  const more = optimisedOut.length - MAX_NAMES;
  const names = optimisedOut
    .slice(0, MAX_NAMES)
    .map((name) => visibleStart(name, MAX_NAME))
    .join(', ');
  return [
    ...(copies > 1 ? [`${copies} copies`] : []),
    ...(optimisedOut.length > 0 ? [`${names}${more > 0 ? ` and ${more} more` : ''} optimised out`] : []),
  ].join(' · ');
}
