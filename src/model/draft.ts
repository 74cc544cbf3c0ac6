/** A tracepoint that is being written: what VS Code's breakpoints hold, and what they do not. */
import type { ConfigureArguments, CompletionView, Problem } from '../../adapter/protocol';
import type { Mark } from './mark';

/** What a tracepoint is beyond VS Code's breakpoint. */
export type Extras = Pick<ConfigureArguments, 'mode' | 'limits' | 'filter'> & Mark;

export interface Draft {
  readonly logMessage: string;
  readonly condition: string;
  readonly hitCondition: string;
  readonly extras: Extras;
}

export type TextField = 'logMessage' | 'condition' | 'hitCondition';

/** Limits that are numbers, by their names. */
export type LimitName = 'hitsPerSecond' | 'maxHits' | 'sampling';

export const EMPTY_DRAFT: Draft = { logMessage: '', condition: '', hitCondition: '', extras: {} };

export function limitOf({ limits, filter }: Extras, name: LimitName): number | undefined {
  const limit = name === 'hitsPerSecond' ? limits?.hitsPerSecond : filter?.[name];
  return limit ?? undefined;
}

/** Undefined takes the limit away. */
export function withLimit(extras: Extras, name: LimitName, limit: number | undefined): Extras {
  const group = name === 'hitsPerSecond' ? 'limits' : 'filter';
  return defined({ ...extras, [group]: defined({ ...extras[group], [name]: limit }) }) ?? {};
}

/** A message that is written anew has its values, also where hits were only counted before. */
export function withText(draft: Draft, field: TextField, text: string): Draft {
  const isNew = field === 'logMessage' && text !== draft.logMessage;
  return { ...draft, [field]: text, extras: isNew ? withValues(draft.extras) : draft.extras };
}

/** Not of one that counts alone. */
export const withValues = (extras: Extras): Extras => defined({ ...extras, mode: undefined }) ?? {};

/** What of an object is not undefined; undefined where that is nothing. */
function defined(object: object): object | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Hits a second, greatest number of hits, one in so many; empty where there are none. */
export function limitsText(extras: Extras): string {
  const [rate, most, sampling] = (['hitsPerSecond', 'maxHits', 'sampling'] as const).map((name) =>
    limitOf(extras, name),
  );
  return [
    ...(sampling === undefined ? [] : [`one in ${sampling}`]),
    ...(rate === undefined ? [] : [`at most ${rate} a second`]),
    ...(most === undefined ? [] : [`${most} in all`]),
  ].join(', ');
}

/** What it will do, in a few words. */
export function draftText({ logMessage, condition, hitCondition, extras }: Draft): string {
  const what =
    extras.mode === 'count'
      ? 'counts'
      : logMessage.trim() === ''
        ? 'all arguments and locals'
        : `logs ${logMessage}`;
  return [
    what,
    ...(condition.trim() === '' ? [] : [`if ${condition}`]),
    ...(hitCondition.trim() === '' ? [] : [`hits ${hitCondition}`]),
    ...(limitsText(extras) === '' ? [] : [limitsText(extras)]),
  ].join(' · ');
}

/** Where the cursor is after an edit: behind what is new. An input box does not tell. */
export function cursorAfter(before: string, after: string): number {
  let same = 0;
  const most = Math.min(before.length, after.length);
  while (same < most && before.at(-1 - same) === after.at(-1 - same)) same++;
  return after.length - same;
}

export function withCompletion(text: string, { start, length, text: written }: CompletionView): string {
  return text.slice(0, start) + written + text.slice(start + length);
}

/** The sentence with the column, from 1, that an input's message needs and a field's does not have. */
export function problemText({ message, start }: Problem): string {
  return start === undefined || /\(column \d+\)/.test(message) ? message : `${message} (column ${start + 1})`;
}
