/** `count`, `top` and `reset`: how often lines run. */
import { basename } from 'node:path';
import type { LineCount } from '../../engine/lineCounts';
import type { CostView, Counts } from '../../protocol';
import { RequestError } from '../requestError';
import {
  expectNothing,
  rowsOf,
  type Command,
  type ConsoleSession,
  type Lines,
  type TracedLine,
} from './command';
import { textTable, type Column } from './textTable';

export const NO_TRACEPOINTS = 'There are no tracepoints.';

export const count: Command = {
  name: 'count',
  parameters: '',
  summary: 'all tracepoints: hits, rate, what became of the hits, and what one costs in nanoseconds',
  run(argument, session) {
    expectNothing('count', argument);
    const lines = session.tracepoints();
    if (lines.length === 0) return [NO_TRACEPOINTS];
    const rows = lines.map(({ place, rate, cost, counts, state, message }) => [
      place,
      ...numbersOf(counts, rate, cost),
      message === undefined ? state : `${state}: ${message}`,
    ]);
    return textTable(COUNT_COLUMNS, lines.length > 1 ? [...rows, totalRow(lines)] : rows);
  },
};

const number = (title: string): Column => ({ title, isNumber: true });

const COUNT_COLUMNS: readonly Column[] = [
  { title: 'line' },
  ...['hits', 'rate', 'delivered', 'lost', 'filtered', 'throttled', 'errors', 'ns/hit'].map(number),
  { title: 'state' },
];

const numbersOf = (counts: Counts, rate: number, cost?: CostView): string[] => {
  const { hits, delivered, lost, filtered, throttled, conditionErrors } = counts;
  return [
    String(hits),
    perSecond(rate),
    ...[delivered, lost, filtered, throttled, conditionErrors].map(String),
    costOf(cost),
  ];
};

/** Where a part cannot be measured, it is more. */
const costOf = (cost: CostView | undefined): string =>
  cost ? `${cost.traps && cost.program !== undefined ? '' : '>'}${cost.mean}` : '';

function totalRow(lines: readonly TracedLine[]): string[] {
  const sum = (of: (line: TracedLine) => number): number => lines.reduce((all, line) => all + of(line), 0);
  const counts: Counts = {
    hits: sum((line) => line.counts.hits),
    delivered: sum((line) => line.counts.delivered),
    lost: sum((line) => line.counts.lost),
    filtered: sum((line) => line.counts.filtered),
    throttled: sum((line) => line.counts.throttled),
    conditionErrors: sum((line) => line.counts.conditionErrors),
  };
  return [
    'all',
    ...numbersOf(
      counts,
      sum(({ rate }) => rate),
    ),
    '',
  ];
}

export const top: Command = {
  name: 'top',
  parameters: '[N]',
  summary: 'the tracepoints with the most hits a second, and the most run of the lines that are counted',
  run(argument, session) {
    const rows = rowsOf('top', argument);
    const traced = busiest(session.tracepoints(), rows);
    const counted = mostRun(session.countedLines(), rows);
    if (traced.length + counted.length === 0) return [NO_TRACEPOINTS];
    const between = traced.length > 0 && counted.length > 0 ? [''] : [];
    return [...traced, ...between, ...counted];
  },
};

const busiest = (lines: readonly TracedLine[], rows: number): Lines =>
  lines.length === 0
    ? []
    : textTable(
        [number('rate'), number('hits'), { title: 'tracepoint' }, { title: 'function' }],
        [...lines]
          .sort((a, b) => b.rate - a.rate || b.counts.hits - a.counts.hits)
          .slice(0, rows)
          .map((line) => [
            perSecond(line.rate),
            String(line.counts.hits),
            line.place,
            functionsOf(line.sites.flatMap((site) => site.function ?? [])),
          ]),
      );

function mostRun(lines: readonly LineCount[], rows: number): Lines {
  const run = lines.flatMap(({ hits = 0, ...line }) => (hits > 0 ? [{ ...line, hits }] : []));
  if (run.length === 0) return lines.length === 0 ? [] : ['None of the counted lines has run.'];
  return textTable(
    [number('hits'), { title: 'counted line' }, { title: 'function' }],
    run
      .sort((a, b) => b.hits - a.hits)
      .slice(0, rows)
      .map((line) => [String(line.hits), `${basename(line.file)}:${line.line}`, line.function]),
  );
}

function functionsOf(names: readonly string[]): string {
  const [first = '', ...others] = new Set(names);
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

const perSecond = (rate: number): string => `${rate}/s`;

export const reset: Command = {
  name: 'reset',
  parameters: '[LINE]',
  summary: 'count from 0 again: all tracepoints, or those on a line (32 or loop.c:32)',
  run(argument, session) {
    const all = session.tracepoints();
    if (all.length === 0) return [NO_TRACEPOINTS];
    const meant = argument === '' ? all : all.filter((line) => isMeant(line, argument));
    if (meant.length === 0)
      throw new RequestError(
        `No tracepoint is on ${argument}: write reset alone, or reset and one of ${places(all).join(', ')}.`,
      );
    for (const { id } of meant) session.reset(id);
    return [`Counted from 0: ${places(meant).join(', ')}.`];
  },
  suggest: (session: ConsoleSession) => places(session.tracepoints()),
};

const isMeant = ({ place, path, line }: TracedLine, written: string): boolean =>
  written === place || written === String(line) || (path !== undefined && written === `${path}:${line}`);

const places = (lines: readonly TracedLine[]): string[] => [...new Set(lines.map(({ place }) => place))];
