/**
 * `npm run bench -- drain`: how many records a second one thread takes out of the ring and decodes to typed values, and whether it keeps up
 * with a target of half a million hits a second, in memory that does not grow. Writes drain.md; asserts nothing. SOURCETAP_DRAIN_SECONDS: how long.
 */
import { writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import type { Definition } from '../../adapter/engine/definition';
import type { Hit } from '../../adapter/engine/hit';
import { table } from '../setup/results';
import { median } from './contender';
import { BENCH } from './files';
import { build, lineOf, PROGRAM, Target, trace } from './hitsTarget';

const MESSAGES: Readonly<Record<string, string>> = {
  'two integers': '{n} {p->a}',
  'an integer and a string': '{n} {p->name}',
  'five integers': '{n} {p->a} {p->b} {hits} {threads}',
};
const RING = 256 << 20;
const RECORDS = 1_000_000;
const ROUNDS = 5;
/** Nanoseconds between hits. */
const PACE = 2000;

export async function drain(): Promise<void> {
  build(PROGRAM);
  const line = lineOf('emulated');
  const rates: string[][] = [];
  for (const [what, message] of Object.entries(MESSAGES)) {
    const measured: number[] = [];
    for (let round = 0; round < ROUNDS; round++) measured.push(await rateOf(line, log(message)));
    rates.push([what, (median(measured) / 1e6).toFixed(2), (Math.max(...measured) / 1e6).toFixed(2)]);
  }
  const seconds = Number(process.env['SOURCETAP_DRAIN_SECONDS'] ?? 60);
  const kept = await keepUp(line, seconds);
  writeFileSync(
    join(BENCH, 'drain.md'),
    [
      '# Taking records out: `npm run bench -- drain`',
      '',
      `Linux ${release()}, ${cpus().length} CPUs. Millions of records a second that one thread takes out of a full ring and decodes to typed values; medians of ${ROUNDS} rounds of a million records.`,
      '',
      ...table(['values', 'millions a second', 'fastest'], rates),
      '',
      `${seconds} s of ${(1e9 / PACE).toLocaleString('en')} hits a second, each decoded to two integers:`,
      '',
      ...table(['hits', 'lost', 'resident memory at first', 'at most', 'at last'], [kept]),
      '',
    ].join('\n'),
  );
}

const log = (message: string): Omit<Definition, 'where' | 'limits'> => ({
  capture: { mode: 'log', message },
});

/** Lets the ring fill while nobody takes anything out of it, then takes all out. */
async function rateOf(line: number, definition: Omit<Definition, 'where' | 'limits'>): Promise<number> {
  const target = await Target.start(PROGRAM, 1);
  let ready = false;
  let records = 0;
  let values = 0;
  let [first, last] = [0, 0];
  const traced = await trace(target, line, definition, { ready: () => ready, hit: (hit) => {
    if (records++ === 0) first = performance.now();
    values += hit.values().length;
    if (records === RECORDS) last = performance.now();
  } }, RING); // prettier-ignore
  await target.run(RECORDS);
  ready = true;
  const { counts } = await traced.stop();
  await target.end();
  if (counts.lost > 0 || records !== RECORDS || values < RECORDS)
    throw new Error(JSON.stringify({ counts, records }));
  return (RECORDS / (last - first)) * 1000;
}

async function keepUp(line: number, seconds: number): Promise<string[]> {
  const target = await Target.start(PROGRAM, 1, { pace: PACE });
  let latest: ReturnType<Hit['values']> = [];
  const traced = await trace(target, line, log(MESSAGES['two integers']!), {
    hit: (hit) => (latest = hit.values()),
  });
  const memory: number[] = [];
  const sample = setInterval(() => memory.push(process.memoryUsage.rss() / 1e6), 1000);
  await target.run((seconds * 1e9) / PACE);
  clearInterval(sample);
  const { counts } = await traced.stop();
  await target.end();
  if (latest.length !== 2) throw new Error('no values');
  const megabytes = (value: number): string => `${value.toFixed(0)} MB`;
  return [
    String(counts.hits),
    String(counts.lost),
    megabytes(memory[0]!),
    megabytes(Math.max(...memory)),
    megabytes(memory.at(-1)!),
  ];
}
