/** How a tracepoint looks: its state as one glance tells it. */
import type { TracepointView } from '../../adapter/protocol';

export type Look = 'hitting' | 'armed' | 'throttled' | 'pending' | 'disabled' | 'failed' | 'spent' | 'ended';

/** What a look depends on. */
export type Seen = Pick<TracepointView, 'state' | 'rate' | 'throttledRate'>;

export function lookOf({ state, rate, throttledRate }: Seen): Look {
  if (state !== 'armed') return state;
  if (throttledRate > 0) return 'throttled';
  return rate > 0 ? 'hitting' : 'armed';
}

/** In words, as a list and a screen reader tell it. */
export const LOOK_WORDS = {
  hitting: 'hitting',
  armed: 'armed, no hits now',
  throttled: 'hitting, values of some hits only',
  pending: 'pending',
  disabled: 'disabled',
  failed: 'failed',
  spent: 'done',
  ended: 'session ended',
} as const satisfies Record<Look, string>;

/** The contributed colours that a look has in the list, in the gutter and at the line's end. */
export const LOOK_COLOURS = {
  hitting: 'sourcetap.lineEndForeground',
  armed: 'sourcetap.lineEndForeground',
  throttled: 'sourcetap.throttledForeground',
  pending: 'sourcetap.endedForeground',
  disabled: 'sourcetap.endedForeground',
  failed: 'sourcetap.failedForeground',
  spent: 'sourcetap.endedForeground',
  ended: 'sourcetap.endedForeground',
} as const satisfies Record<Look, string>;
