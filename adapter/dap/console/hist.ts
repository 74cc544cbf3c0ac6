/** `hist`: how the numbers of a captured value are distributed. */
import { setImmediate as turn } from 'node:timers/promises';
import type { History } from '../../engine/history';
import { HitSelection } from '../../engine/hitSelection';
import type { HitSource } from '../../engine/hit';
import { parseExpression } from '../../expression/message';
import { compileNumber } from '../../value/shownExpression';
import { histogram, numericColumns, type Histogram } from '../hitStatistics';
import { RequestError } from '../requestError';
import type { Command, Lines } from './command';
import { placeOf } from './hits';
import { textTable } from './textTable';

export const hist: Command = {
  name: 'hist',
  parameters: 'EXPRESSION',
  summary: 'a histogram of a captured number over the hits that are remembered: hist n, hist p->weight * 2',
  async run(argument, { history }) {
    const names = numericNames(history);
    const advice =
      names.length > 0
        ? `Numbers are captured of: ${names.join(', ')}.`
        : 'Name one in a log message, such as {n}.';
    if (argument === '') throw new RequestError(`Write an expression after hist. ${advice}`);
    const { numbers, places, without } = await numbersOf(history, argument);
    const bins = histogram(numbers, MAX_BINS);
    if (!bins) throw new RequestError(`No hit that is remembered has a number ${argument}. ${advice}`);
    return [
      `${argument}: ${numbers.length} hits of ${places.join(', ')}`,
      ...bars(bins, numbers.every(Number.isInteger)),
      summaryOf(bins, without),
    ];
  },
  suggest: ({ history }) => numericNames(history),
};

const numericNames = (history: History): string[] => numericColumns(new HitSelection(history, undefined));

interface Numbers {
  readonly numbers: number[];
  /** Where the hits with numbers were. */
  readonly places: readonly string[];
  /** Hits of the same sites that have no number. */
  readonly without: number;
}

/** Of the hits until now, in slices, so that records are taken out of the ring meanwhile. @throws ExpressionError */
async function numbersOf(history: History, expression: string): Promise<Numbers> {
  const read = compileNumber(parseExpression(expression));
  const end = history.total;
  const numbers: number[] = [];
  const sites = new Map<HitSource, { place: string; hits: number; found: number }>();
  let slice = performance.now() + SLICE_MS;
  for (let id = history.first; id < end; id++) {
    const hit = history.at(id);
    let site = sites.get(hit.source);
    if (!site) sites.set(hit.source, (site = { place: placeOf(hit), hits: 0, found: 0 }));
    site.hits++;
    const number = read(hit.values());
    if (number !== undefined && Number.isFinite(number)) {
      numbers.push(number);
      site.found++;
    }
    if (performance.now() < slice) continue;
    await turn();
    slice = performance.now() + SLICE_MS;
    id = Math.max(id, history.first - 1);
  }
  const having = [...sites.values()].filter(({ found }) => found > 0);
  return {
    numbers,
    places: [...new Set(having.map(({ place }) => place))],
    without: having.reduce((sum, { hits, found }) => sum + hits - found, 0),
  };
}

function bars({ start, width, counts }: Histogram, areWhole: boolean): Lines {
  const most = Math.max(...counts);
  return textTable(
    [{ title: '', isNumber: true }, { title: '', isNumber: true }, { title: '' }],
    counts.map((count, i) => [
      spanText(start + i * width, width, areWhole),
      String(count),
      bar((count / most) * BAR_WIDTH),
    ]),
  );
}

/** Of whole numbers the first and the last; of others where the bin begins. */
function spanText(from: number, width: number, areWhole: boolean): string {
  if (!areWhole) return `>= ${shortest(from)}`;
  return width === 1 ? String(from) : `${from} to ${from + width - 1}`;
}

/** In eighths of a character; none only for 0. */
function bar(length: number): string {
  const eighths = length > 0 ? Math.max(1, Math.round(length * 8)) : 0;
  const rest = eighths % 8;
  return '█'.repeat((eighths - rest) / 8) + (rest > 0 ? EIGHTHS[rest - 1]! : '');
}
const EIGHTHS = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

const summaryOf = ({ min, max, mean }: Histogram, without: number): string =>
  [
    `least ${shortest(min)}`,
    `greatest ${shortest(max)}`,
    `mean ${shortest(mean)}`,
    ...(without > 0 ? [`${without} ${without === 1 ? 'hit' : 'hits'} without it`] : []),
  ].join(', ');

const shortest = (number: number): string =>
  Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(6)));

const MAX_BINS = 20;
/** Characters. */
const BAR_WIDTH = 40;
const SLICE_MS = 8;
