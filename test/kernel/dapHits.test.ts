import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  ExportHitsBody,
  HitBody,
  HitsBody,
  HitsChangedBody,
  HitStatisticsBody,
  ValuesAtBody,
} from '../../adapter/protocol';
import { fixture, FIXTURES, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { DapClient } from './dapClient';
import { Target, type Hit } from './sourcetap';

const INITIALIZE = { clientID: 'test', adapterID: 'sourcetap', pathFormat: 'path', linesStartAt1: true };
const SOURCE = { path: join(FIXTURES, 'loop.c') };
const WORK = probeLine('loop.c', 'work');
const LINKED = probeLine('loop.c', 'linked');
const RUNS = 3000;
/** All that the fixture runs, whatever the rate. */
const LIMITS = { hitsPerSecond: 1_000_000 };

/** A session on the fixture, which has run to where it waits for its end. */
async function traced(
  args: readonly string[],
  limits: object,
  breakpoints: readonly object[],
): Promise<DapClient> {
  const client = new DapClient();
  await client.request('initialize', INITIALIZE);
  await client.request('launch', { program: fixture('loop.c'), args, limits: { ...LIMITS, ...limits } });
  await client.request('setBreakpoints', { source: SOURCE, breakpoints });
  await client.request('configurationDone');
  await client.event('terminated');
  return client;
}

/** Asks again until all hits have been looked at. */
const ask = async <T extends object>(client: DapClient, command: string, args: object): Promise<T> => {
  for (;;) {
    const { success, body, message } = await client.request(`sourcetap/${command}`, args);
    assert.equal(success, true, message);
    const { pending = 0 } = body as { pending?: number };
    if (pending === 0) return body as T;
  }
};

/** What the program itself says of each run of the line: `i id linked weight colour tag`. */
const printed = (): string[][] =>
  execFileSync(fixture('loop.c'), [String(RUNS), '1', 'print'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.split(' '));

describe('the hits of a debug session', function () {
  let dir: string;
  before(needsKernel);
  before(() => (dir = mkdtempSync(join(tmpdir(), 'sourcetap-hits-'))));
  after(() => {
    if (dir) rmSync(dir, { recursive: true });
  });

  it('are there by windows, filters and files, as the program itself says', async () => {
    const client = await traced([String(RUNS), '1'], {}, [
      { line: WORK, logMessage: '{n} {p->id} {p->weight} {p->colour} {p->tag}' },
    ]);
    const expected = printed();
    assert.equal(expected.length, RUNS);
    const { hits, total, dropped, matching } = await ask<HitsBody>(client, 'hits', {
      start: 1234,
      count: 50,
    });
    assert.deepEqual({ total, dropped, matching }, { total: RUNS, dropped: 0, matching: RUNS });
    assert.deepEqual(
      hits.map(({ id, line, path, function: name }) => ({ id, line, path, name })),
      hits.map((_, i) => ({ id: 1234 + i, line: WORK, path: SOURCE.path, name: 'work' })),
    );
    const shown = ([i, id, , weight, colour, tag]: readonly string[]): string =>
      `${i!} ${id!} ${weight!} ${colour === '6' ? 'BLUE' : 'RED'} "${tag!}"`;
    assert.deepEqual(
      hits.map(({ message }) => message),
      expected.slice(1234, 1284).map(shown),
    );

    const query = { expression: 'p->weight >= 100 && p->colour == BLUE', text: 't2' };
    const wanted = expected.filter(
      ([, , , weight, colour, tag]) => Number(weight) >= 100 && colour === '6' && tag!.startsWith('t2'),
    );
    const filtered = await ask<HitsBody>(client, 'hits', { query, start: 0, count: 1000 });
    assert.equal(filtered.matching, wanted.length);
    assert.deepEqual(
      filtered.hits.map(({ message }) => message),
      wanted.map(shown),
    );

    const path = join(dir, 'hits.ndjson');
    const answer = await ask<ExportHitsBody>(client, 'exportHits', { path, format: 'ndjson' });
    assert.deepEqual(answer, { written: RUNS, missed: 0 });
    const exported = readFileSync(path, 'utf8').trimEnd().split('\n');
    assert.deepEqual(
      exported.map((line) => (JSON.parse(line) as Hit).message),
      expected.map(shown),
    );
    const csv = join(dir, 'hits.csv');
    await ask<ExportHitsBody>(client, 'exportHits', { path: csv, format: 'csv', query });
    const ids = readFileSync(csv, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').at(-4));
    assert.deepEqual(
      ids,
      wanted.map(([, id]) => id),
    );
    await client.request('disconnect');
  });

  it('are counted in statistics as the program runs them', async () => {
    const client = await traced([String(RUNS), '1'], {}, [
      { line: WORK, logMessage: '{n} {p->weight}' },
      { line: LINKED, logMessage: '{n}' },
    ]);
    const { timeline, columns, histogram } = await ask<HitStatisticsBody>(client, 'hitStatistics', {
      query: { tracepoints: [1] },
      column: 'p->weight',
    });
    const weights = printed().map(([, , , weight]) => Number(weight));
    assert.deepEqual(columns, ['n', 'p->weight']);
    const sum = (counts: readonly (number | null)[]): number => counts.map(Number).reduce((a, b) => a + b, 0);
    assert.deepEqual(
      timeline.series.map(({ tracepoint, line, counts }) => [tracepoint, line, sum(counts)]),
      [[1, WORK, RUNS]],
    );
    assert.equal(sum(histogram!.counts), RUNS);
    assert.equal(histogram!.max, Math.max(...weights));
    assert.equal(histogram!.mean, sum(weights) / RUNS);
    await client.request('disconnect');
  });

  it('are counted all, where few are delivered', async () => {
    const client = await traced([String(RUNS), '1'], { hitsPerSecond: 10 }, [
      { line: WORK, logMessage: '{n}' },
    ]);
    const { timeline } = await ask<HitStatisticsBody>(client, 'hitStatistics', {});
    const sum = (counts: readonly (number | null)[] = []): number =>
      counts.map(Number).reduce((a, b) => a + b, 0);
    const [series] = timeline.series;
    assert.ok(sum(series!.counts) < RUNS / 2);
    assert.equal(Math.round(sum(series!.all)), RUNS);
    await client.request('disconnect');
  });

  it('go back to a moment: the values that the same thread had on other lines', async () => {
    const client = await traced(['200', '4'], {}, [{ line: WORK, logMessage: '{n}' }, { line: LINKED }]);
    const { hits } = await ask<HitsBody>(client, 'hits', { query: { tracepoints: [2] }, count: 1 });
    const [last] = hits;
    const { hits: moment } = await ask<ValuesAtBody>(client, 'valuesAt', { id: last!.id });
    assert.deepEqual(
      moment.map(({ tracepoint, tid }) => [tracepoint, tid]),
      [
        [2, last!.tid],
        [1, last!.tid],
      ],
    );
    const valueOf = (name: string, i: number): unknown =>
      moment[i]!.values.find((value) => value.name === name);
    assert.deepEqual(valueOf('n', 0), valueOf('n', 1), 'the line before it saw the same n');
    const { hit } = await ask<HitBody>(client, 'hit', { id: last!.id });
    const p = hit.values.find(({ name }) => name === 'p')!;
    assert.ok('children' in p && p.children.some(({ name }) => name === 'weight'));
    assert.ok(hits[0]!.values.some((value) => value.name === 'p' && value.isOpenable));
    await client.request('disconnect');
  });

  it('keep to the limit: the oldest go, and that is said', async () => {
    const client = await traced([String(RUNS), '1'], { history: 100 }, [{ line: WORK, logMessage: '{n}' }]);
    const { hits, total, dropped } = await ask<HitsBody>(client, 'hits', { start: 0, count: 1000 });
    assert.deepEqual([hits.length, total, dropped], [100, RUNS, RUNS - 100]);
    assert.equal(hits[0]!.message, String(RUNS - 100));
    const { success, message } = await client.request('sourcetap/hit', { id: 5 });
    assert.equal(success, false);
    assert.match(message!, /not remembered any more/);
    await client.request('disconnect');
  });

  it('are there after the session, where the client wants that, until it closes the connection', async () => {
    const client = await traced(['50', '1'], {}, [{ line: WORK, logMessage: '{n}' }]);
    await client.request('disconnect', { keepHits: true });
    const { total, hits } = await ask<HitsBody>(client, 'hits', { count: 1 });
    assert.deepEqual([total, hits[0]!.message], [50, '49']);
    client.process.stdin.end();
    assert.equal(await client.end(), 0);
    const without = await traced(['50', '1'], { history: 0 }, [{ line: WORK, logMessage: '{n}' }]);
    await without.request('disconnect', { keepHits: true });
    assert.equal(await without.end(), 0, 'there is nothing to stay for');
  });

  it('are given up when a client that looked at them after the session is killed', async () => {
    const client = await traced(['50', '1'], {}, [{ line: WORK, logMessage: '{n}' }]);
    await client.request('disconnect', { keepHits: true });
    for (const stream of [client.process.stdout, client.process.stderr, client.process.stdin])
      stream.destroy();
    assert.equal(await client.end(), 0, 'the adapter ends, though there is nobody to write to');
  });

  it('are told of while the program runs, to a client that has asked', async () => {
    const target = new Target(fixture('loop.c'), String(RUNS), '1', 'wait');
    await target.printed(/ready/);
    const client = new DapClient();
    await client.request('initialize', INITIALIZE);
    await client.request('attach', { pid: target.pid, limits: LIMITS });
    await client.request('setBreakpoints', {
      source: SOURCE,
      breakpoints: [{ line: WORK, logMessage: '{n}' }],
    });
    await client.request('configurationDone');
    assert.equal((await ask<HitsBody>(client, 'hits', { count: 10 })).total, 0);
    target.go();
    await client.event('sourcetap/hitsChanged', ({ total }: HitsChangedBody) => total === RUNS);
    const { hits } = await ask<HitsBody>(client, 'hits', { count: 1 });
    assert.equal(hits[0]!.message, String(RUNS - 1));
    await client.request('disconnect');
    await target.end();
  });
});
