import type { CaptureGap } from '../capture/captured';
import type { ExpressionFailure } from '../expression/expressionError';

/** A value as people and `--json` see it: bounded, escaped text, with children for structs and arrays. */
export type RenderedValue =
  | { readonly value: string; readonly type: string; readonly children?: readonly NamedValue[] }
  /** `unavailable` says why; messages.ts has the words. */
  | { readonly unavailable: ValueGap; readonly type: string };

export type NamedValue = RenderedValue & { readonly name: string };

/** Every value of every hit is named: written out, as a spread takes four times as long. */
export function namedValue(name: string, rendered: RenderedValue): NamedValue {
  const { type } = rendered;
  if ('unavailable' in rendered) return { name, unavailable: rendered.unavailable, type };
  const { value, children } = rendered;
  return children ? { name, value, type, children } : { name, value, type };
}

/** Why there is no value in a record. The codes of CaptureGap, and what only the hit itself can show. */
export type ValueGap =
  | CaptureGap
  | { readonly code: 'pageNotPresent' }
  /** What C leaves undefined, in words: division by zero. */
  | { readonly code: 'undefined'; readonly operation: string }
  /** The debug information says nothing of this site's code. */
  | { readonly code: 'notDescribed' }
  /** The expression means nothing at this site; elsewhere it may. */
  | { readonly code: 'notTyped'; readonly failure: ExpressionFailure };
