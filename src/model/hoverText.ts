/** The hover of a line with a tracepoint: everything that is known, as plain texts for the renderer to lay out. */
import type { Counts, NamedValueView } from '../../adapter/protocol';
import { grouped, hitsInWords, rateInWords } from './hitCount';
import type { LineState } from './lineBoard';

export interface HoverText {
  heading: string;
  /** Why it failed, where it moved to, what it is waiting for. */
  message?: string;
  /** How the hits add up, where not all of them were delivered. */
  account?: string;
  /** One value a line, members indented. */
  values: string;
  /** One site a line; empty where a line is one address. */
  sites: string;
}

/** Lines of values, and of sites: a hover is read, not scrolled through. */
const MAX_LINES = 40;
const STATES = {
  armed: '',
  pending: ' · pending',
  failed: ' · failed',
  spent: ' · done',
  ended: ' · session ended',
} as const;

export function hoverText(line: LineState): HoverText {
  const rate = rateInWords(line.rate);
  const account = accountText(line.counts);
  return {
    heading: `${hitsInWords(line.counts.hits)}${rate ? ` · ${rate}` : ''}${STATES[line.state]}`,
    values: bounded(line.values.flatMap((value) => valueLines(value, ''))),
    sites: line.sites.length > 1 ? bounded(line.sites.map(siteText)) : '',
    ...(line.message === undefined ? {} : { message: line.message }),
    ...(account === undefined ? {} : { account }),
  };
}

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
  if (!('value' in value)) return [`${indent}${value.name}: ${value.type} = <${value.unavailable}>`];
  const members = value.children ?? [];
  if (members.length === 0) return [`${indent}${value.name}: ${value.type} = ${value.value}`];
  return [
    `${indent}${value.name}: ${value.type}${value.value.startsWith('0x') ? ` = ${value.value}` : ''}`,
    ...members.flatMap((member) => valueLines(member, `${indent}  `)),
  ];
}

function siteText(site: LineState['sites'][number]): string {
  return `${site.address}  ${hitsInWords(site.hits)}${site.function === undefined ? '' : `  ${site.function}`}`;
}

function bounded(lines: readonly string[]): string {
  const left = lines.length - MAX_LINES;
  return left <= 0 ? lines.join('\n') : [...lines.slice(0, MAX_LINES), `… ${left} more`].join('\n');
}
