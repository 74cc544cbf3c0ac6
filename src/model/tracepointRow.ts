/** A tracepoint as one row of a list: what it is, how it is doing, and why. */
import { visibleStart } from '../../adapter/inertText';
import type { Counts, NamedValueView } from '../../adapter/protocol';
import { costText } from './costText';
import { draftText, type Draft } from './draft';
import { hitsInWords, hitsOfRuns, rateInWords } from './hitCount';
import { telling, type SessionView } from './lineBoard';
import { LOOK_WORDS, lookOf, type Look } from './look';
import { MARK_SYMBOLS } from './mark';
import { timeOfDay } from './timeOfDay';

export interface ListedTracepoint {
  /** A line from 1, or a function's name. */
  readonly where: number | string;
  /** The file's name, where the list does not tell it otherwise. */
  readonly file?: string;
  readonly enabled: boolean;
  readonly draft: Draft;
  /** Of each session that has it. */
  readonly views: readonly SessionView[];
}

export interface TracepointRow {
  /** Line or function. */
  readonly label: string;
  /** State and cause where they matter, hits, rate, what it does, last hit: the most telling first, as a list is narrow. */
  readonly description: string;
  /** One sentence a line. */
  readonly details: readonly string[];
  /** For a screen reader: all of it in words. */
  readonly spoken: string;
  /** What of it is not numbers that change with every hit. */
  readonly steady: string;
  readonly look: Look;
}

export function rowOf({ where, file, enabled, draft, views }: ListedTracepoint): TracepointRow {
  const view = telling(views);
  const rate = sum(views, (one) => one.rate);
  const throttledRate = sum(views, (one) => one.throttledRate);
  const look = !enabled ? 'disabled' : view ? lookOf({ ...view, rate, throttledRate }) : 'ended';
  const state = enabled && !view ? 'no session' : LOOK_WORDS[look];
  const message = view?.message === undefined ? [] : [view.message];
  const hits = sum(views, ({ counts }) => counts.hits);
  const hasCounts = look !== 'failed' && look !== 'pending' && views.length > 0;
  const earlier = sum(views, ({ earlierHits }) => earlierHits);
  const counts = hasCounts
    ? [hitsOfRuns(hits, earlier), rateInWords(rate) ?? ''].filter((text) => text !== '')
    : [];
  const lastHit = view?.lastHit ? [`last hit ${timeOfDay(view.lastHit.time)}`] : [];
  const details = [
    ...message,
    ...views.flatMap(({ counts: parts }) => leftOut(parts)),
    ...(view?.cost ? [costText(view.cost, view.sites)] : []),
    ...lastHit,
    ...valueTexts(view?.values ?? []),
  ].map(short);
  const what = draftText(draft);
  const { colour } = draft.extras;
  const quiet = look === 'hitting' || look === 'armed' || look === 'throttled' || (enabled && !view);
  const line = typeof where === 'number' ? `line ${where}` : where;
  const name = [...(file === undefined ? [] : [file]), line].join(', ');
  const shown = [
    ...(quiet ? [] : [look === 'failed' || look === 'pending' ? [state, ...message].join(': ') : state]),
    ...counts,
    ...(look === 'throttled' ? [state] : []),
    what,
    ...lastHit,
  ]
    .map(short)
    .join(' · ');
  const marked = colour === undefined ? [] : [`marked ${colour}`];
  return {
    label: short([...(file === undefined ? [] : [file]), where].join(':')),
    description: colour === undefined ? shown : `${MARK_SYMBOLS[colour]} ${shown}`,
    details: [...details, ...marked],
    spoken: visibleStart(
      [short(name), short(what), ...counts, state, ...details, ...marked].join(', '),
      MAX_SPOKEN,
    ),
    steady: [name, what, state, ...message, ...marked].join(', '),
    look,
  };
}

function valueTexts(values: readonly NamedValueView[]): string[] {
  const left = values.length - MAX_VALUES;
  return [
    ...values
      .slice(0, MAX_VALUES)
      .map(
        (value) =>
          `${short(value.name)} = ${'value' in value ? short(value.value) : `<${value.unavailable}>`}`,
      ),
    ...(left > 0 ? [`… ${left} more values`] : []),
  ];
}

const short = (text: string): string => visibleStart(text, MAX_PART);

/** Values that are listed. */
const MAX_VALUES = 40;
/** Characters. */
const MAX_PART = 200;
const MAX_SPOKEN = 5000;

const sum = (views: readonly SessionView[], of: (view: SessionView) => number): number =>
  views.reduce((total, view) => total + of(view), 0);

/** Hits that no values are shown of, by the reason. */
function leftOut({ lost, filtered, throttled, conditionErrors }: Counts): string[] {
  const reasons = {
    'lost, because the buffer was full': lost,
    'filtered by the condition': filtered,
    'held back by limits': throttled,
    'errors of the condition': conditionErrors,
  };
  return Object.entries(reasons).flatMap(([reason, hits]) =>
    hits > 0 ? [`${hitsInWords(hits)} ${reason}`] : [],
  );
}
