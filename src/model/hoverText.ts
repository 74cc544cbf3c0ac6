/** The hover of a line with a tracepoint: everything that is known, as plain texts for the renderer to lay out. */
import { visibleStart } from '../../adapter/inertText';
import type { Counts, HitOrigin, NamedValueView, SiteView } from '../../adapter/protocol';
import { costText, movedText } from './costText';
import { grouped, hitsInWords, hitsOfRuns, rateInWords } from './hitCount';
import type { LineState } from './lineBoard';
import { STALE_WORDS } from './lineText';
import { LOOK_WORDS } from './look';
import { timeOfDay } from './timeOfDay';

export interface HoverText {
  heading: string;
  /** Why it failed, where it moved to, what it is waiting for; whether the line may be another one in the program. */
  messages: string[];
  /** How the hits add up, where not all of them were delivered. */
  account?: string;
  /** What a hit costs the program, and why so little. */
  cost: string[];
  /** One value a line, members indented. */
  values: string;
  /** One site a line; empty where a line is one address. */
  sites: string;
}

/** Lines of values, and of sites: a hover is read, not scrolled through. */
const MAX_LINES = 40;
/** Characters of a name, of a type, of a value, and of a message. */
const MAX_NAME = 100;
const MAX_VALUE = 300;
const MAX_MESSAGE = 1000;

const STALE_EFFECTS = {
  edited: 'Hits are of the line as it was',
  newer: 'Lines may be others',
} as const satisfies Record<keyof typeof STALE_WORDS, string>;

/** @param nameOf the name of a session */
export function hoverText(line: LineState, nameOf: (session: string) => string): HoverText {
  const rate = rateInWords(line.rate);
  const account = accountText(line.counts);
  const moved = movedText(line.cost, line.sites);
  return {
    heading: [
      hitsOfRuns(line.counts.hits, line.earlierHits),
      ...(rate ? [rate] : []),
      LOOK_WORDS[line.look],
    ].join(' · '),
    values: bounded(line.values.flatMap((value) => valueLines(value, ''))),
    sites: line.sites.length > 1 ? sitesText(line.sites) : '',
    messages: [
      ...(line.message === undefined ? [] : [line.message]),
      ...(line.stale === undefined ? [] : [`${STALE_EFFECTS[line.stale]}: ${STALE_WORDS[line.stale]}.`]),
      ...(line.sessions.length > 1 ? [sessionsText(line.sessions, nameOf)] : []),
      ...(line.lastHit ? [lastHitText(line.lastHit)] : []),
    ].map((message) => visibleStart(message, MAX_MESSAGE)),
    cost: [...(line.cost ? [costText(line.cost, line.sites)] : []), ...(moved === undefined ? [] : [moved])],
    ...(account === undefined ? {} : { account }),
  };
}

function sessionsText(sessions: LineState['sessions'], nameOf: (session: string) => string): string {
  const parts = sessions.map(({ session, hits }) => ({ name: nameOf(session), hits }));
  const inOrder = parts.sort((a, b) => a.name.localeCompare(b.name));
  return `Hits of each session: ${inOrder.map(({ name, hits }) => `${name} ${grouped(hits)}`).join(' + ')}`;
}

const lastHitText = ({ time, pid, tid, function: name }: HitOrigin): string =>
  `Last hit ${timeOfDay(time)}${name === undefined ? '' : ` in ${name}`}, process ${pid}${tid === pid ? '' : `, thread ${tid}`}`;

function accountText(counts: Counts): string | undefined {
  const { hits, delivered, ...others } = counts;
  if (hits === delivered) return undefined;
  const names = {
    lost: 'lost',
    filtered: 'filtered',
    throttled: 'throttled',
    conditionErrors: 'condition errors',
  };
  const parts = Object.entries(names).map(([name, words]) => ({
    hits: others[name as keyof typeof others],
    words,
  }));
  return [{ hits: delivered, words: 'delivered' }, ...parts.filter((part) => part.hits > 0)]
    .map((part) => `${grouped(part.hits)} ${part.words}`)
    .join(' + ');
}

function valueLines(value: NamedValueView, indent: string): string[] {
  const name = `${indent}${nameText(value.name)}: ${nameText(value.type)}`;
  if (!('value' in value)) return [`${name} = <${shownValue(value.unavailable)}>`];
  const members = value.children ?? [];
  const { range } = value;
  const span = range && range[0] !== range[1] ? `  (${range[0]}–${range[1]})` : '';
  if (members.length === 0) return [`${name} = ${shownValue(value.value)}${span}`];
  return [
    `${name}${value.value.startsWith('0x') ? ` = ${shownValue(value.value)}` : ''}`,
    ...members.flatMap((member) => valueLines(member, `${indent}  `)),
  ];
}

function sitesText(sites: readonly SiteView[]): string {
  const areAlike = new Set(sites.map(({ trap }) => trap)).size === 1;
  return bounded(
    sites.map(({ address, hits, function: name, trap }) =>
      [
        address,
        hitsInWords(hits),
        ...(name === undefined ? [] : [nameText(name)]),
        ...(areAlike ? [] : [trap]),
      ].join('  '),
    ),
  );
}

const nameText = (name: string): string => visibleStart(name, MAX_NAME);
const shownValue = (value: string): string => visibleStart(value, MAX_VALUE);

function bounded(lines: readonly string[]): string {
  const left = lines.length - MAX_LINES;
  return left <= 0 ? lines.join('\n') : [...lines.slice(0, MAX_LINES), `… ${left} more`].join('\n');
}
