/** `limits`: shown and set, for all tracepoints of the session. */
import type { Limits } from '../../protocol';
import { leastOf } from '../limitNumbers';
import { RequestError } from '../requestError';
import type { Command, ConsoleSession, Lines } from './command';
import { textTable } from './textTable';

const MEANINGS = {
  hitsPerSecond: 'hits a second that a tracepoint delivers; the others are counted',
  bytesPerHit: 'bytes that one hit captures',
  consoleLinesPerSecond:
    'lines a second in the console; the first of a tracepoint with few hits comes in any case',
  history: 'hits that are remembered; the oldest are dropped',
  sites: 'machine addresses that one tracepoint may have',
} as const satisfies Record<keyof Limits, string>;

/** Those that belong to what is probed: with another one, a tracepoint is a new one. */
const REDEFINING: ReadonlySet<keyof Limits> = new Set(['hitsPerSecond', 'bytesPerHit', 'sites']);

const NAMES = Object.keys(MEANINGS) as (keyof Limits)[];

export const limits: Command = {
  name: 'limits',
  parameters: '[NAME VALUE]',
  summary: 'show the limits, or set one for all tracepoints of the session: limits hitsPerSecond 50',
  async run(argument, session) {
    if (argument === '') return shown(session);
    const [written, value, ...rest] = argument.split(/\s+/);
    const name = NAMES.find((one) => one === written);
    if (name === undefined)
      throw new RequestError(`There is no limit ${written!}: write one of ${NAMES.join(', ')}.`);
    const number = Number(value);
    if (value === undefined || rest.length > 0 || !isGood(name, value))
      throw new RequestError(
        `Write the new value after it, a whole number from ${leastOf(name)}: limits ${name} ${session.limits[name]}.`,
      );
    await session.setLimit(name, number);
    const again =
      REDEFINING.has(name) && session.tracepoints().length > 0
        ? ', and where that changes it, its counts begin at 0 again'
        : '';
    return [`${name} is ${number} for all tracepoints${again}.`];
  },
  suggest: () => NAMES,
};

const isGood = (name: keyof Limits, value: string): boolean =>
  /^\d+$/.test(value) && Number.isSafeInteger(Number(value)) && Number(value) >= leastOf(name);

function shown(session: ConsoleSession): Lines {
  const { limits: all } = session;
  const own = session
    .tracepoints()
    .flatMap(({ place, ownLimits }) =>
      NAMES.flatMap((name) =>
        ownLimits[name] === undefined || ownLimits[name] === all[name]
          ? []
          : [[name, String(ownLimits[name]), `of ${place} alone`]],
      ),
    );
  return textTable(
    [{ title: 'limit' }, { title: 'value', isNumber: true }, { title: 'meaning' }],
    [...NAMES.map((name) => [name, String(all[name]), MEANINGS[name]]), ...own],
  );
}
